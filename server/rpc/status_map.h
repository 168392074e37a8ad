#ifndef SLUIS_SERVER_RPC_STATUS_MAP_H_
#define SLUIS_SERVER_RPC_STATUS_MAP_H_

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace sluis::rpc {

// The one place where a status of ours becomes one of gRPC: same code, same message, and the
// refusal detail, if there is one, as its binary detail. Faults of the node (INTERNAL, DATA_LOSS,
// UNKNOWN) keep their code and lose their text.
grpc::Status ToGrpc(const absl::Status& status);

}  // namespace sluis::rpc

#endif  // SLUIS_SERVER_RPC_STATUS_MAP_H_
