#ifndef SLUIS_SERVER_RPC_WORK_POOL_H_
#define SLUIS_SERVER_RPC_WORK_POOL_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace sluis::rpc {

// One thread for work that takes long: backups and pieces of exports, which may neither hold up a
// reaction of gRPC nor the sequencer. Thread-safe. The destructor finishes what was posted.
class WorkPool {
 public:
  WorkPool() : thread_([this] { Work(); }) {}
  ~WorkPool() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

  void Post(std::function<void()> job) {
    {
      std::lock_guard lock(mutex_);
      jobs_.push_back(std::move(job));
    }
    wake_.notify_one();
  }

 private:
  void Work() {
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      std::function<void()> job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      job();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace sluis::rpc

#endif  // SLUIS_SERVER_RPC_WORK_POOL_H_
