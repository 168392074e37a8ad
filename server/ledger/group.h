#ifndef SLUIS_SERVER_LEDGER_GROUP_H_
#define SLUIS_SERVER_LEDGER_GROUP_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "server/ledger/bucket_keys.h"
#include "server/ledger/effect.h"
#include "server/ledger/erasure.h"
#include "server/ledger/log_state.h"
#include "server/ledger/stamps.h"
#include "server/ledger/tree_rows.h"
#include "server/storage/clock.h"
#include "server/storage/store.h"

namespace sluis::ledger {

// Turns groups of submissions into batches: the only code that writes to a ledger's store.
//
// Its one way to write takes submissions, whose effects hold their entry by value, and only the
// sequencer can reach it: a write without an entry does not compile
// (tests/server/ledger/compile_fail). Belongs to the sequencer's thread.
class GroupWriter {
 public:
  // All must outlive this.
  GroupWriter(storage::Store& store, const storage::Clock& clock, BucketKeys& keys, Eraser& eraser,
              std::chrono::microseconds tick);

  // Takes the log up where the store stands. DATA_LOSS when its right edge is damaged.
  absl::Status Load(const storage::Snapshot& snapshot, const LogState& state);

  const crypto::CompactRange& range() const { return state_.range; }

 private:
  friend class Sequencer;

  // What became of one submission.
  struct Outcome {
    absl::Status status;
    std::vector<Logged> logged;
  };

  // Checks the submissions in order, gives each entry of those that stand its index and time, and
  // writes all in one synced batch; `outcomes` gets one element per submission. A submission with
  // an erasure must come alone. An error means that the store may or may not hold the batch: nobody
  // may be told anything, and the process must end.
  absl::Status Apply(std::span<Submission> group, std::vector<Outcome>* outcomes);

  absl::Status AddSubmission(Submission& submission, std::vector<Logged>* logged);
  absl::Status AddEffect(Effect& effect, std::vector<Logged>* logged);
  absl::Status CheckEffect(const Effect& effect);
  void CompleteBatch();

  storage::Store& store_;
  const storage::Clock& clock_;
  BucketKeys& keys_;
  Eraser& eraser_;
  const uint64_t tick_us_;

  LogState state_;
  RightEdge edge_;
  Stamps stamps_;

  // Of the group being built; kept between groups for their memory.
  uint64_t logged_at_us_ = 0;
  std::vector<storage::Write> batch_;  // the first is the segment
  std::vector<crypto::Hash> leaf_hashes_;
  std::vector<uint32_t> buckets_;
};

}  // namespace sluis::ledger

#endif  // SLUIS_SERVER_LEDGER_GROUP_H_
