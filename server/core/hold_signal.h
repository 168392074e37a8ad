#ifndef SLUIS_SERVER_CORE_HOLD_SIGNAL_H_
#define SLUIS_SERVER_CORE_HOLD_SIGNAL_H_

#include "server/core/use_case.h"
#include "sluis/node/v1/signals.pb.h"

namespace sluis::core {

// HoldSignal: suspends or resumes the erasure of a signal.
class HoldSignal : public UseCase {
 public:
  // Both must outlive the call.
  HoldSignal(const node::v1::HoldSignalRequest& request, node::v1::HoldSignalResponse& response)
      : request_(request), response_(response) {}

  const Method& method() const override;
  const node::v1::RequestContext* context() const override { return &request_.context(); }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::HoldSignalRequest& request_;
  node::v1::HoldSignalResponse& response_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_HOLD_SIGNAL_H_
