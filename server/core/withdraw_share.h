#ifndef SLUIS_SERVER_CORE_WITHDRAW_SHARE_H_
#define SLUIS_SERVER_CORE_WITHDRAW_SHARE_H_

#include "server/core/use_case.h"
#include "sluis/node/v1/exchange.pb.h"

namespace sluis::core {

// WithdrawShare: takes a share back. Within the cooling-off time nothing has left and nobody else
// hears of it; from then on the partner is told, and believes it only with the person's signature.
// After the key the partner closes the record to reading. What was released can be taken back also
// when the partner said that it refused or could not open it, or said nothing.
//
// Permitted to whom the rules let withdraw the signal; for them who shared it counts as its author.
// Refused besides: `not_found`, `ended` when nothing can come of the exchange any more,
// `no_statement` when the partner must be told and nobody signed, and what VerifyOwnStatement
// refuses.
class WithdrawShare : public UseCase {
 public:
  // All must outlive the call.
  WithdrawShare(const node::v1::WithdrawShareRequest& request,
                node::v1::WithdrawShareResponse& response)
      : request_(request), response_(response) {}

  const Method& method() const override;
  const node::v1::RequestContext* context() const override { return &request_.context(); }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::WithdrawShareRequest& request_;
  node::v1::WithdrawShareResponse& response_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_WITHDRAW_SHARE_H_
