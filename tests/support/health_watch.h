#ifndef SLUIS_TESTS_SUPPORT_HEALTH_WATCH_H_
#define SLUIS_TESTS_SUPPORT_HEALTH_WATCH_H_

#include <memory>
#include <string>

#include "client/lib/channel.h"

namespace sluis::test {

// A supervisor that follows the standard health service (grpc.health.v1.Health/Watch) of a whole
// server. It is a call in progress: a server that drains waits for it. Not thread-safe.
class HealthWatch {
 public:
  // Ends by itself after `seconds`, which only bounds a hang.
  HealthWatch(const client::Endpoint& endpoint, int seconds);
  ~HealthWatch();

  // The next word of the server: "serving", "not serving", or "ended".
  std::string Next();
  void Cancel();

 private:
  struct Call;
  std::unique_ptr<Call> call_;
};

}  // namespace sluis::test

#endif  // SLUIS_TESTS_SUPPORT_HEALTH_WATCH_H_
