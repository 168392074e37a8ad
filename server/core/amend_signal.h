#ifndef SLUIS_SERVER_CORE_AMEND_SIGNAL_H_
#define SLUIS_SERVER_CORE_AMEND_SIGNAL_H_

#include "server/core/use_case.h"
#include "sluis/node/v1/signals.pb.h"

namespace sluis::core {

// AmendSignal: replaces a signal by a corrected version, sealed under the same keys; the earlier
// version is gone.
class AmendSignal : public UseCase {
 public:
  // Both must outlive the call.
  AmendSignal(const node::v1::AmendSignalRequest& request, node::v1::AmendSignalResponse& response)
      : request_(request), response_(response) {}

  const Method& method() const override;
  const node::v1::RequestContext* context() const override { return &request_.context(); }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::AmendSignalRequest& request_;
  node::v1::AmendSignalResponse& response_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_AMEND_SIGNAL_H_
