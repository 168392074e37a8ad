#ifndef SLUIS_SERVER_CORE_OPEN_IDENTITY_H_
#define SLUIS_SERVER_CORE_OPEN_IDENTITY_H_

#include <optional>

#include "absl/status/statusor.h"
#include "crypto/sealing.h"
#include "policies/decision.h"
#include "server/core/record.h"
#include "server/core/use_case.h"
#include "server/core/view.h"
#include "sluis/node/v1/signals.pb.h"

namespace sluis::core {

// Who a record is about, and the key under which that lies: what is sealed under it dies with it.
struct OpenedIdentity {
  record::v1::SubjectIdentity identity;
  crypto::DataKey key;
};

// The key alone: nothing when nobody said who it is about, or when that was destroyed. DATA_LOSS
// when the row names no key.
absl::StatusOr<std::optional<crypto::DataKey>> ReadKeyOfIdentity(
    const View& view, const record::v1::StoredRecord& row);

// Likewise. DATA_LOSS also when it is there and cannot be read.
absl::StatusOr<std::optional<OpenedIdentity>> ReadIdentity(const View& view,
                                                           const record::v1::StoredRecord& row);

// Whether the decision grants it. A person is not shown coarser: what is not granted as it is, is
// not granted.
bool GrantsIdentity(const policies::Decision& decision);

// OpenIdentity: releases who a signal is about, when the rules let the caller read it and grant the
// field `identity` as it is, after the entry of the consultation is durable. Whether there is one
// is told to nobody else, but to who may correct the signal.
class OpenIdentity : public UseCase {
 public:
  // Both must outlive the call.
  OpenIdentity(const node::v1::OpenIdentityRequest& request,
               node::v1::OpenIdentityResponse& response)
      : request_(request), response_(response) {}

  const Method& method() const override;
  const node::v1::RequestContext* context() const override { return &request_.context(); }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::OpenIdentityRequest& request_;
  node::v1::OpenIdentityResponse& response_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_OPEN_IDENTITY_H_
