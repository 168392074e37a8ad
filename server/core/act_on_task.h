// What one person does with one task: take it on, let go of it, end it.
//
// Guarantee: of two who claim at once one gets it, and whoever does not see it is told the same as
// of a task that is not there. Thread-safety: one use case for each call. Source: tasks.proto.
#ifndef SLUIS_SERVER_CORE_ACT_ON_TASK_H_
#define SLUIS_SERVER_CORE_ACT_ON_TASK_H_

#include "server/core/use_case.h"
#include "sluis/node/v1/tasks.pb.h"

namespace sluis::core {

// ClaimTask. Refused: `no_task`; `task_claimed` when somebody has it, the caller included. From
// somebody who is away today whoever stands in for them takes it over.
class ClaimTask : public UseCase {
 public:
  // Both must outlive the call.
  ClaimTask(const node::v1::ClaimTaskRequest& request, node::v1::ClaimTaskResponse& response)
      : request_(request), response_(response) {}

  const Method& method() const override;
  const node::v1::RequestContext* context() const override { return &request_.context(); }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::ClaimTaskRequest& request_;
  node::v1::ClaimTaskResponse& response_;
};

// ReleaseTask. Refused: `no_task`; `task_not_yours`.
class ReleaseTask : public UseCase {
 public:
  ReleaseTask(const node::v1::ReleaseTaskRequest& request, node::v1::ReleaseTaskResponse& response)
      : request_(request), response_(response) {}

  const Method& method() const override;
  const node::v1::RequestContext* context() const override { return &request_.context(); }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::ReleaseTaskRequest& request_;
  node::v1::ReleaseTaskResponse& response_;
};

// EndTask. Refused: `no_task`; `task_not_yours`; `bad_request` without an outcome that people give.
class EndTask : public UseCase {
 public:
  EndTask(const node::v1::EndTaskRequest& request, node::v1::EndTaskResponse& response)
      : request_(request), response_(response) {}

  const Method& method() const override;
  const node::v1::RequestContext* context() const override { return &request_.context(); }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::EndTaskRequest& request_;
  node::v1::EndTaskResponse& response_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_ACT_ON_TASK_H_
