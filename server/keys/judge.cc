#include "server/keys/judge.h"

#include <algorithm>
#include <utility>

#include "crypto/hash.h"
#include "server/keys/bodies.h"

namespace sluis::keys {
namespace {

namespace oprf = crypto::oprf;
using HeldMessages = google::protobuf::RepeatedPtrField<peer::v1::HeldMessage>;
using namespace peer::v1;  // NOLINT: rounds and grounds, which are many

std::string_view SessionView(const Board& board) { return crypto::View(board.session); }

crypto::Bytes Statement(std::string_view label, crypto::BytesView bound, MemberIndex member) {
  crypto::Bytes out = crypto::Lp(label);
  out += bound;
  crypto::AppendU16(out, member);
  return out;
}

Blame Of(Ground ground, MemberIndex culprit, std::vector<Message> evidence) {
  return {ground, {culprit}, std::move(evidence)};
}

// Whether the sender repeats the round before as it is held here, and is of this session.
std::optional<Blame> JudgeRepeated(const Message& message, MemberIndex sender,
                                   const HeldMessages& held, const Board& board) {
  const Round before = static_cast<Round>(message.head.round() - 1);
  const std::vector<MemberIndex> members = board.SendersOf(before);
  if (held.size() != static_cast<int>(members.size())) {
    return Of(CEREMONY_GROUND_MALFORMED, sender, {message});
  }
  for (size_t i = 0; i < members.size(); ++i) {
    const HeldMessage& theirs = held[static_cast<int>(i)];
    const Message& mine = board.transcript.Find(before, members[i])->message;
    if (theirs.body_digest() == mine.head.body_digest()) continue;
    Message other = RepeatedMessage(board.Context(), before,
                                    board.roster.Find(members[i])->organisation, theirs);
    if (Verify(other, board.parameters, board.roster).ok()) {
      return Of(CEREMONY_GROUND_EQUIVOCATION, members[i], {mine, std::move(other)});
    }
    // With the message itself, so that who was shown another one finds out whose fault it is.
    return Of(CEREMONY_GROUND_ECHO, sender, {message, mine});
  }
  if (message.head.session() != SessionView(board)) {
    return Of(CEREMONY_GROUND_SESSION, sender, {message});
  }
  return std::nullopt;
}

std::optional<Blame> JudgeAnnounce(const Message& message, MemberIndex sender, Board& board) {
  const auto body = ReadAnnounce(message.body);
  if (!body || body->parameters() != board.parameters.bytes) {
    return Of(CEREMONY_GROUND_MALFORMED, sender, {message});
  }
  const auto key = oprf::Element::Deserialize(body->share_key());
  const auto proof = oprf::ProofOfPossession::Deserialize(body->possession());
  if (!key.ok() || !proof.ok() ||
      !oprf::VerifyPossession(ShareKeyStatement(board, sender), *key, *proof).ok()) {
    return Of(CEREMONY_GROUND_SHARE_KEY, sender, {message});
  }
  board.share_keys.insert_or_assign(sender, *key);
  return std::nullopt;
}

std::optional<Blame> JudgeCommit(const Message& message, MemberIndex sender, const Board& board) {
  const auto body = ReadCommit(message.body);
  if (!body || body->commitment().empty() == board.parameters.Deals(sender)) {
    return Of(CEREMONY_GROUND_MALFORMED, sender, {message});
  }
  return JudgeRepeated(message, sender, body->held(), board);
}

// That the constant is the dealer's share of the package before, or its product with the factor's.
std::optional<Blame> JudgeHeldConstant(const Message& message, MemberIndex sender,
                                       const oprf::Element& constant, const Dealing& dealing,
                                       const Board& board) {
  const oprf::Element& key = board.parameters.previous->Find(sender)->verification_key;
  if (!board.parameters.factor) {
    if (!dealing.possession().empty()) return Of(CEREMONY_GROUND_MALFORMED, sender, {message});
    if (constant == key) return std::nullopt;
    return Of(CEREMONY_GROUND_CONSTANT, sender, {message});
  }
  const auto proof = oprf::Proof::Deserialize(dealing.possession());
  const oprf::Statement statement{
      oprf::Element::Generator(), board.parameters.factor->Find(sender)->verification_key,
      std::span(&key.encoding(), 1), std::span(&constant.encoding(), 1)};
  if (proof.ok() && oprf::VerifyProof(oprf::ProductContext(), statement, *proof).ok()) {
    return std::nullopt;
  }
  return Of(CEREMONY_GROUND_CONSTANT, sender, {message});
}

// That the dealer knows the constant, and that nobody else dealt the same.
std::optional<Blame> JudgeConstant(const Message& message, MemberIndex sender,
                                   const oprf::Element& constant, const Dealing& dealing,
                                   const Board& board) {
  if (!board.parameters.Draws())
    return JudgeHeldConstant(message, sender, constant, dealing, board);
  const auto proof = oprf::ProofOfPossession::Deserialize(dealing.possession());
  if (!proof.ok() ||
      !oprf::VerifyPossession(ConstantStatement(board, sender), constant, *proof).ok()) {
    return Of(CEREMONY_GROUND_CONSTANT, sender, {message});
  }
  for (const auto& [dealer, dealt] : board.dealt) {
    if (dealer == sender || dealt.commitments.front() != constant) continue;
    // Both prove that they know it, so they share it.
    return Blame{CEREMONY_GROUND_CONSTANT,
                 {std::min(dealer, sender), std::max(dealer, sender)},
                 {message, board.transcript.Find(CEREMONY_ROUND_DEAL, dealer)->message}};
  }
  return std::nullopt;
}

std::optional<Blame> JudgeDealing(const Message& message, MemberIndex sender,
                                  crypto::BytesView bytes, Board& board) {
  const auto dealing = ReadDealing(bytes);
  if (!dealing) return Of(CEREMONY_GROUND_MALFORMED, sender, {message});
  auto commitments = oprf::ParseCommitments(dealing->commitments(), board.parameters.threshold);
  if (!commitments.ok()) return Of(CEREMONY_GROUND_COMMITMENTS, sender, {message});
  if (auto blame = JudgeConstant(message, sender, commitments->front(), *dealing, board)) {
    return blame;
  }
  const std::vector<Seat>& holders = board.parameters.holders;
  if (dealing->shares().size() != holders.size() * oprf::EncryptedShare::kSize) {
    return Of(CEREMONY_GROUND_MALFORMED, sender, {message});
  }
  Dealt dealt{*std::move(commitments), {}};
  for (size_t i = 0; i < holders.size(); ++i) {
    std::string share =
        dealing->shares().substr(i * oprf::EncryptedShare::kSize, oprf::EncryptedShare::kSize);
    // Nobody could open it, which everybody sees.
    if (!oprf::EncryptedShare::Deserialize(share).ok()) {
      return Of(CEREMONY_GROUND_SHARE, sender, {message});
    }
    dealt.shares.emplace(holders[i].index, std::move(share));
  }
  board.dealt.insert_or_assign(sender, std::move(dealt));
  return std::nullopt;
}

std::optional<Blame> JudgeDeal(const Message& message, MemberIndex sender, Board& board) {
  const auto body = ReadDeal(message.body);
  if (!body) return Of(CEREMONY_GROUND_MALFORMED, sender, {message});
  if (auto blame = JudgeRepeated(message, sender, body->held(), board)) return blame;
  if (!board.parameters.Deals(sender)) {
    if (body->dealing().empty()) return std::nullopt;
    return Of(CEREMONY_GROUND_MALFORMED, sender, {message});
  }
  const Message& commit = board.transcript.Find(CEREMONY_ROUND_COMMIT, sender)->message;
  const auto committed = ReadCommit(commit.body);
  if (crypto::View(DealingDigest(board, sender, body->dealing())) !=
      crypto::BytesView(committed->commitment())) {
    return Of(CEREMONY_GROUND_REVEAL, sender, {commit, message});
  }
  return JudgeDealing(message, sender, body->dealing(), board);
}

std::optional<Blame> JudgeComplaint(const Message& message, MemberIndex sender,
                                    const ShareComplaint& complaint, const Board& board) {
  const auto dealer = static_cast<MemberIndex>(complaint.dealer());
  const auto dealt = board.dealt.find(dealer);
  if (dealt == board.dealt.end() || dealer == sender || !dealt->second.shares.contains(sender)) {
    return Of(CEREMONY_GROUND_MALFORMED, sender, {message});
  }
  const auto fault = oprf::Judge(board.AddressOf(dealer, sender), dealt->second.commitments,
                                 dealt->second.shares.at(sender), complaint.complaint());
  const Message& deal = board.transcript.Find(CEREMONY_ROUND_DEAL, dealer)->message;
  if (fault.ok() && *fault == oprf::Fault::kDealer) {
    return Of(CEREMONY_GROUND_SHARE, dealer, {deal, message});
  }
  return Of(CEREMONY_GROUND_COMPLAINT, sender, {message, deal});
}

std::optional<Blame> JudgeVerdict(const Message& message, MemberIndex sender, const Board& board) {
  const auto body = ReadVerdict(message.body);
  if (!body) return Of(CEREMONY_GROUND_MALFORMED, sender, {message});
  if (auto blame = JudgeRepeated(message, sender, body->held(), board)) return blame;
  for (const ShareComplaint& complaint : body->complaints()) {
    if (auto blame = JudgeComplaint(message, sender, complaint, board)) return blame;
  }
  return std::nullopt;
}

std::optional<Blame> JudgeConfirm(const Message& message, MemberIndex sender, const Board& board) {
  const auto body = ReadConfirm(message.body);
  if (!body) return Of(CEREMONY_GROUND_MALFORMED, sender, {message});
  if (auto blame = JudgeRepeated(message, sender, body->held(), board)) return blame;
  if (crypto::View(board.package->digest) != crypto::BytesView(body->package_digest())) {
    return Of(CEREMONY_GROUND_PACKAGE, sender, {message});
  }
  const auto proof = oprf::ProofOfPossession::Deserialize(body->possession());
  if (!proof.ok() || !oprf::VerifyPossession(HoldingStatement(board, sender),
                                             board.package->Find(sender)->verification_key, *proof)
                          .ok()) {
    return Of(CEREMONY_GROUND_HOLDING, sender, {message});
  }
  return std::nullopt;
}

}  // namespace

std::vector<MemberIndex> Board::SendersOf(Round round) const {
  if (round != CEREMONY_ROUND_CONFIRM) return roster.Indexes();
  std::vector<MemberIndex> out;
  for (const Seat& seat : parameters.holders) out.push_back(seat.index);
  return out;
}

std::vector<oprf::Scalar> Board::Factors() const {
  if (parameters.Draws()) {
    return std::vector<oprf::Scalar>(parameters.dealers.size(), oprf::Scalar(1));
  }
  // Cannot fail for dealers that parameters allow.
  return oprf::LagrangeCoefficients(parameters.dealers).value();
}

MessageContext Board::Context() const {
  return {parameters.partnership, parameters.id, crypto::View(session)};
}

oprf::ShareAddress Board::AddressOf(MemberIndex dealer, MemberIndex recipient) const {
  return {session, dealer, recipient, share_keys.at(recipient)};
}

crypto::Bytes ShareKeyStatement(const Board& board, MemberIndex member) {
  return Statement("sluis/ceremony-share-key/v1", crypto::View(board.parameters.id), member);
}

crypto::Bytes ConstantStatement(const Board& board, MemberIndex dealer) {
  return Statement("sluis/ceremony-constant/v1", SessionView(board), dealer);
}

crypto::Bytes HoldingStatement(const Board& board, MemberIndex holder) {
  return Statement("sluis/ceremony-holding/v1", crypto::View(board.package->digest), holder);
}

crypto::Hash DealingDigest(const Board& board, MemberIndex dealer, crypto::BytesView dealing) {
  return crypto::Sha256(
      {Statement("sluis/ceremony-dealing/v1", SessionView(board), dealer), dealing});
}

crypto::Hash SessionOf(const Board& board) {
  return crypto::Sha256({crypto::Lp("sluis/ceremony-session/v1"), crypto::View(board.parameters.id),
                         board.transcript.Digests(CEREMONY_ROUND_ANNOUNCE,
                                                  board.SendersOf(CEREMONY_ROUND_ANNOUNCE))});
}

absl::StatusOr<Package> PackageOf(const Board& board) {
  PackageDraft draft;
  draft.partnership = board.parameters.partnership;
  draft.purpose = board.parameters.purpose;
  draft.epoch = board.parameters.epoch;
  draft.holders = board.parameters.holders;
  draft.ceremony = board.parameters.id;
  crypto::Bytes said = crypto::Lp("sluis/ceremony-transcript/v1") + std::string(SessionView(board));
  for (const Round round : {CEREMONY_ROUND_COMMIT, CEREMONY_ROUND_DEAL, CEREMONY_ROUND_VERDICT}) {
    said += board.transcript.Digests(round, board.SendersOf(round));
  }
  draft.transcript = crypto::Sha256(said);
  const bool reshare = board.parameters.kind == CEREMONY_KIND_RESHARE;
  if (const auto& previous = board.parameters.previous) {
    if (reshare) draft.generation = previous->generation + 1;
    draft.previous_digest = previous->digest;
  }
  if (board.parameters.kind == CEREMONY_KIND_FACTOR) draft.use = record::v1::KEY_USE_ROLL;
  if (const auto& factor = board.parameters.factor) draft.factor_digest = factor->digest;
  std::vector<oprf::Commitments> dealings;
  for (const auto& [dealer, dealt] : board.dealt) dealings.push_back(dealt.commitments);
  auto sum = oprf::SumOfCommitments(dealings, board.Factors());
  if (!sum.ok()) return sum.status();
  draft.commitments = *std::move(sum);
  absl::StatusOr<Package> out = MakePackage(std::move(draft));
  if (out.ok() && reshare && out->public_key() != board.parameters.previous->public_key()) {
    return absl::InvalidArgumentError("another key came out of a reshare");
  }
  return out;
}

std::optional<Blame> Judge(const Message& message, MemberIndex sender, Board& board) {
  switch (message.head.round()) {
    case CEREMONY_ROUND_ANNOUNCE:
      return JudgeAnnounce(message, sender, board);
    case CEREMONY_ROUND_COMMIT:
      return JudgeCommit(message, sender, board);
    case CEREMONY_ROUND_DEAL:
      return JudgeDeal(message, sender, board);
    case CEREMONY_ROUND_VERDICT:
      return JudgeVerdict(message, sender, board);
    case CEREMONY_ROUND_CONFIRM:
      return JudgeConfirm(message, sender, board);
    default:
      return std::nullopt;
  }
}

}  // namespace sluis::keys
