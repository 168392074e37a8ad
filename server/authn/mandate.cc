#include "server/authn/mandate.h"

#include <algorithm>
#include <functional>

#include "crypto/hash.h"
#include "server/authn/identity.h"

namespace sluis::authn {
namespace {

constexpr std::string_view kMandateLabel = "sluis/mandate/v1";
constexpr std::string_view kStatusLabel = "sluis/mandate-status/v1";
constexpr size_t kIdBytes = 16;

absl::Status BadSignature() {
  return absl::PermissionDeniedError(
      "the mandate key of this organisation did not sign this; issue it again with that key");
}

absl::Status IllFormed(const char* what) {
  return absl::InvalidArgumentError(std::string("mandate: ") + what);
}

}  // namespace

crypto::Hash MandateDigest(const record::v1::SignedMandate& signed_mandate) {
  std::string bytes;
  crypto::AppendLp(bytes, signed_mandate.mandate());
  crypto::AppendLp(bytes, signed_mandate.signature());
  return crypto::Sha256(bytes);
}

MandateVerifier::MandateVerifier(std::string organisation, crypto::PublicKey mandate_key,
                                 std::shared_ptr<VerifiedSignatures> signatures)
    : organisation_(std::move(organisation)),
      mandate_key_(mandate_key),
      signatures_(signatures ? std::move(signatures) : std::make_shared<VerifiedSignatures>()) {}

bool MandateVerifier::SignatureHolds(std::string_view label, const std::string& bytes,
                                     const std::string& signature) {
  std::string message;
  crypto::AppendLp(message, label);
  message += bytes;
  return signatures_->Holds(mandate_key_, message, signature);
}

absl::StatusOr<record::v1::Mandate> MandateVerifier::Verify(
    const record::v1::SignedMandate& signed_mandate) {
  if (signed_mandate.mandate().size() > kMaxSignedMandateBytes) return IllFormed("too long");
  if (!SignatureHolds(kMandateLabel, signed_mandate.mandate(), signed_mandate.signature())) {
    return BadSignature();
  }
  record::v1::Mandate mandate;
  if (!mandate.ParseFromString(signed_mandate.mandate())) return IllFormed("cannot be read");
  if (mandate.mandate_id().size() != kIdBytes) return IllFormed("the id must have 16 bytes");
  if (mandate.organisation() != organisation_) return IllFormed("is of another organisation");
  if (mandate.signing_key().size() != crypto::PublicKey().size()) {
    return IllFormed("the signing key must have 32 bytes");
  }
  if (mandate.roles_size() < 1 || mandate.roles_size() > 8) {
    return IllFormed("must name 1 to 8 roles");
  }
  if (mandate.not_after_s() <= mandate.not_before_s() ||
      mandate.not_after_s() - mandate.not_before_s() > kMaxMandateSeconds) {
    return IllFormed("must last at most 90 days");
  }
  // One that peers read must not hold the name by which the own node knows the person.
  const bool for_peers = !mandate.partnership().empty();
  if (for_peers ? !mandate.user_id().empty() || mandate.pseudonym().size() != kIdBytes
                : !IsUserId(mandate.user_id()) || !mandate.pseudonym().empty()) {
    return IllFormed(
        "must name a user of the own node, or a partnership and a pseudonym of 16 bytes, not both");
  }
  return mandate;
}

absl::StatusOr<record::v1::MandateStatus> MandateVerifier::Verify(
    const record::v1::SignedMandateStatus& signed_status) {
  if (signed_status.status().size() > kMaxRevoked * (kIdBytes + 4) + 1024) {
    return IllFormed("the status list is too long");
  }
  if (!SignatureHolds(kStatusLabel, signed_status.status(), signed_status.signature())) {
    return BadSignature();
  }
  record::v1::MandateStatus status;
  if (!status.ParseFromString(signed_status.status()))
    return IllFormed("the status list cannot be read");
  if (status.organisation() != organisation_)
    return IllFormed("the status list is of another organisation");
  if (status.number() == 0) return IllFormed("the status list must have a number from 1");
  if (status.revoked_size() > static_cast<int>(kMaxRevoked) ||
      // Strictly: an id named twice could be missed when the next list names it once.
      std::adjacent_find(status.revoked().begin(), status.revoked().end(),
                         std::greater_equal<>()) != status.revoked().end() ||
      std::any_of(status.revoked().begin(), status.revoked().end(),
                  [](const std::string& id) { return id.size() != kIdBytes; })) {
    return IllFormed("the status list must hold at most 10,000 sorted ids of 16 bytes");
  }
  return status;
}

bool InForce(const record::v1::Mandate& mandate, const record::v1::MandateStatus& status,
             uint64_t now_us) {
  const uint64_t now_s = now_us / 1'000'000;
  if (now_s < mandate.not_before_s() || now_s > mandate.not_after_s()) return false;
  return !std::binary_search(status.revoked().begin(), status.revoked().end(),
                             mandate.mandate_id());
}

}  // namespace sluis::authn
