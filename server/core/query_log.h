#ifndef SLUIS_SERVER_CORE_QUERY_LOG_H_
#define SLUIS_SERVER_CORE_QUERY_LOG_H_

#include <optional>
#include <string>

#include "server/core/refusal.h"
#include "server/core/use_case.h"
#include "sluis/node/v1/log.pb.h"

namespace sluis::core {

// Why a look into the ledger is refused before any rule is asked: no reason, or actor or subject
// parts without the reference of a recorded decision. Nothing when it is well-formed. Shared by
// QueryLog and ExportLog.
std::optional<Refusal> RefuseLook(const std::string& reason, const node::v1::OpenParts& open);

// The effect of a permitted look into the ledger.
Effect LookOf(const Call& call, const Answer& answer, const std::string& reason,
              const node::v1::OpenParts& open);

// QueryLog: lists acts, newest first, as the snapshot at planning holds them.
class QueryLog : public UseCase {
 public:
  // `origin` names the log; all must outlive the call.
  QueryLog(const node::v1::QueryLogRequest& request, node::v1::QueryLogResponse& response,
           const std::string& origin)
      : request_(request), response_(response), origin_(origin) {}
  const Method& method() const override;
  const node::v1::RequestContext* context() const override { return &request_.context(); }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  // Fills in the rows of entries before `last`, and where the next page begins: entries from the
  // result on were looked at; 0 when all were.
  absl::StatusOr<uint64_t> Find(View& view, uint64_t last, node::v1::QueryLogResponse& shown) const;

  const node::v1::QueryLogRequest& request_;
  node::v1::QueryLogResponse& response_;
  const std::string& origin_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_QUERY_LOG_H_
