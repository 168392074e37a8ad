// Watching the numbers of tasks: who may, how many at once, and what is shown.
//
// Guarantee: a watch begins with one entry, and shows nothing once its caller is not registered, or
// holds the role by no mandate in force: WatchingNow is asked again and again, by whoever
// keeps
// the stream. At most kMostWatches of one person and kMostWatchesInAll. Thread-safe.
#ifndef SLUIS_SERVER_CORE_WATCH_TASKS_H_
#define SLUIS_SERVER_CORE_WATCH_TASKS_H_

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "server/authn/certificate.h"
#include "server/authn/mandate.h"
#include "server/core/terms.h"
#include "server/core/use_case.h"
#include "sluis/node/v1/tasks.pb.h"

namespace sluis::core {

inline constexpr size_t kMostWatches = 4;
inline constexpr size_t kMostWatchesInAll = 128;

// Places for watches. A place is given back when it is let go of.
class WatchPlaces {
 public:
  // Who lets go of it is the last owner of the pointer; null when there is none.
  std::shared_ptr<void> Take(const std::string& user_id);

 private:
  struct Taken {
    std::mutex mutex;
    size_t all = 0;
    std::map<std::string, size_t> of;
  };
  const std::shared_ptr<Taken> taken_ = std::make_shared<Taken>();
};

// WatchTasks: the entry with which a watch begins, and its place. Refused: `too_many_watches`.
class WatchTasks : public UseCase {
 public:
  // All must outlive the call; `place` is set once the entry is durable.
  WatchTasks(const node::v1::WatchTasksRequest& request, WatchPlaces& places,
             std::shared_ptr<void>& place)
      : request_(request), places_(places), place_(place) {}

  const Method& method() const override;
  const node::v1::RequestContext* context() const override { return &request_.context(); }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::WatchTasksRequest& request_;
  WatchPlaces& places_;
  std::shared_ptr<void>& place_;
};

// Who watches, as a call of theirs at this moment: to be asked again and again.
// PERMISSION_DENIED or UNAUTHENTICATED once they may not ask any more, as the executor would say at
// a new call.
absl::StatusOr<Call> WatchingNow(const authn::CertificateFacts& facts, const std::string& role,
                                 std::shared_ptr<const Terms> terms,
                                 authn::MandateVerifier& verifier, uint64_t now_us, View& view);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_WATCH_TASKS_H_
