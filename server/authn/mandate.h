#ifndef SLUIS_SERVER_AUTHN_MANDATE_H_
#define SLUIS_SERVER_AUTHN_MANDATE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/signature.h"
#include "server/authn/verified_signatures.h"
#include "sluis/record/v1/mandate.pb.h"

namespace sluis::authn {

// Longest life of a mandate.
inline constexpr uint64_t kMaxMandateSeconds = 90ull * 24 * 3600;
inline constexpr size_t kMaxSignedMandateBytes = 4096;
inline constexpr size_t kMaxRevoked = 10000;

// Digest by which entries name a mandate: SHA-256 over the stored SignedMandate's `mandate` and
// `signature`, both length-prefixed.
crypto::Hash MandateDigest(const record::v1::SignedMandate& signed_mandate);

// Checks mandates and status lists against the organisation's mandate key.
//
// Guarantee: what it returns was signed by that key, names that organisation and is well-formed.
// Not guaranteed: that it is in force; ask `InForce`. Remembers which signatures held, so that a
// call costs a hash. Thread-safe.
class MandateVerifier {
 public:
  // `signatures`: what verifiers share that live for one call each; null for a memory of its own.
  MandateVerifier(std::string organisation, crypto::PublicKey mandate_key,
                  std::shared_ptr<VerifiedSignatures> signatures = nullptr);

  // PERMISSION_DENIED for a bad signature; INVALID_ARGUMENT for a mandate that is ill-formed, lasts
  // longer than 90 days, names no role or another organisation.
  absl::StatusOr<record::v1::Mandate> Verify(const record::v1::SignedMandate& signed_mandate);
  absl::StatusOr<record::v1::MandateStatus> Verify(
      const record::v1::SignedMandateStatus& signed_status);

 private:
  bool SignatureHolds(std::string_view label, const std::string& bytes,
                      const std::string& signature);

  const std::string organisation_;
  const crypto::PublicKey mandate_key_;
  const std::shared_ptr<VerifiedSignatures> signatures_;
};

// Whether the mandate is valid at this moment and not on the list.
bool InForce(const record::v1::Mandate& mandate, const record::v1::MandateStatus& status,
             uint64_t now_us);

}  // namespace sluis::authn

#endif  // SLUIS_SERVER_AUTHN_MANDATE_H_
