#ifndef SLUIS_SERVER_CORE_FORGET_EVALUATED_H_
#define SLUIS_SERVER_CORE_FORGET_EVALUATED_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "server/core/evaluations.h"
#include "server/core/executor.h"
#include "server/core/use_case.h"
#include "server/ledger/ledger.h"

namespace sluis::core {

// Deletes rows of requests that are of no use any more, at most 256; run as the node. The entry
// says how many.
class ForgetEvaluated : public UseCase {
 public:
  explicit ForgetEvaluated(std::vector<std::string> rows) : rows_(std::move(rows)) {}
  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const std::vector<std::string> rows_;
};

// The same for all that the book lets go of now, and for proofs that are owed for a key which is
// pinned here no more, because an exercise made it. What could not be deleted is held again after
// the next start, and goes then.
absl::Status ForgetEvaluations(ledger::Ledger& ledger, Executor& executor, Evaluations& evaluations,
                               uint64_t now_us);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_FORGET_EVALUATED_H_
