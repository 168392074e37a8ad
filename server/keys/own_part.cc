#include "server/keys/own_part.h"

#include <utility>

#include "crypto/encrypted_share.h"

namespace sluis::keys {
namespace {

namespace oprf = crypto::oprf;

std::string BytesOf(const auto& fixed) { return std::string(crypto::View(fixed)); }

absl::Status Impossible(const absl::Status& status) {
  return absl::InternalError("a step of the ceremony cannot be made: " +
                             std::string(status.message()));
}

void AddRepeated(const Board& board, Round round, auto* body) {
  for (peer::v1::HeldMessage& one : board.transcript.Repeat(round, board.SendersOf(round))) {
    *body->add_held() = std::move(one);
  }
}

oprf::SecretScalar DrawKey(const CeremonySeed& seed, const Parameters& parameters) {
  auto stream = seed.For("share key", crypto::View(parameters.id));
  return oprf::SecretScalar::Random(stream);
}

}  // namespace

OwnPart::OwnPart(MemberIndex self, crypto::Secret<32> seed, Shares held,
                 const Parameters& parameters)
    : self_(self),
      seed_(std::move(seed)),
      share_key_(DrawKey(seed_, parameters)),
      held_(std::move(held)) {}

absl::StatusOr<std::string> OwnPart::Announce(const Board& board) {
  auto stream = seed_.For("announce", crypto::View(board.parameters.id));
  const oprf::Element key = oprf::MultiplyGenerator(share_key_);
  const auto proof =
      oprf::ProvePossession(ShareKeyStatement(board, self_), share_key_, key, stream);
  if (!proof.ok()) return Impossible(proof.status());
  peer::v1::CeremonyAnnounce body;
  body.set_parameters(board.parameters.bytes);
  body.set_nonce(BytesOf(stream.Array<32>()));
  body.set_share_key(BytesOf(key.encoding()));
  body.set_possession(BytesOf(proof->Serialize()));
  return body.SerializeAsString();
}

oprf::SecretScalar OwnPart::Constant(crypto::Random& random) const {
  if (!held_.previous) return oprf::SecretScalar::Random(random);
  return held_.factor ? oprf::SecretProduct(*held_.previous, *held_.factor)
                      : held_.previous->Clone();
}

absl::StatusOr<std::string> OwnPart::ConstantProof(const Board& board,
                                                   const oprf::SecretScalar& constant,
                                                   const oprf::Element& element,
                                                   crypto::Random& random) const {
  if (held_.factor) {
    const oprf::Element& key = board.parameters.previous->Find(self_)->verification_key;
    const oprf::Element generator = oprf::Element::Generator();
    const oprf::Statement statement{
        generator, board.parameters.factor->Find(self_)->verification_key,
        std::span(&key.encoding(), 1), std::span(&element.encoding(), 1)};
    const auto proof =
        oprf::GenerateProof(oprf::ProductContext(), *held_.factor, statement, random);
    if (!proof.ok()) return Impossible(proof.status());
    return BytesOf(proof->Serialize());
  }
  if (held_.previous) return std::string();
  const auto proof =
      oprf::ProvePossession(ConstantStatement(board, self_), constant, element, random);
  if (!proof.ok()) return Impossible(proof.status());
  return BytesOf(proof->Serialize());
}

absl::StatusOr<std::string> OwnPart::Dealing(const Board& board) const {
  auto stream = seed_.For("dealing", crypto::View(board.session));
  const auto polynomial =
      oprf::Polynomial::Random(Constant(stream), board.parameters.threshold, stream);
  if (!polynomial.ok()) return Impossible(polynomial.status());
  const oprf::Commitments commitments = polynomial->Commit();
  peer::v1::Dealing out;
  out.set_commitments(oprf::SerializeCommitments(commitments));
  absl::StatusOr<std::string> proof =
      ConstantProof(board, polynomial->constant(), commitments.front(), stream);
  if (!proof.ok()) return proof;
  out.set_possession(*std::move(proof));
  std::string& shares = *out.mutable_shares();
  for (const Seat& seat : board.parameters.holders) {
    const auto share = polynomial->ShareOf(seat.index);
    if (!share.ok()) return Impossible(share.status());
    const auto encrypted = oprf::EncryptShare(board.AddressOf(self_, seat.index), *share, stream);
    if (!encrypted.ok()) return Impossible(encrypted.status());
    shares += crypto::View(encrypted->Serialize());
  }
  return out.SerializeAsString();
}

absl::StatusOr<std::string> OwnPart::Commit(const Board& board) {
  peer::v1::CeremonyCommit body;
  if (board.parameters.Deals(self_)) {
    absl::StatusOr<std::string> dealing = Dealing(board);
    if (!dealing.ok()) return dealing;
    dealing_ = *std::move(dealing);
    body.set_commitment(BytesOf(DealingDigest(board, self_, dealing_)));
  }
  AddRepeated(board, peer::v1::CEREMONY_ROUND_ANNOUNCE, &body);
  return body.SerializeAsString();
}

absl::StatusOr<std::string> OwnPart::Deal(const Board& board) {
  peer::v1::CeremonyDeal body;
  body.set_dealing(dealing_);
  AddRepeated(board, peer::v1::CEREMONY_ROUND_COMMIT, &body);
  return body.SerializeAsString();
}

absl::Status OwnPart::Open(const Board& board, MemberIndex dealer,
                           peer::v1::CeremonyVerdict* verdict) {
  const Dealt& dealt = board.dealt.at(dealer);
  const oprf::ShareAddress address = board.AddressOf(dealer, self_);
  const auto encrypted = oprf::EncryptedShare::Deserialize(dealt.shares.at(self_));
  if (!encrypted.ok()) return Impossible(encrypted.status());
  auto share = oprf::DecryptShare(address, share_key_, *encrypted);
  if (share.ok() && oprf::VerifyShare(dealt.commitments, self_, *share).ok()) {
    shares_.push_back(*std::move(share));
    return absl::OkStatus();
  }
  auto stream = seed_.For("complaint " + std::to_string(dealer), crypto::View(board.session));
  const auto complaint = oprf::MakeComplaint(address, share_key_, *encrypted, stream);
  if (!complaint.ok()) return Impossible(complaint.status());
  peer::v1::ShareComplaint& added = *verdict->add_complaints();
  added.set_dealer(dealer);
  added.set_complaint(BytesOf(complaint->Serialize()));
  return absl::OkStatus();
}

absl::StatusOr<std::string> OwnPart::Verdict(const Board& board) {
  peer::v1::CeremonyVerdict body;
  shares_.clear();
  for (const auto& [dealer, dealt] : board.dealt) {
    if (!board.parameters.Holds(self_)) break;
    if (absl::Status status = Open(board, dealer, &body); !status.ok()) return status;
  }
  AddRepeated(board, peer::v1::CEREMONY_ROUND_DEAL, &body);
  return body.SerializeAsString();
}

absl::StatusOr<std::string> OwnPart::Confirm(const Board& board) {
  auto share = oprf::SumOfShares(shares_, board.Factors());
  if (!share.ok()) return Impossible(share.status());
  shares_.clear();
  auto stream = seed_.For("confirm", crypto::View(board.package->digest));
  const auto proof = oprf::ProvePossession(HoldingStatement(board, self_), *share,
                                           board.package->Find(self_)->verification_key, stream);
  if (!proof.ok()) return Impossible(proof.status());
  share_ = *std::move(share);
  peer::v1::CeremonyConfirm body;
  body.set_package_digest(BytesOf(board.package->digest));
  body.set_possession(BytesOf(proof->Serialize()));
  AddRepeated(board, peer::v1::CEREMONY_ROUND_VERDICT, &body);
  return body.SerializeAsString();
}

}  // namespace sluis::keys
