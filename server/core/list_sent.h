#ifndef SLUIS_SERVER_CORE_LIST_SENT_H_
#define SLUIS_SERVER_CORE_LIST_SENT_H_

#include "server/core/use_case.h"
#include "sluis/node/v1/exchange.pb.h"

namespace sluis::core {

// ListSent: shows where the signals went that the rules let the caller list, and how that stands,
// without content; those of the newest signal first. One entry for the list. What was erased is
// listed only when it is asked for: which partners were asked to erase it, and what they answer.
class ListSent : public UseCase {
 public:
  // Both must outlive the call.
  ListSent(const node::v1::ListSentRequest& request, node::v1::ListSentResponse& response)
      : request_(request), response_(response) {}

  const Method& method() const override;
  const node::v1::RequestContext* context() const override { return &request_.context(); }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::ListSentRequest& request_;
  node::v1::ListSentResponse& response_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_LIST_SENT_H_
