#ifndef SLUIS_SERVER_RPC_LOOPBACK_ADDRESS_H_
#define SLUIS_SERVER_RPC_LOOPBACK_ADDRESS_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace sluis::rpc {

// Where health and metrics are served: never off the machine.
struct LoopbackAddress {
  std::string host;  // 127.0.0.0/8 with four numbers, or ::1
  int port = 0;      // 0 for any
};

// Reads <host>:<port> or [<host>]:<port>, the port as decimal digits without sign. INVALID_ARGUMENT
// for anything else, hosts by name included: a name may come to mean another address. Thread-safe.
absl::StatusOr<LoopbackAddress> ParseLoopbackAddress(std::string_view text);

}  // namespace sluis::rpc

#endif  // SLUIS_SERVER_RPC_LOOPBACK_ADDRESS_H_
