#include "server/core/erase_restored.h"

#include <memory>
#include <utility>
#include <vector>

#include "server/core/node_acts.h"

namespace sluis::core {

absl::Status EraseRestored(Executor& executor, ledger::Ledger& ledger) {
  for (;;) {
    absl::StatusOr<std::vector<ledger::KeyRef>> pending = ledger.PendingJournal();
    if (!pending.ok() || pending->empty()) return pending.status();
    absl::Status erased =
        executor.RunAsNodeAndWait(std::make_shared<EraseAgain>(*std::move(pending)));
    if (!erased.ok()) return erased;
  }
}

}  // namespace sluis::core
