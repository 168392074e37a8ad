#include "server/ledger/row.h"

#include <utility>

#include "crypto/bytes.h"

namespace sluis::ledger {

std::string RowKey(Table table, std::string_view rest) {
  std::string key;
  key.reserve(1 + rest.size());
  key += static_cast<char>(table);
  key += rest;
  return key;
}

absl::StatusOr<Row> ReadRow(const storage::Snapshot& snapshot, std::string_view key) {
  absl::StatusOr<std::optional<std::string>> stored = snapshot.Get(key);
  if (!stored.ok()) return stored.status();
  if (!stored->has_value()) return Row{};
  return SplitRow(**stored);
}

absl::StatusOr<uint64_t> StampOf(std::string_view stored) {
  uint64_t stamp = 0;
  crypto::Reader reader(stored);
  // A stamp of zero means absence, so no stored row may carry it.
  if (!reader.U64(&stamp) || stamp == 0) {
    return absl::DataLossError("a stored row lacks its stamp: run `sluis node doctor`");
  }
  return stamp;
}

absl::StatusOr<Row> SplitRow(std::string_view stored) {
  const absl::StatusOr<uint64_t> stamp = StampOf(stored);
  if (!stamp.ok()) return stamp.status();
  Row row;
  row.stamp = *stamp;
  row.value = std::string(stored.substr(8));
  return row;
}

std::string JoinRow(uint64_t stamp, std::string_view value) {
  std::string stored;
  stored.reserve(8 + value.size());
  crypto::AppendU64(stored, stamp);
  stored += value;
  return stored;
}

}  // namespace sluis::ledger
