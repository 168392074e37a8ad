#include "server/rpc/tls_version.h"

#include <openssl/ssl.h>

namespace sluis::rpc {

absl::Status CheckTls13Only() {
  // gRPC speaks nothing below TLS 1.2 and sets the lowest version of its contexts itself; what it
  // keeps from the configuration is this option.
  SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
  const bool only = context != nullptr && (SSL_CTX_get_options(context) & SSL_OP_NO_TLSv1_2) != 0;
  SSL_CTX_free(context);
  if (only) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "the file of \"openssl_conf\" is missing or does not switch TLS 1.2 off; take the one that "
      "comes with sluis");
}

}  // namespace sluis::rpc
