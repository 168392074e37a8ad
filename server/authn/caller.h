#ifndef SLUIS_SERVER_AUTHN_CALLER_H_
#define SLUIS_SERVER_AUTHN_CALLER_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "server/authn/certificate.h"
#include "server/authn/identity.h"
#include "server/authn/mandate.h"
#include "sluis/record/v1/mandate.pb.h"

namespace sluis::authn {

// A registered person behind a call, with the mandates in force at that moment.
struct Caller {
  // One mandate, verified and in force, with the digest by which entries name it.
  struct Held {
    record::v1::Mandate mandate;
    crypto::Hash digest{};
  };

  std::string user_id;
  bool administrator = false;
  crypto::Hash certificate_digest{};
  uint64_t certificate_not_after_s = 0;
  std::vector<Held> mandates;

  // The mandate that holds `role`; null when none does. One request, one role: no union is ever
  // made.
  const Held* MandateFor(std::string_view role) const;
};

// The user id that a certificate claims at this organisation.
// UNAUTHENTICATED when it names nobody, the node itself, or someone of another organisation.
absl::StatusOr<std::string> ClaimedUser(const CertificateFacts& facts,
                                        std::string_view organisation);

// What the register holds about one user.
struct Registered {
  std::optional<record::v1::User> user;
  std::vector<record::v1::SignedMandate> mandates;
  // Absent while no mandate was ever revoked.
  std::optional<record::v1::SignedMandateStatus> status;
};

// Whether the certificate has ended. TLS looks at the handshake only, and a connection goes on.
bool Expired(const CertificateFacts& facts, uint64_t now_us);

// Turns certificate facts and the register into a caller. A pure function but for the verifier's
// memory.
//
// UNAUTHENTICATED: the certificate has ended, or its key is not the registered one.
// PERMISSION_DENIED: not registered, or revoked. A mandate that is not in force or not signed by
// the mandate key is left out; a status list that does not verify leaves out all of them.
absl::StatusOr<Caller> Authenticate(const CertificateFacts& facts, const Registered& registered,
                                    MandateVerifier& verifier, uint64_t now_us);

}  // namespace sluis::authn

#endif  // SLUIS_SERVER_AUTHN_CALLER_H_
