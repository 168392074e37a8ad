#ifndef SLUIS_SERVER_SERVING_FOLLOWER_H_
#define SLUIS_SERVER_SERVING_FOLLOWER_H_

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace sluis::server {

// Tells someone whether the node serves: at once, whenever that is found to have changed, looking
// every `period` and when asked to. On a thread of its own, because housekeeping may take long.
//
// Guarantee: an older answer is never told after a newer one; what did not change is not told
// again. Thread-safe. What the functions use must outlive this; the destructor tells nothing more.
class ServingFollower {
 public:
  ServingFollower(std::function<bool()> serving, std::function<void(bool)> tell,
                  std::chrono::milliseconds period)
      : serving_(std::move(serving)), tell_(std::move(tell)) {
    Tell();
    thread_ = std::thread([this, period] {
      std::unique_lock lock(mutex_);
      while (!wake_.wait_for(lock, period, [this] { return stopping_; })) TellLocked();
    });
  }
  ~ServingFollower() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }

  // Looks now.
  void Tell() {
    std::lock_guard lock(mutex_);
    TellLocked();
  }

 private:
  void TellLocked() {
    const bool serving = serving_();
    if (told_ == serving) return;
    tell_(serving);
    told_ = serving;
  }

  const std::function<bool()> serving_;
  const std::function<void(bool)> tell_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::optional<bool> told_;
  std::thread thread_;
};

}  // namespace sluis::server

#endif  // SLUIS_SERVER_SERVING_FOLLOWER_H_
