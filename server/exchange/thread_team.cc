#include "server/exchange/thread_team.h"

#include <system_error>

namespace sluis::exchange {

ThreadTeam::ThreadTeam(size_t most) {
  threads_.reserve(most);
  try {
    while (threads_.size() < most) threads_.emplace_back([this] { Work(); });
  } catch (const std::system_error&) {
    // With those that there are.
  }
}

ThreadTeam::~ThreadTeam() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ThreadTeam::Task::Run() noexcept {
  try {
    for (size_t i = next++; i < count; i = next++) work(i);
  } catch (...) {
    if (!threw.exchange(true)) thrown = std::current_exception();
    next = count;
  }
}

void ThreadTeam::Each(size_t count, const std::function<void(size_t)>& work) {
  Task task{.work = work, .count = count};
  const std::unique_lock turn(turn_, std::try_to_lock);
  if (!turn.owns_lock() || threads_.empty() || count < 2) {
    task.Run();
    return task.End();
  }
  {
    const std::lock_guard lock(mutex_);
    task_ = &task;
    ++tasks_;
  }
  wake_.notify_all();
  task.Run();
  {
    std::unique_lock lock(mutex_);
    // Whoever has not come yet finds nothing any more.
    task_ = nullptr;
    done_.wait(lock, [this] { return at_work_ == 0; });
  }
  task.End();
}

void ThreadTeam::Work() {
  std::unique_lock lock(mutex_);
  uint64_t seen = 0;
  while (true) {
    wake_.wait(lock, [&] { return stopping_ || (task_ != nullptr && tasks_ != seen); });
    if (stopping_) return;
    seen = tasks_;
    Task* const task = task_;
    ++at_work_;
    lock.unlock();
    task->Run();
    lock.lock();
    if (--at_work_ == 0) done_.notify_all();
  }
}

}  // namespace sluis::exchange
