#ifndef SLUIS_SERVER_CORE_FORGET_ASKED_H_
#define SLUIS_SERVER_CORE_FORGET_ASKED_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "server/core/executor.h"
#include "server/core/use_case.h"
#include "server/ledger/ledger.h"

namespace sluis::core {

// Destroys the keys of the subject parts of entries that began an evaluation, when their last day
// is over, with the rows of these evaluations; run as the node. One entry for each, which is an
// erasure. Refused when none is due.
class ForgetAsked : public UseCase {
 public:
  static constexpr size_t kMost = 64;

  explicit ForgetAsked(std::vector<std::string> request_ids)
      : request_ids_(std::move(request_ids)) {}
  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const std::vector<std::string> request_ids_;
};

// The same for all that are due at `now_us`. DATA_LOSS when rows or entries cannot be read; the
// others go nevertheless.
absl::Status ForgetAskedEvaluations(ledger::Ledger& ledger, Executor& executor, uint64_t now_us);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_FORGET_ASKED_H_
