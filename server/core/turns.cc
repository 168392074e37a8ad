#include "server/core/turns.h"

#include <utility>

namespace sluis::core {

bool Turns::Take(const std::string& caller, Job job) {
  {
    std::lock_guard lock(mutex_);
    size_t& waiting = waiting_[caller];
    if (finished_ || waiting >= kMostWaiting) return false;
    ++waiting;
    jobs_.push_back({caller, std::move(job)});
    if (!thread_.joinable()) thread_ = std::thread([this] { Work(); });
  }
  wake_.notify_all();
  return true;
}

void Turns::Finish() {
  {
    std::lock_guard lock(mutex_);
    finished_ = true;
    if (!thread_.joinable()) return;
  }
  wake_.notify_all();
  thread_.join();
}

void Turns::Work() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return !taken_ && (finished_ || !jobs_.empty()); });
    if (jobs_.empty()) return;
    Waiting next = std::move(jobs_.front());
    jobs_.pop_front();
    const auto count = waiting_.find(next.caller);
    if (--count->second == 0) waiting_.erase(count);
    taken_ = true;
    lock.unlock();
    next.job(Turn(this, [](Turns* turns) {
      // Under the lock to the end: whoever waits for the last one destroys this next.
      std::lock_guard held(turns->mutex_);
      turns->taken_ = false;
      turns->wake_.notify_all();
    }));
    // What it holds on to may hold the turn.
    next.job = nullptr;
    lock.lock();
  }
}

}  // namespace sluis::core
