#ifndef SLUIS_SERVER_LEDGER_LOG_STATE_H_
#define SLUIS_SERVER_LEDGER_LOG_STATE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "crypto/merkle.h"
#include "server/storage/store.h"

namespace sluis::ledger {

// The one state row: how far the log and its keys are. Written in the batch of every group.
struct LogState {
  crypto::CompactRange range;
  uint64_t last_logged_at_us = 0;
  uint64_t key_epoch = 1;
  uint32_t last_bucket = 0;

  uint64_t size() const { return range.size(); }
};

std::string EncodeLogState(const LogState& state);

// Nothing when the store holds no log yet; DATA_LOSS when the row is damaged.
absl::StatusOr<std::optional<LogState>> ReadLogState(const storage::Snapshot& snapshot);

}  // namespace sluis::ledger

#endif  // SLUIS_SERVER_LEDGER_LOG_STATE_H_
