#ifndef SLUIS_SERVER_RPC_LOOPBACK_HTTP_H_
#define SLUIS_SERVER_RPC_LOOPBACK_HTTP_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace sluis::rpc {

// Health and metrics for the machine's own supervisor, over plain HTTP on a loopback address:
//   GET /healthz   200 "serving" or 503 with the reason code
//   GET /metrics   Prometheus text
// Runs on a thread of its own; stops when destroyed.
class LoopbackHttp {
 public:
  struct Health {
    bool serving = false;
    std::string reason;
  };

  // `address` is 127.0.0.0/8 or ::1 with a port, 0 for any; INVALID_ARGUMENT for any other address,
  // UNAVAILABLE when the port is taken. The functions are called from the HTTP threads.
  static absl::StatusOr<std::unique_ptr<LoopbackHttp>> Start(const std::string& address,
                                                             std::function<Health()> health,
                                                             std::function<std::string()> metrics);
  ~LoopbackHttp();

  int port() const;

 private:
  struct Server;
  explicit LoopbackHttp(std::unique_ptr<Server> server);
  std::unique_ptr<Server> server_;
};

}  // namespace sluis::rpc

#endif  // SLUIS_SERVER_RPC_LOOPBACK_HTTP_H_
