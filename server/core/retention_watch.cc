#include "server/core/retention_watch.h"

#include "server/core/node_acts.h"
#include "server/ledger/row.h"

namespace sluis::core {
namespace {

constexpr int kQuietLooks = 2;

std::string RetentionKey() { return ledger::RowKey(ledger::Table::kRetention); }

}  // namespace

absl::StatusOr<std::vector<std::string>> RetentionWatch::Due(const View& view,
                                                             const std::string& today,
                                                             size_t most) {
  const absl::StatusOr<uint64_t> stamp = view.StampOf(RetentionKey());
  if (!stamp.ok()) return stamp.status();
  if (day_ != today || stamp_ != *stamp) {
    day_ = today;
    stamp_ = *stamp;
    quiet_looks_ = 0;
  }
  if (quiet_looks_ == kQuietLooks) return std::vector<std::string>();
  absl::StatusOr<std::vector<std::string>> due = RecordsPastRetention(view, today, most);
  quiet_looks_ = due.ok() && due->empty() ? quiet_looks_ + 1 : 0;
  return due;
}

void BringRetentionNearer(Effect& effect) { effect.rows.push_back({RetentionKey(), ""}); }

}  // namespace sluis::core
