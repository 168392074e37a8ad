#ifndef SLUIS_SERVER_RPC_CREDENTIALS_H_
#define SLUIS_SERVER_RPC_CREDENTIALS_H_

#include <grpcpp/security/server_credentials.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace sluis::rpc {

// Mutual TLS for one listener from a folder with tls.crt, tls.key and ca.crt: a client must present
// a certificate that chains to that one CA. The folder is read again every few seconds, so
// certificates rotate by renaming the folder. TLS 1.2 is refused by the OpenSSL configuration that
// the daemon loads (deploy/openssl.cnf): this library's gRPC has no switch for it.
// FAILED_PRECONDITION when a file is missing, or certificate and key do not belong together.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> ListenerCredentials(
    const std::string& folder);

// Last moment of validity of the certificate in the folder, seconds since the epoch, UTC.
absl::StatusOr<uint64_t> CertificateNotAfter(const std::string& folder);

}  // namespace sluis::rpc

#endif  // SLUIS_SERVER_RPC_CREDENTIALS_H_
