#include "server/authn/mandates_in_force.h"

#include <utility>

namespace sluis::authn {

std::vector<Caller::Held> MandatesInForce(const Registered& registered, MandateVerifier& verifier,
                                          uint64_t now_us) {
  std::vector<Caller::Held> held;
  if (!registered.user) return held;
  const record::v1::User& user = *registered.user;
  record::v1::MandateStatus status;
  if (registered.status) {
    absl::StatusOr<record::v1::MandateStatus> verified = verifier.Verify(*registered.status);
    if (!verified.ok()) return held;
    status = *std::move(verified);
  }
  for (const record::v1::SignedMandate& signed_mandate : registered.mandates) {
    absl::StatusOr<record::v1::Mandate> mandate = verifier.Verify(signed_mandate);
    if (!mandate.ok() || mandate->user_id() != user.user_id() ||
        mandate->signing_key() != user.signing_key() || !InForce(*mandate, status, now_us)) {
      continue;
    }
    held.push_back({*std::move(mandate), MandateDigest(signed_mandate)});
  }
  return held;
}

}  // namespace sluis::authn
