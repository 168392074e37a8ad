// What a restored backup brought back of records that were erased since it was made.
//
// Guarantee: after OK nothing of what the erasure journal names is there any more: keys are
// destroyed, and of the exchanges of their records the binding and digests are left, as after the
// erasure that the backup does not know. Partners that may have such a record are asked again. A
// record or an exchange that cannot be read keeps no key from being destroyed. Not guaranteed: that
// rows which name their record nowhere are found. Every record is an act of the node in the log.
// Thread-safety: called once, before anything is served. Errors: those of the ledger.
#ifndef SLUIS_SERVER_CORE_ERASE_RESTORED_H_
#define SLUIS_SERVER_CORE_ERASE_RESTORED_H_

#include "absl/status/status.h"
#include "server/core/executor.h"
#include "server/ledger/ledger.h"

namespace sluis::core {

absl::Status EraseRestored(Executor& executor, ledger::Ledger& ledger);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_ERASE_RESTORED_H_
