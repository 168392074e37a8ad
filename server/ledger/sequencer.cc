#include "server/ledger/sequencer.h"

#include <algorithm>
#include <utility>

#include "server/ledger/segment.h"

namespace sluis::ledger {
namespace {

// Most effects in one submission: one group, one segment.
constexpr size_t kMaxSubmission = kMaxSegmentEntries;

bool Erases(const Submission& submission) {
  return std::ranges::any_of(submission.effects,
                             [](const Effect& effect) { return !effect.erase.empty(); });
}

}  // namespace

Sequencer::Sequencer(GroupWriter& writer, Checkpointer& checkpointer, DiskGuard& disk,
                     const storage::Clock& clock, Options options)
    : writer_(writer),
      checkpointer_(checkpointer),
      disk_(disk),
      clock_(clock),
      options_(std::move(options)),
      size_(writer.range().size()),
      base_(options_.serving) {
  CheckDisk();
  thread_ = std::thread([this] { Run(); });
}

Sequencer::~Sequencer() {
  Drain();
  thread_.join();
}

Serving Sequencer::ServingLocked() const {
  if (base_ != Serving::kServing) return base_;
  if (draining_ || ended_) return Serving::kDraining;
  return disk_low_ ? Serving::kDiskLow : Serving::kServing;
}

Serving Sequencer::serving() const {
  const MutexLock lock(mutex_);
  return ServingLocked();
}

std::string Sequencer::detail() const {
  const MutexLock lock(mutex_);
  switch (ServingLocked()) {
    case Serving::kLedgerBehindMark:
    case Serving::kRestored:
      return options_.detail;
    case Serving::kDraining:
      return "the node is stopping";
    case Serving::kDiskLow:
      return "the disk is almost full: free space, work resumes by itself";
    case Serving::kServing:
      break;
  }
  return checkpointer_.held_back();
}

absl::Status Sequencer::Admit(const Submission& submission) const {
  const size_t count = submission.effects.size();
  if (count == 0 || count > kMaxSubmission) {
    return absl::InvalidArgumentError("a submission holds 1 to 256 effects: split it");
  }
  // Whatever ends a restored state is an erasure, so erasures are what it lets through.
  if (ended_ || draining_) return absl::UnavailableError("the node is stopping: try again later");
  const Serving serving = ServingLocked();
  const bool catches_up = serving == Serving::kRestored && Erases(submission);
  if (serving != Serving::kServing && !catches_up) {
    return absl::UnavailableError(std::string("the ledger takes no work (") + ServingCode(serving) +
                                  "): ask the operator for the node's status");
  }
  // An empty queue takes any submission, or one longer than the bound could never pass.
  if (!queue_.empty() && queued_effects_ + count > options_.queue_capacity) {
    return absl::ResourceExhaustedError("the ledger's queue is full: try again later");
  }
  return absl::OkStatus();
}

void Sequencer::Submit(Submission submission) {
  absl::Status admitted;
  bool wake = false;
  {
    const MutexLock lock(mutex_);
    admitted = Admit(submission);
    if (admitted.ok()) {
      queued_effects_ += submission.effects.size();
      queue_.push_back(std::move(submission));
      wake = std::exchange(idle_, false);
    }
  }
  if (wake) work_.NotifyOne();
  // Moved from only when it was admitted.
  // NOLINTNEXTLINE(bugprone-use-after-move)
  if (!admitted.ok() && submission.done) submission.done(std::move(admitted), {});
}

void Sequencer::Tick() {
  const MutexLock lock(mutex_);
  const uint64_t mine = ++ticks_asked_;
  work_.NotifyOne();
  while (ticks_done_ < mine && !ended_) progress_.Wait(mutex_);
}

void Sequencer::Drain() {
  const MutexLock lock(mutex_);
  draining_ = true;
  work_.NotifyOne();
  while (!ended_) progress_.Wait(mutex_);
}

void Sequencer::TakeGroup(std::vector<Submission>* group) {
  size_t effects = 0;
  while (!queue_.empty()) {
    Submission& next = queue_.front();
    const size_t count = next.effects.size();
    const bool alone = Erases(next);
    if (!group->empty() && (alone || effects + count > options_.group_limit)) break;
    effects += count;
    group->push_back(std::move(next));
    queue_.pop_front();
    if (alone) break;
  }
  queued_effects_ -= effects;
}

void Sequencer::Run() {
  std::vector<Submission> group;
  auto next_tick = clock_.Monotonic() + options_.tick;
  bool running = true;
  while (running) {
    uint64_t ticks = 0;
    bool last = false;
    bool asked = false;
    {
      const MutexLock lock(mutex_);
      while (queue_.empty() && ticks_asked_ == ticks_done_ && !draining_ &&
             clock_.Monotonic() < next_tick) {
        idle_ = true;
        work_.WaitFor(mutex_, std::chrono::duration_cast<std::chrono::microseconds>(
                                  next_tick - clock_.Monotonic()));
      }
      idle_ = false;
      TakeGroup(&group);
      ticks = ticks_asked_;
      asked = ticks != ticks_done_;
      last = draining_ && queue_.empty();
    }
    if (!group.empty()) {
      CheckDisk();
      running = Commit(&group);
    }
    const auto now = clock_.Monotonic();
    if (running && (asked || last || now >= next_tick)) {
      CheckDisk();
      running = MakeCheckpoint();
      next_tick = now + options_.tick;
    }
    running = running && !last;
    const MutexLock lock(mutex_);
    ticks_done_ = ticks;
    ended_ = !running;
    if (asked || ended_) progress_.NotifyAll();
  }
  // Only after a failure is anything left, and then nobody may be told.
  std::deque<Submission> left;
  const MutexLock lock(mutex_);
  left.swap(queue_);
}

bool Sequencer::Commit(std::vector<Submission>* group) {
  const absl::Status applied = writer_.Apply(*group, &outcomes_);
  if (!applied.ok()) return Fatal(applied);
  size_.store(writer_.range().size(), std::memory_order_release);
  // Before anyone is told: whoever submitted the last erasure may go on at once as one who is
  // served.
  bool restored = false;
  {
    const MutexLock lock(mutex_);
    restored = base_ == Serving::kRestored;
  }
  if (restored) {
    const absl::StatusOr<bool> over = options_.restored_is_over();
    if (!over.ok()) return Fatal(over.status());
    const MutexLock lock(mutex_);
    if (*over) base_ = Serving::kServing;
  }
  for (size_t i = 0; i < group->size(); ++i) {
    if (const Done& done = (*group)[i].done) {
      done(std::move(outcomes_[i].status), std::move(outcomes_[i].logged));
    }
  }
  group->clear();
  return true;
}

bool Sequencer::MakeCheckpoint() {
  {
    const MutexLock lock(mutex_);
    if (base_ == Serving::kLedgerBehindMark) return true;
  }
  const absl::Status made = checkpointer_.Update(writer_.range());
  return made.ok() || Fatal(made);
}

void Sequencer::CheckDisk() {
  const bool low = disk_.IsLow();
  const MutexLock lock(mutex_);
  disk_low_ = low;
}

bool Sequencer::Fatal(const absl::Status& error) {
  options_.on_fatal(error);
  return false;
}

}  // namespace sluis::ledger
