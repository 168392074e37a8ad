#ifndef SLUIS_SERVER_AUTHN_USER_REQUEST_H_
#define SLUIS_SERVER_AUTHN_USER_REQUEST_H_

#include "absl/status/statusor.h"
#include "sluis/record/v1/mandate.pb.h"

namespace sluis::authn {

inline constexpr size_t kMaxCertificateRequestBytes = 4096;

// Checks what a person hands in to be registered, and turns it into a register row without state
// and time.
//
// Guarantee: whoever made it holds both private keys: the signing key signed the whole, and the
// certificate request is signed by its own ECDSA P-256 key. Not guaranteed: who that person is; the
// administrator must know. INVALID_ARGUMENT when it is ill-formed or a signature does not hold.
// Thread-safe.
absl::StatusOr<record::v1::User> VerifyUserRequest(const record::v1::UserRequest& request);

}  // namespace sluis::authn

#endif  // SLUIS_SERVER_AUTHN_USER_REQUEST_H_
