#include "server/ledger/checkpointer.h"

#include <algorithm>
#include <utility>

#include "crypto/checkpoint.h"
#include "server/ledger/tree_rows.h"

namespace sluis::ledger {
namespace {

// How far the clock may stand before the last checkpoint, microseconds: small corrections happen.
constexpr uint64_t kClockTolerance = 60'000'000;

}  // namespace

Checkpointer::Checkpointer(crypto::VerifierKey verifier, crypto::SigningKey log_key, MarkFile& mark,
                           const storage::Store& store, const storage::Clock& clock,
                           std::chrono::microseconds heartbeat)
    : verifier_(std::move(verifier)),
      log_key_(std::move(log_key)),
      mark_(mark),
      store_(store),
      clock_(clock),
      heartbeat_us_(static_cast<uint64_t>(heartbeat.count())) {}

void Checkpointer::Adopt(ShownCheckpoint shown) {
  const MutexLock lock(mutex_);
  shown_ = std::move(shown);
}

ShownCheckpoint Checkpointer::shown() const {
  const MutexLock lock(mutex_);
  return shown_;
}

std::string Checkpointer::held_back() const {
  const MutexLock lock(mutex_);
  return held_back_;
}

absl::Status Checkpointer::Update(const crypto::CompactRange& range) {
  const ShownCheckpoint last = shown();
  const uint64_t now = clock_.NowUs();
  const bool first = last.note.empty();
  if (!first && range.size() == last.size && now < last.made_at_us + heartbeat_us_) {
    return absl::OkStatus();
  }
  if (!first && now + kClockTolerance < last.made_at_us) {
    const MutexLock lock(mutex_);
    held_back_ = "the clock stands before the last checkpoint, so none is signed: set the clock";
    return absl::OkStatus();
  }
  const crypto::TreeHead head = range.Head();
  if (absl::Status checked = Check(head, last); !checked.ok()) return checked;
  absl::StatusOr<crypto::Bytes> note = crypto::SignCheckpoint({verifier_.name(), head}, log_key_);
  if (!note.ok()) return note.status();
  const uint64_t made_at_us = std::max(now, last.made_at_us);
  if (absl::Status written = mark_.Write(made_at_us, *note); !written.ok()) return written;
  const MutexLock lock(mutex_);
  shown_ = {head.size, head.root, made_at_us, *std::move(note)};
  held_back_.clear();
  return absl::OkStatus();
}

absl::Status Checkpointer::Check(const crypto::TreeHead& head, const ShownCheckpoint& last) const {
  const std::unique_ptr<storage::Snapshot> snapshot = store_.NewSnapshot();
  TreeRows rows(*snapshot);
  absl::StatusOr<crypto::TreeHead> stored = rows.Head(head.size);
  if (!stored.ok()) return stored.status();
  if (*stored != head) {
    return absl::DataLossError("the tree in memory and the tree in the store disagree at size " +
                               std::to_string(head.size) + ": nothing was signed");
  }
  if (last.note.empty()) return absl::OkStatus();
  stored = rows.Head(last.size);
  if (!stored.ok()) return stored.status();
  if (stored->root != last.root) {
    return absl::DataLossError("the log does not extend its last checkpoint, of size " +
                               std::to_string(last.size) + ": nothing was signed");
  }
  return rows.CheckTiles(last.size, head.size);
}

}  // namespace sluis::ledger
