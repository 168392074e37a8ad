#ifndef SLUIS_SERVER_CORE_IMPORT_SIGNALS_H_
#define SLUIS_SERVER_CORE_IMPORT_SIGNALS_H_

#include "crypto/random.h"
#include "server/core/use_case.h"
#include "sluis/node/v1/signals.pb.h"

namespace sluis::core {

// A table meeting, not a register.
inline constexpr int kMaxImportRows = 50;
// The same row within this many days is the same signal.
inline constexpr uint32_t kImportDays = 35;

// ImportSignals: writes down the rows of a table meeting, each its own effect and entry, and leaves
// out what was imported before.
class ImportSignals : public UseCase {
 public:
  ImportSignals(const node::v1::ImportSignalsRequest& request,
                node::v1::ImportSignalsResponse& response, crypto::Random& random)
      : request_(request), response_(response), random_(random) {}

  const Method& method() const override;
  const node::v1::RequestContext* context() const override { return &request_.context(); }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::ImportSignalsRequest& request_;
  node::v1::ImportSignalsResponse& response_;
  crypto::Random& random_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_IMPORT_SIGNALS_H_
