// What the node does about tasks by itself.
//
// It opens what it finds, ends tasks whose matter is gone, frees those of people who left or lost
// the role, shows late ones to those who supervise, and forgets absences that are over. Run with
// Executor::RunAsNode, and only while the clock is settled: nothing becomes late otherwise.
//
// Guarantee: each matter makes one task, however often the node looks and whatever its clock does;
// what was found late once stays so, also when the clock is set back. Each act is an entry.
// Thread-safety: one use case for each run. Errors: those of the store. Source: docs/formats.md,
// rows T, J and U.
#ifndef SLUIS_SERVER_CORE_KEEP_TASKS_H_
#define SLUIS_SERVER_CORE_KEEP_TASKS_H_

#include "crypto/random.h"
#include "server/authn/mandate.h"
#include "server/core/use_case.h"

namespace sluis::core {

class KeepTasks : public UseCase {
 public:
  // Acts of one run; what is left waits for the next.
  static constexpr size_t kMostActs = 128;

  // Both must outlive the run.
  KeepTasks(authn::MandateVerifier& verifier, crypto::Random& random)
      : verifier_(verifier), random_(random) {}

  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  authn::MandateVerifier& verifier_;
  crypto::Random& random_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_KEEP_TASKS_H_
