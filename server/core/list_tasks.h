#ifndef SLUIS_SERVER_CORE_LIST_TASKS_H_
#define SLUIS_SERVER_CORE_LIST_TASKS_H_

#include <vector>

#include "server/core/use_case.h"
#include "sluis/node/v1/tasks.pb.h"

namespace sluis::core {

// ListTasks: the open tasks of the role in use, the late ones first and then by day; to those who
// supervise the late ones of every role. A record is named to whom the rules let list it. One entry
// for the list.
class ListTasks : public UseCase {
 public:
  // Both must outlive the call.
  ListTasks(const node::v1::ListTasksRequest& request, node::v1::ListTasksResponse& response)
      : request_(request), response_(response) {}

  const Method& method() const override;
  const node::v1::RequestContext* context() const override { return &request_.context(); }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::ListTasksRequest& request_;
  node::v1::ListTasksResponse& response_;
};

// How many of these a call in this role sees, and nothing of what they are.
node::v1::CountTasksResponse CountOf(const Call& call,
                                     const std::vector<record::v1::StoredTask>& tasks);

// CountTasks: those numbers, with one entry.
class CountTasks : public UseCase {
 public:
  CountTasks(const node::v1::CountTasksRequest& request, node::v1::CountTasksResponse& response)
      : request_(request), response_(response) {}

  const Method& method() const override;
  const node::v1::RequestContext* context() const override { return &request_.context(); }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::CountTasksRequest& request_;
  node::v1::CountTasksResponse& response_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_LIST_TASKS_H_
