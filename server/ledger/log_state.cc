#include "server/ledger/log_state.h"

#include <utility>

#include "crypto/bytes.h"
#include "server/ledger/row.h"
#include "sluis/record/v1/ledger.pb.h"

namespace sluis::ledger {

std::string EncodeLogState(const LogState& state) {
  record::v1::LedgerState row;
  row.set_size(state.size());
  // The message names the size on its own: only the hashes follow.
  row.set_compact_range(state.range.Serialise().substr(8));
  row.set_last_logged_at_us(state.last_logged_at_us);
  row.set_key_epoch(state.key_epoch);
  row.set_last_bucket(state.last_bucket);
  return row.SerializeAsString();
}

absl::StatusOr<std::optional<LogState>> ReadLogState(const storage::Snapshot& snapshot) {
  absl::StatusOr<std::optional<std::string>> stored = snapshot.Get(RowKey(Table::kState));
  if (!stored.ok()) return stored.status();
  if (!stored->has_value()) return std::optional<LogState>();
  const absl::Status damaged =
      absl::DataLossError("the state row of the log is damaged: restore the store from a backup");
  record::v1::LedgerState row;
  if (!row.ParseFromString(**stored) || row.key_epoch() == 0) return damaged;
  crypto::Bytes range;
  crypto::AppendU64(range, row.size());
  range += row.compact_range();
  absl::StatusOr<crypto::CompactRange> parsed = crypto::CompactRange::Parse(range);
  if (!parsed.ok()) return damaged;
  LogState state;
  state.range = *std::move(parsed);
  state.last_logged_at_us = row.last_logged_at_us();
  state.key_epoch = row.key_epoch();
  state.last_bucket = row.last_bucket();
  return std::optional<LogState>(std::move(state));
}

}  // namespace sluis::ledger
