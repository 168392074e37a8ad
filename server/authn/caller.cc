#include "server/authn/caller.h"

#include <algorithm>

#include "server/authn/mandates_in_force.h"

namespace sluis::authn {

const Caller::Held* Caller::MandateFor(std::string_view role) const {
  for (const Held& held : mandates) {
    const auto& roles = held.mandate.roles();
    if (std::find(roles.begin(), roles.end(), role) != roles.end()) return &held;
  }
  return nullptr;
}

absl::StatusOr<std::string> ClaimedUser(const CertificateFacts& facts,
                                        std::string_view organisation) {
  absl::StatusOr<Identity> identity = IdentityOf(facts.uris);
  if (!identity.ok()) return identity.status();
  if (identity->organisation != organisation) {
    return absl::UnauthenticatedError(
        "the certificate names another organisation; connect to your own node");
  }
  if (identity->user_id.empty()) {
    return absl::UnauthenticatedError(
        "the certificate names a node; connect with the certificate of a person");
  }
  return identity->user_id;
}

bool Expired(const CertificateFacts& facts, uint64_t now_us) {
  return now_us / 1'000'000 > facts.not_after_s;
}

absl::StatusOr<Caller> Authenticate(const CertificateFacts& facts, const Registered& registered,
                                    MandateVerifier& verifier, uint64_t now_us) {
  if (Expired(facts, now_us)) {
    return absl::UnauthenticatedError(
        "this certificate has ended; make a request for a new one with sluis user renew");
  }
  if (!registered.user) {
    return absl::PermissionDeniedError(
        "you are not registered at this node; ask an administrator of your organisation");
  }
  const record::v1::User& user = *registered.user;
  if (user.state() != record::v1::USER_STATE_ACTIVE) {
    return absl::PermissionDeniedError(
        "your access to this node was ended; ask an administrator of your organisation");
  }
  if (!crypto::ConstantTimeEqual(user.tls_key_digest(), crypto::View(facts.key_digest))) {
    return absl::UnauthenticatedError(
        "the key of this certificate is not the registered one; use the certificate you were given "
        "last");
  }

  Caller caller;
  caller.user_id = user.user_id();
  caller.administrator = user.administrator();
  caller.certificate_digest = facts.certificate_digest;
  caller.certificate_not_after_s = facts.not_after_s;

  caller.mandates = MandatesInForce(registered, verifier, now_us);
  return caller;
}

}  // namespace sluis::authn
