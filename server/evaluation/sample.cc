#include "server/evaluation/sample.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "crypto/hash.h"
#include "server/authn/identity.h"
#include "server/envelope/canonical.h"
#include "server/envelope/form.h"
#include "server/evaluation/limits.h"

namespace sluis::evaluation {
namespace {

using envelope::IsHash;

std::string Statement(std::string_view bytes) {
  return crypto::Lp("sluis/evaluation-reveal/v1") + std::string(bytes);
}

bool IsReveal(const peer::v1::EvaluationReveal& body) {
  return body.version() == kVersion && authn::IsOrganisationId(body.partnership()) &&
         authn::IsOrganisationId(body.asker()) && IsHash(body.key_id()) && body.holder() != 0 &&
         body.holder() <= 65535 && IsHash(body.period_digest()) && body.nonces_size() > 0 &&
         envelope::AreHashes(body.nonces(), static_cast<int>(kMaxPeriodDays));
}

// Whether it is of a holder of this period, for exactly its lists, and signed by that holder;
// without keys that was looked at before.
bool IsOf(const SignedReveal& reveal, const Period& period, const HolderKeys* keys) {
  const auto holder = static_cast<MemberIndex>(reveal.body.holder());
  if (keys != nullptr) {
    const auto known = keys->find(holder);
    if (known == keys->end() || !reveal.SignedBy(known->second)) return false;
  }
  return period.holders().contains(holder) && reveal.body.partnership() == period.partnership() &&
         reveal.body.asker() == period.scope().asker &&
         reveal.body.key_id() == crypto::View(period.key_id()) &&
         reveal.body.period_digest() == crypto::View(period.digest());
}

bool AreCommitted(const peer::v1::EvaluationReveal& reveal,
                  const std::vector<const DayList*>& lists) {
  if (static_cast<size_t>(reveal.nonces_size()) != lists.size()) return false;
  for (int i = 0; i < reveal.nonces_size(); ++i) {
    const peer::v1::EvaluationList& list = lists[static_cast<size_t>(i)]->body;
    if (crypto::View(NonceCommitment(list, reveal.nonces(i))) != list.nonce_commitment()) {
      return false;
    }
  }
  return true;
}

absl::StatusOr<peer::v1::EvaluationReveal> Judge(const Period& period, const HolderKeys* keys,
                                                 crypto::BytesView bytes) {
  absl::StatusOr<SignedReveal> reveal = ReadReveal(bytes);
  if (!reveal.ok()) return reveal.status();
  if (!IsOf(*reveal, period, keys)) {
    return absl::PermissionDeniedError(
        "a part of the seed is of another period, key or holder, or not signed by the holder; "
        "leave it out");
  }
  const auto holder = static_cast<MemberIndex>(reveal->body.holder());
  if (!AreCommitted(reveal->body, period.ListsOf(holder))) {
    return absl::DataLossError("the part of the seed of holder " + std::to_string(holder) +
                               " is not what its lists commit to; ask that holder for it again");
  }
  return std::move(reveal->body);
}

absl::StatusOr<crypto::Hash> SeedOf(const Period& period, const HolderKeys* keys,
                                    std::span<const std::string> reveals) {
  if (!period.missing().empty()) {
    return absl::FailedPreconditionError(
        "a holder gave no list for each day; ask it for them, or open everything");
  }
  std::map<MemberIndex, peer::v1::EvaluationReveal> shown;
  for (const std::string& bytes : reveals) {
    absl::StatusOr<peer::v1::EvaluationReveal> reveal = Judge(period, keys, bytes);
    if (!reveal.ok()) return reveal.status();
    const auto holder = static_cast<MemberIndex>(reveal->holder());
    shown[holder] = *std::move(reveal);
  }
  crypto::Bytes input = crypto::Lp("sluis/evaluation-seed/v1");
  input.append(crypto::View(period.digest()));
  for (const MemberIndex holder : period.holders()) {
    const auto reveal = shown.find(holder);
    if (reveal == shown.end()) {
      return absl::FailedPreconditionError("holder " + std::to_string(holder) +
                                           " gave no part of the seed; ask it again, or open "
                                           "everything");
    }
    crypto::AppendU16(input, holder);
    for (const std::string& nonce : reveal->second.nonces()) input.append(nonce);
  }
  return crypto::Sha256(input);
}

}  // namespace

std::string SignedReveal::Serialise() const {
  peer::v1::SignedEvaluationReveal out;
  out.set_reveal(bytes);
  out.set_signature(signature);
  return out.SerializeAsString();
}

bool SignedReveal::SignedBy(std::span<const crypto::PublicKey> keys) const {
  const std::string statement = Statement(bytes);
  return std::any_of(keys.begin(), keys.end(), [&](const crypto::PublicKey& key) {
    return crypto::Verify(key, statement, signature);
  });
}

absl::StatusOr<SignedReveal> ReadReveal(crypto::BytesView signed_reveal) {
  peer::v1::SignedEvaluationReveal proto;
  SignedReveal out;
  if (!envelope::ReadCanonical(signed_reveal, kMaxRevealBytes, proto) ||
      proto.signature().size() != envelope::kSignatureBytes ||
      !envelope::ReadCanonical(proto.reveal(), kMaxRevealBytes, out.body) || !IsReveal(out.body)) {
    return absl::InvalidArgumentError(
        "a holder's part of a seed is not of the form agreed; ask the holder for it again");
  }
  out.bytes = std::move(*proto.mutable_reveal());
  out.signature = std::move(*proto.mutable_signature());
  return out;
}

SignedReveal SignReveal(const peer::v1::EvaluationReveal& body,
                        const crypto::SigningKey& identity) {
  SignedReveal out;
  out.body = body;
  out.bytes = body.SerializeAsString();
  out.signature = std::string(crypto::View(identity.Sign(Statement(out.bytes))));
  return out;
}

absl::StatusOr<MemberIndex> CheckReveal(const Period& period, const HolderKeys& keys,
                                        crypto::BytesView signed_reveal) {
  const absl::StatusOr<peer::v1::EvaluationReveal> reveal = Judge(period, &keys, signed_reveal);
  if (!reveal.ok()) return reveal.status();
  return static_cast<MemberIndex>(reveal->holder());
}

absl::StatusOr<crypto::Hash> Seed(const Period& period, const HolderKeys& keys,
                                  std::span<const std::string> reveals) {
  return SeedOf(period, &keys, reveals);
}

std::vector<crypto::Hash> Chosen(const Period& period, const crypto::Hash& seed,
                                 size_t per_holder) {
  std::map<MemberIndex, std::map<crypto::Hash, crypto::Hash>> by_rank;
  std::set<crypto::Hash> chosen;
  for (const auto& [digest, request] : period.requests()) {
    if (request.differs) chosen.insert(digest);
    for (const MemberIndex holder : request.holders) {
      crypto::Bytes number;
      crypto::AppendU16(number, holder);
      by_rank[holder][crypto::Sha256({crypto::Lp("sluis/evaluation-rank/v1"), crypto::View(seed),
                                      number, crypto::View(digest)})] = digest;
    }
  }
  for (const auto& [holder, ranks] : by_rank) {
    size_t taken = 0;
    for (const auto& [rank, digest] : ranks) {
      if (taken++ == per_holder) break;
      chosen.insert(digest);
    }
  }
  return {chosen.begin(), chosen.end()};
}

absl::StatusOr<Sample> Sample::Drawn(const Period& period, const HolderKeys& keys,
                                     std::span<const std::string> reveals, size_t per_holder) {
  const absl::StatusOr<crypto::Hash> seed = Seed(period, keys, reveals);
  if (!seed.ok()) return seed.status();
  return Sample(period.digest(), Chosen(period, *seed, per_holder));
}

absl::StatusOr<Sample> Sample::OfKept(const Period& period, std::span<const std::string> reveals,
                                      size_t per_holder) {
  const absl::StatusOr<crypto::Hash> seed = SeedOf(period, nullptr, reveals);
  if (!seed.ok()) return seed.status();
  return Sample(period.digest(), Chosen(period, *seed, per_holder));
}

Sample Sample::Everything(const Period& period) {
  std::vector<crypto::Hash> requests;
  for (const auto& [digest, request] : period.requests()) requests.push_back(digest);
  return Sample(period.digest(), std::move(requests));
}

}  // namespace sluis::evaluation
