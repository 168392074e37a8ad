// Received content that is not what was promised, until the last day of its terms.
//
// It is kept closed as evidence until the retention day under which it was accepted; then of its
// Offer the binding is left, as of any other exchange that ended here. Rows `q` say which are due,
// so that looking costs what is kept and not what was ever received. Run with Executor::RunAsNode.
// Thread-safety: pure. Errors: those of the store. Source: docs/formats.md, row q.
#ifndef SLUIS_SERVER_CORE_QUARANTINE_H_
#define SLUIS_SERVER_CORE_QUARANTINE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "server/core/use_case.h"
#include "sluis/record/v1/exchange.pb.h"

namespace sluis::core {

// Row of one that is quarantined today.
std::string QuarantineKey(const std::string& today, const record::v1::ReceivedExchange& row);

// Keys of rows whose day is before `today`, at most `most`.
absl::StatusOr<std::vector<std::string>> QuarantinedPastRetention(const View& view,
                                                                  const std::string& today,
                                                                  size_t most);

// Ends these, each with an entry. What became of them meanwhile stays as it is.
class EndQuarantine : public UseCase {
 public:
  // At most as many as a submission has effects.
  explicit EndQuarantine(std::vector<std::string> keys) : keys_(std::move(keys)) {}
  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const std::vector<std::string> keys_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_QUARANTINE_H_
