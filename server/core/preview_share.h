#ifndef SLUIS_SERVER_CORE_PREVIEW_SHARE_H_
#define SLUIS_SERVER_CORE_PREVIEW_SHARE_H_

#include "crypto/secret.h"
#include "server/core/use_case.h"
#include "sluis/node/v1/exchange.pb.h"

namespace sluis::core {

// PreviewShare: shows exactly what a partner would get of a signal, and on what conditions. It is a
// consultation of the record and logged as one. Nothing is kept for the share that may follow: that
// one decides anew, and the person's signature holds it to what was shown.
class PreviewShare : public UseCase {
 public:
  // All must outlive the call.
  PreviewShare(const node::v1::PreviewShareRequest& request,
               node::v1::PreviewShareResponse& response, const crypto::Secret<32>& case_key)
      : request_(request), response_(response), case_key_(case_key) {}

  const Method& method() const override;
  const node::v1::RequestContext* context() const override { return &request_.context(); }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::PreviewShareRequest& request_;
  node::v1::PreviewShareResponse& response_;
  const crypto::Secret<32>& case_key_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_PREVIEW_SHARE_H_
