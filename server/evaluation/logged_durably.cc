#include "server/evaluation/logged_durably.h"

#include <algorithm>

#include "server/evaluation/holder.h"

namespace sluis::evaluation {

absl::StatusOr<LoggedDurably> CommitSide::Durable(const Admission& admission,
                                                  std::span<const ledger::RowWrite> writes,
                                                  const ledger::Logged&) {
  const StoredRow row = admission.Row();
  // Under whatever prefix it is stored.
  const bool held = std::any_of(writes.begin(), writes.end(), [&](const ledger::RowWrite& write) {
    return write.value == row.bytes && write.key.ends_with(row.key);
  });
  if (!held) {
    return absl::FailedPreconditionError(
        "the row of this request is not among what was committed; log request and row together");
  }
  return LoggedDurably(admission.request_digest());
}

}  // namespace sluis::evaluation
