#ifndef SLUIS_SERVER_CORE_PLAN_SEALER_H_
#define SLUIS_SERVER_CORE_PLAN_SEALER_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/random.h"
#include "server/core/call.h"
#include "server/core/plan.h"
#include "server/core/view.h"
#include "server/ledger/effect.h"
#include "server/ledger/ledger.h"
#include "server/ledger/sealed_entry.h"

namespace sluis::core {

// Turns a plain plan into what the ledger takes: record bodies sealed under their data keys, entry
// parts and rows of exchanges (ledger/sealed_row.h) under theirs, and the standing preconditions
// added to every effect that is not a refusal. Thread-safe; runs on the caller's thread. Both
// references must outlive it.
class PlanSealer {
 public:
  PlanSealer(ledger::Ledger& ledger, crypto::Random& random);

  // Consumes the effects of `plan`, not its reply. The submission has no `done` yet.
  absl::StatusOr<ledger::Submission> Seal(Plan& plan, const View& view, const Call& call);

 private:
  struct SealedRows;

  absl::Status SealSubject(Effect& effect, const Call& call, SealedRows& sealed);
  absl::Status SealRecord(Effect& effect, const Call& call, SealedRows& sealed);
  absl::Status SealRows(Effect& effect, const Call& call, SealedRows& sealed);
  absl::Status SealKeySecrets(const Effect& effect, const Call& call, SealedRows& sealed);
  absl::Status SealSecret(const Effect& effect, const Call& call, SealedRows& sealed);
  // The entry alone, with its step if it logs one.
  absl::StatusOr<ledger::Effect> SealEntry(const Effect& effect, const ledger::RecordKeys* keys,
                                           const Call& call);

  ledger::Ledger& ledger_;
  crypto::Random& random_;
  const ledger::Sealer sealer_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_PLAN_SEALER_H_
