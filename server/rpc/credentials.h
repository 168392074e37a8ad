#ifndef SLUIS_SERVER_RPC_CREDENTIALS_H_
#define SLUIS_SERVER_RPC_CREDENTIALS_H_

#include <grpcpp/security/server_credentials.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace sluis::rpc {

// Mutual TLS for one listener from a folder with tls.crt, tls.key and ca.crt: a client must present
// a certificate that chains to that one CA. The folder is read again every few seconds, so
// certificates rotate by renaming the folder. TLS 1.2 is refused by the OpenSSL configuration that
// the daemon loads (deploy/openssl.cnf): this library's gRPC has no switch for it.
// FAILED_PRECONDITION when a file is missing, or certificate and key do not belong together.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> ListenerCredentials(
    const std::string& folder);

// Mutual TLS for a listener that other nodes reach, from a folder with tls.crt and tls.key, read
// again likewise. TLS demands a client certificate and proof of its key, and trusts no CA by
// itself: the connection lives only when `accepts` says so of the certificate (PEM), which it is
// asked once the handshake is through. `accepts` must be thread-safe and answer at once; it lives
// as long as any handshake does. Same errors.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> PeerListenerCredentials(
    const std::string& folder, std::function<bool(std::string_view pem)> accepts);

// Last moment of validity of the certificate in the folder, seconds since the epoch, UTC.
absl::StatusOr<uint64_t> CertificateNotAfter(const std::string& folder);

}  // namespace sluis::rpc

#endif  // SLUIS_SERVER_RPC_CREDENTIALS_H_
