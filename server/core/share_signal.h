#ifndef SLUIS_SERVER_CORE_SHARE_SIGNAL_H_
#define SLUIS_SERVER_CORE_SHARE_SIGNAL_H_

#include "crypto/random.h"
#include "crypto/secret.h"
#include "server/core/partner_heads.h"
#include "server/core/use_case.h"
#include "sluis/node/v1/exchange.pb.h"

namespace sluis::core {

// What sharing needs beside the request. Borrowed; must outlive the call.
struct ShareTools {
  crypto::Random& random;
  // Makes the tokens by which others see a case; never leaves the node.
  const crypto::Secret<32>& case_key;
  const PartnerHeads& heads;
};

// ShareSignal: writes down that a person shares a record with one partner. Content, terms and the
// person's statement are fixed now; nothing leaves before the cooling-off time is over, and it is
// decided again then. One entry about the intent; rows X, R and O.
//
// Refused beside what DraftShare refuses: `bad_request` for a request that is not of form,
// `changed_since_preview` when the record or the rules give other content than was signed, or a tag
// that was named is there no more,
// `exchange_id_used`, `too_late` when the statement ends before the cooling-off time, `too_large`,
// and what VerifyOwnStatement refuses.
class ShareSignal : public UseCase {
 public:
  // All must outlive the call.
  ShareSignal(const node::v1::ShareSignalRequest& request, node::v1::ShareSignalResponse& response,
              ShareTools tools)
      : request_(request), response_(response), tools_(tools) {}

  const Method& method() const override;
  const node::v1::RequestContext* context() const override { return &request_.context(); }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::ShareSignalRequest& request_;
  node::v1::ShareSignalResponse& response_;
  const ShareTools tools_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_SHARE_SIGNAL_H_
