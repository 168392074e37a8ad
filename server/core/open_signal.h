#ifndef SLUIS_SERVER_CORE_OPEN_SIGNAL_H_
#define SLUIS_SERVER_CORE_OPEN_SIGNAL_H_

#include "server/core/use_case.h"
#include "sluis/node/v1/signals.pb.h"

namespace sluis::core {

// OpenSignal: releases the fields that the rules grant, after the entry of the consultation is
// durable.
class OpenSignal : public UseCase {
 public:
  // Both must outlive the call.
  OpenSignal(const node::v1::OpenSignalRequest& request, node::v1::OpenSignalResponse& response)
      : request_(request), response_(response) {}

  const Method& method() const override;
  const node::v1::RequestContext* context() const override { return &request_.context(); }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::OpenSignalRequest& request_;
  node::v1::OpenSignalResponse& response_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_OPEN_SIGNAL_H_
