#include "server/keys/bodies.h"

#include <algorithm>

#include "crypto/encrypted_share.h"
#include "server/envelope/canonical.h"
#include "server/envelope/form.h"
#include "server/keys/message.h"

namespace sluis::keys {
namespace {

namespace oprf = crypto::oprf;
using envelope::IsHash;
using envelope::Repeated;

constexpr int kMost = static_cast<int>(kMaxHolders);
constexpr int kMaxEvidence = 3;

template <typename Body>
std::optional<Body> Read(crypto::BytesView bytes, size_t max = kMaxBodyBytes) {
  std::optional<Body> out(std::in_place);
  if (!envelope::ReadCanonical(bytes, max, *out)) out.reset();
  return out;
}

bool AreHeld(const Repeated<peer::v1::HeldMessage>& held) {
  return !held.empty() && held.size() <= kMost &&
         std::all_of(held.begin(), held.end(), [](const peer::v1::HeldMessage& one) {
           return IsHash(one.body_digest()) && one.signature().size() == envelope::kSignatureBytes;
         });
}

bool IsIndex(uint32_t index) { return index >= 1 && index <= 65535; }

template <typename Indexes>
bool AreIndexes(const Indexes& indexes) {
  if (indexes.empty() || indexes.size() > kMost) return false;
  for (int i = 0; i < indexes.size(); ++i) {
    if (!IsIndex(indexes.Get(i)) || (i > 0 && indexes.Get(i - 1) >= indexes.Get(i))) return false;
  }
  return true;
}

bool IsRound(Round round) {
  return round >= peer::v1::CEREMONY_ROUND_ANNOUNCE && round <= peer::v1::CEREMONY_ROUND_CONFIRM;
}

}  // namespace

std::optional<peer::v1::CeremonyAnnounce> ReadAnnounce(crypto::BytesView body) {
  auto out = Read<peer::v1::CeremonyAnnounce>(body);
  const bool fits = out && !out->parameters().empty() &&
                    out->parameters().size() <= kMaxParametersBytes && IsHash(out->nonce()) &&
                    out->share_key().size() == oprf::kElementSize &&
                    out->possession().size() == oprf::ProofOfPossession::kSize;
  return fits ? std::move(out) : std::nullopt;
}

std::optional<peer::v1::CeremonyCommit> ReadCommit(crypto::BytesView body) {
  auto out = Read<peer::v1::CeremonyCommit>(body);
  return out && envelope::IsHashOrEmpty(out->commitment()) && AreHeld(out->held()) ? std::move(out)
                                                                                   : std::nullopt;
}

std::optional<peer::v1::CeremonyDeal> ReadDeal(crypto::BytesView body) {
  auto out = Read<peer::v1::CeremonyDeal>(body);
  return out && AreHeld(out->held()) ? std::move(out) : std::nullopt;
}

std::optional<peer::v1::Dealing> ReadDealing(crypto::BytesView bytes) {
  auto out = Read<peer::v1::Dealing>(bytes);
  const bool fits =
      out &&
      (out->possession().empty() || out->possession().size() == oprf::ProofOfPossession::kSize) &&
      out->shares().size() <= kMaxHolders * oprf::EncryptedShare::kSize;
  return fits ? std::move(out) : std::nullopt;
}

std::optional<peer::v1::CeremonyVerdict> ReadVerdict(crypto::BytesView body) {
  auto out = Read<peer::v1::CeremonyVerdict>(body);
  if (!out || !AreHeld(out->held()) || out->complaints_size() > kMost) return std::nullopt;
  uint32_t last = 0;
  for (const peer::v1::ShareComplaint& one : out->complaints()) {
    if (!IsIndex(one.dealer()) || one.dealer() <= last ||
        one.complaint().size() != oprf::Complaint::kSize) {
      return std::nullopt;
    }
    last = one.dealer();
  }
  return out;
}

std::optional<peer::v1::CeremonyConfirm> ReadConfirm(crypto::BytesView body) {
  auto out = Read<peer::v1::CeremonyConfirm>(body);
  const bool fits = out && IsHash(out->package_digest()) && AreHeld(out->held()) &&
                    out->possession().size() == oprf::ProofOfPossession::kSize;
  return fits ? std::move(out) : std::nullopt;
}

std::optional<peer::v1::CeremonyMissing> ReadMissing(crypto::BytesView body) {
  auto out = Read<peer::v1::CeremonyMissing>(body);
  return out && IsRound(out->round()) && AreIndexes(out->members()) ? std::move(out) : std::nullopt;
}

std::optional<peer::v1::CeremonyAbort> ReadAbort(crypto::BytesView body) {
  auto out = Read<peer::v1::CeremonyAbort>(body, kMaxAbortBytes);
  if (!out || !IsRound(out->round()) || !AreIndexes(out->culprits()) ||
      out->ground() == peer::v1::CEREMONY_GROUND_UNSPECIFIED ||
      !peer::v1::CeremonyGround_IsValid(out->ground())) {
    return std::nullopt;
  }
  const bool silence = out->ground() == peer::v1::CEREMONY_GROUND_SILENCE;
  const bool many = silence || out->ground() == peer::v1::CEREMONY_GROUND_CONSTANT;
  // Who takes it back itself shows nothing; the machine asks who says so.
  const bool bare = silence || out->ground() == peer::v1::CEREMONY_GROUND_CANCELLED;
  const int least = bare ? 0 : 1;
  const int most = silence ? 0 : kMaxEvidence;
  if ((out->culprits_size() > 1 && !many) || out->evidence_size() < least ||
      out->evidence_size() > most) {
    return std::nullopt;
  }
  return out;
}

}  // namespace sluis::keys
