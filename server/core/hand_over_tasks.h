// Who gives tasks to somebody else, and who stands in for whom.
//
// Guarantee: nobody is given a task without holding its role by a mandate in force here, and an
// absence gives nobody a role: a deputy claims in a role of their own, under their own certificate.
// Thread-safety: one use case for each call. Source: tasks.proto.
#ifndef SLUIS_SERVER_CORE_HAND_OVER_TASKS_H_
#define SLUIS_SERVER_CORE_HAND_OVER_TASKS_H_

#include "crypto/random.h"
#include "server/authn/mandate.h"
#include "server/core/use_case.h"
#include "sluis/node/v1/tasks.pb.h"

namespace sluis::core {

// Tasks of one call.
inline constexpr int kMostHandedOver = 100;
// Longest absence, in days.
inline constexpr int kLongestAbsenceDays = 366;

// HandOverTasks: gives tasks that the caller claimed to somebody else in their role, or frees them;
// all or none, one entry for each. Those who supervise give late ones of any role. Refused:
// `no_task` when one of them is neither; `not_in_role` when the other may not have it;
// `bad_request` for a list that is too long.
class HandOverTasks : public UseCase {
 public:
  // All must outlive the call.
  HandOverTasks(const node::v1::HandOverTasksRequest& request,
                node::v1::HandOverTasksResponse& response, authn::MandateVerifier& verifier)
      : request_(request), response_(response), verifier_(verifier) {}

  const Method& method() const override;
  const node::v1::RequestContext* context() const override { return &request_.context(); }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::HandOverTasksRequest& request_;
  node::v1::HandOverTasksResponse& response_;
  authn::MandateVerifier& verifier_;
};

// SetAbsence: writes down when the caller is away and who stands in, in place of what was said
// before; or that it is over. Refused: `bad_request` for days that are none, `not_in_role` for a
// deputy who does not hold the role of the call, or is the caller.
class SetAbsence : public UseCase {
 public:
  SetAbsence(const node::v1::SetAbsenceRequest& request, node::v1::SetAbsenceResponse& response,
             authn::MandateVerifier& verifier, crypto::Random& random)
      : request_(request), response_(response), verifier_(verifier), random_(random) {}

  const Method& method() const override;
  const node::v1::RequestContext* context() const override { return &request_.context(); }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::SetAbsenceRequest& request_;
  node::v1::SetAbsenceResponse& response_;
  authn::MandateVerifier& verifier_;
  crypto::Random& random_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_HAND_OVER_TASKS_H_
