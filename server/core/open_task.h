#ifndef SLUIS_SERVER_CORE_OPEN_TASK_H_
#define SLUIS_SERVER_CORE_OPEN_TASK_H_

#include "crypto/random.h"
#include "server/core/use_case.h"
#include "sluis/node/v1/tasks.pb.h"

namespace sluis::core {

// Tasks that people may have open, of all roles together: a list is read whole.
inline constexpr size_t kMostOpenTasks = 10'000;
// Within how many working days when nothing is said, and at most.
inline constexpr uint32_t kTaskWorkingDays = 5;
inline constexpr uint32_t kMostTaskWorkingDays = 250;

// OpenTask: opens a task by hand, for a role that this organisation may give. It says what there is
// to do by one word, and names a record only when the rules let the caller read it.
//
// Refused: `bad_request` for a kind that the node opens, a role or a time that is none;
// `too_many_tasks` while there are as many as may be; and what the rules refuse about the record.
class OpenTask : public UseCase {
 public:
  // All must outlive the call.
  OpenTask(const node::v1::OpenTaskRequest& request, node::v1::OpenTaskResponse& response,
           crypto::Random& random)
      : request_(request), response_(response), random_(random) {}

  const Method& method() const override;
  const node::v1::RequestContext* context() const override { return &request_.context(); }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::OpenTaskRequest& request_;
  node::v1::OpenTaskResponse& response_;
  crypto::Random& random_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_OPEN_TASK_H_
