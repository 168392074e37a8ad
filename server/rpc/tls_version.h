#ifndef SLUIS_SERVER_RPC_TLS_VERSION_H_
#define SLUIS_SERVER_RPC_TLS_VERSION_H_

#include "absl/status/status.h"

namespace sluis::rpc {

// Whether the OpenSSL configuration of this process leaves TLS 1.3 only. FAILED_PRECONDITION when
// an older version would be spoken: OpenSSL passes over a configuration file that is missing, so
// that a wrong path would otherwise open the listener to TLS 1.2 without a word. Thread-safe.
absl::Status CheckTls13Only();

}  // namespace sluis::rpc

#endif  // SLUIS_SERVER_RPC_TLS_VERSION_H_
