#ifndef SLUIS_SERVER_CORE_LIST_RECEIVED_H_
#define SLUIS_SERVER_CORE_LIST_RECEIVED_H_

#include "server/core/use_case.h"
#include "sluis/node/v1/exchange.pb.h"

namespace sluis::core {

// Lists what partners shared, newest first, without content: what waits for its key to whoever may
// list at all, what is a record of this node to whoever may list that record. With each stand the
// others that this caller may list and that are about the same person (received_tags.h). What was
// refused is not in it, nor what was erased. Both references must outlive the call.
class ListReceived : public UseCase {
 public:
  ListReceived(const node::v1::ListReceivedRequest& request,
               node::v1::ListReceivedResponse& response)
      : request_(request), response_(response) {}
  const Method& method() const override;
  const node::v1::RequestContext* context() const override { return &request_.context(); }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::ListReceivedRequest& request_;
  node::v1::ListReceivedResponse& response_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_LIST_RECEIVED_H_
