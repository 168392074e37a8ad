#ifndef SLUIS_SERVER_AUTHN_PEER_CERTIFICATE_H_
#define SLUIS_SERVER_AUTHN_PEER_CERTIFICATE_H_

#include <deque>
#include <map>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "server/authn/certificate.h"

namespace grpc {
class AuthContext;
}

namespace sluis::authn {

// Turns the authentication context of a call into facts. The one place of authn that knows gRPC.
//
// Remembers the facts of the last certificates seen, so that a call costs one hash and not a parse.
// Thread-safe.
class PeerCertificates {
 public:
  // UNAUTHENTICATED when the peer did not authenticate or its certificate cannot be read.
  absl::StatusOr<CertificateFacts> FactsOf(const grpc::AuthContext& context);

  // The certificate itself, PEM, as it came: whether TLS verified its chain depends on the
  // listener. Same errors.
  static absl::StatusOr<std::string> PemOf(const grpc::AuthContext& context);

 private:
  static constexpr size_t kRemembered = 1024;

  std::mutex mutex_;
  std::map<crypto::Hash, CertificateFacts> facts_;
  std::deque<crypto::Hash> order_;
};

}  // namespace sluis::authn

#endif  // SLUIS_SERVER_AUTHN_PEER_CERTIFICATE_H_
