#include "server/ledger/sealed_row.h"

#include <memory>
#include <utility>

#include "crypto/bytes.h"
#include "crypto/sealing.h"

namespace sluis::ledger {
namespace {

constexpr std::string_view kLabel = "sluis/row/v1";

std::string RowData(std::string_view key) {
  std::string data;
  crypto::AppendLp(data, kLabel);
  data += key;
  return data;
}

// Also when its bucket is gone: that there is no such row must mean that nobody wrote it.
absl::Status Unreadable() {
  return absl::DataLossError("a sealed row cannot be opened: run `sluis node doctor`");
}

}  // namespace

bool IsSealedRow(std::string_view key) {
  if (key.empty()) return false;
  switch (static_cast<Table>(key[0])) {
    case Table::kSent:
    case Table::kReceived:
    case Table::kOutbox:
    case Table::kCeremony:
    case Table::kCeremonyEvent:
    case Table::kPinnedKey:
    case Table::kEvaluated:
    case Table::kDiffering:
    case Table::kWrongAnswer:
    case Table::kAskedEvaluation:
    case Table::kHeldList:
    case Table::kHeldReveal:
    case Table::kReview:
    case Table::kReviewGiven:
    case Table::kTask:
    case Table::kTaskMark:
    case Table::kAbsence:
      return true;
    default:
      return false;
  }
}

absl::StatusOr<bool> HasSealedRows(const storage::Snapshot& snapshot) {
  bool found = false;
  for (const Table table :
       {Table::kSent, Table::kReceived, Table::kOutbox, Table::kCeremony, Table::kCeremonyEvent,
        Table::kPinnedKey, Table::kEvaluated, Table::kDiffering, Table::kWrongAnswer,
        Table::kAskedEvaluation, Table::kHeldList, Table::kHeldReveal, Table::kReview,
        Table::kReviewGiven, Table::kTask, Table::kTaskMark, Table::kAbsence}) {
    const std::string prefix = RowKey(table);
    const absl::Status scanned = snapshot.Scan(prefix, storage::PrefixEnd(prefix),
                                               [&found](std::string_view, std::string_view) {
                                                 found = true;
                                                 return false;
                                               });
    if (!scanned.ok()) return scanned;
  }
  return found;
}

std::string SealRow(const PartKeys& keys, std::string_view key, std::string_view value,
                    crypto::Random& random) {
  std::string sealed;
  crypto::AppendU32(sealed, keys.use.bucket);
  sealed += crypto::Seal(keys.rows, RowData(key), value, random);
  return sealed;
}

std::optional<uint32_t> BucketOfRow(std::string_view sealed) {
  uint32_t bucket = 0;
  crypto::Reader reader(sealed);
  if (!reader.U32(&bucket) || bucket == 0) return std::nullopt;
  return bucket;
}

absl::StatusOr<Row> OpenRow(const Keyring& keyring, std::string_view key, std::string_view stored) {
  absl::StatusOr<Row> row = SplitRow(stored);
  if (!row.ok() || !IsSealedRow(key)) return row;
  const std::optional<uint32_t> bucket = BucketOfRow(row->value);
  if (!bucket) return Unreadable();
  const absl::StatusOr<std::shared_ptr<const PartKeys>> keys = keyring.PartKeysOf(*bucket);
  if (!keys.ok()) return Unreadable();
  absl::StatusOr<crypto::Bytes> value =
      crypto::Open((*keys)->rows, RowData(key), std::string_view(row->value).substr(4));
  if (!value.ok()) return Unreadable();
  row->value = *std::move(value);
  return row;
}

absl::StatusOr<Row> ReadRow(const storage::Snapshot& snapshot, const Keyring& keyring,
                            std::string_view key) {
  const absl::StatusOr<std::optional<std::string>> stored = snapshot.Get(key);
  if (!stored.ok()) return stored.status();
  if (!stored->has_value()) return Row{};
  return OpenRow(keyring, key, **stored);
}

}  // namespace sluis::ledger
