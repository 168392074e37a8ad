#ifndef SLUIS_SERVER_CORE_WITHDRAW_SIGNAL_H_
#define SLUIS_SERVER_CORE_WITHDRAW_SIGNAL_H_

#include "server/core/use_case.h"
#include "sluis/node/v1/signals.pb.h"

namespace sluis::core {

// WithdrawSignal: takes a signal back. It stays until its retention date and is no longer read.
class WithdrawSignal : public UseCase {
 public:
  // Both must outlive the call.
  WithdrawSignal(const node::v1::WithdrawSignalRequest& request,
                 node::v1::WithdrawSignalResponse& response)
      : request_(request), response_(response) {}

  const Method& method() const override;
  const node::v1::RequestContext* context() const override { return &request_.context(); }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::WithdrawSignalRequest& request_;
  node::v1::WithdrawSignalResponse& response_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_WITHDRAW_SIGNAL_H_
