#ifndef SLUIS_SERVER_LEDGER_SEQUENCER_H_
#define SLUIS_SERVER_LEDGER_SEQUENCER_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "server/ledger/checkpointer.h"
#include "server/ledger/disk_guard.h"
#include "server/ledger/effect.h"
#include "server/ledger/group.h"
#include "server/ledger/ledger.h"
#include "server/ledger/mutex.h"
#include "server/storage/clock.h"

namespace sluis::ledger {

// The one thread that writes: takes what is in the queue, up to a limit and without waiting for
// more, writes it as one synced batch, tells the callers, and makes checkpoints in between. While a
// batch syncs, the next group gathers by itself.
//
// Thread-safe. Callbacks run on the sequencer's thread: they must be short and must not call Drain
// or Tick.
class Sequencer {
 public:
  struct Options {
    size_t queue_capacity = 4096;  // effects
    size_t group_limit = 256;
    std::chrono::microseconds tick{};
    std::function<void(const absl::Status&)> on_fatal;
    // kServing, kLedgerBehindMark or kRestored, with the line that says why.
    Serving serving = Serving::kServing;
    std::string detail;
    // While kRestored, asked after each group: whether the ledger may serve now.
    std::function<absl::StatusOr<bool>()> restored_is_over;
  };

  // All must outlive this.
  Sequencer(GroupWriter& writer, Checkpointer& checkpointer, DiskGuard& disk,
            const storage::Clock& clock, Options options);
  ~Sequencer();  // drains

  void Submit(Submission submission);
  void Tick();
  void Drain();

  Serving serving() const;
  std::string detail() const;
  // Entries durable now.
  uint64_t size() const { return size_.load(std::memory_order_acquire); }

 private:
  void Run();
  void TakeGroup(std::vector<Submission>* group) SLUIS_REQUIRES(mutex_);
  // False when the thread must end.
  bool Commit(std::vector<Submission>* group);
  bool MakeCheckpoint();
  bool Fatal(const absl::Status& error);
  void CheckDisk();
  Serving ServingLocked() const SLUIS_REQUIRES(mutex_);
  absl::Status Admit(const Submission& submission) const SLUIS_REQUIRES(mutex_);

  GroupWriter& writer_;
  Checkpointer& checkpointer_;
  DiskGuard& disk_;
  const storage::Clock& clock_;
  const Options options_;
  std::atomic<uint64_t> size_;

  mutable Mutex mutex_;
  Condition work_;
  Condition progress_;
  std::deque<Submission> queue_ SLUIS_GUARDED_BY(mutex_);
  size_t queued_effects_ SLUIS_GUARDED_BY(mutex_) = 0;
  Serving base_ SLUIS_GUARDED_BY(mutex_);
  bool disk_low_ SLUIS_GUARDED_BY(mutex_) = false;
  bool draining_ SLUIS_GUARDED_BY(mutex_) = false;
  bool idle_ SLUIS_GUARDED_BY(mutex_) = false;
  bool ended_ SLUIS_GUARDED_BY(mutex_) = false;
  uint64_t ticks_asked_ SLUIS_GUARDED_BY(mutex_) = 0;
  uint64_t ticks_done_ SLUIS_GUARDED_BY(mutex_) = 0;

  std::vector<GroupWriter::Outcome> outcomes_;  // of the thread
  std::thread thread_;                          // last: starts when all else is there
};

}  // namespace sluis::ledger

#endif  // SLUIS_SERVER_LEDGER_SEQUENCER_H_
