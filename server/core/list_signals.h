#ifndef SLUIS_SERVER_CORE_LIST_SIGNALS_H_
#define SLUIS_SERVER_CORE_LIST_SIGNALS_H_

#include "server/core/use_case.h"
#include "sluis/node/v1/signals.pb.h"

namespace sluis::core {

// ListSignals: shows what the rules let the caller list, newest first, without content. One entry
// for the list.
class ListSignals : public UseCase {
 public:
  // Both must outlive the call.
  ListSignals(const node::v1::ListSignalsRequest& request, node::v1::ListSignalsResponse& response)
      : request_(request), response_(response) {}

  const Method& method() const override;
  const node::v1::RequestContext* context() const override { return &request_.context(); }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::ListSignalsRequest& request_;
  node::v1::ListSignalsResponse& response_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_LIST_SIGNALS_H_
