#ifndef SLUIS_SERVER_CORE_ERASE_SIGNAL_H_
#define SLUIS_SERVER_CORE_ERASE_SIGNAL_H_

#include "server/core/use_case.h"
#include "sluis/node/v1/signals.pb.h"

namespace sluis::core {

// EraseSignal: destroys the keys of a signal; a tombstone and the log's proof remain. A hold
// suspends it. Partners that may have its key are asked to erase it too, in the name of the person,
// who signs that for each of them.
class EraseSignal : public UseCase {
 public:
  // Both must outlive the call.
  EraseSignal(const node::v1::EraseSignalRequest& request, node::v1::EraseSignalResponse& response)
      : request_(request), response_(response) {}

  const Method& method() const override;
  const node::v1::RequestContext* context() const override { return &request_.context(); }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::EraseSignalRequest& request_;
  node::v1::EraseSignalResponse& response_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_ERASE_SIGNAL_H_
