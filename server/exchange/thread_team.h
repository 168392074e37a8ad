// A few threads that do one piece of work after another together with whoever asks.
//
// Guarantee: Each calls `work` once for every number below `count`, on this thread or one of the
// team's, and returns when all of them have returned; what they wrote is then visible here. The
// threads begin with the team and end with it. On a machine that gives no thread it is done by the
// caller alone, and so is what is asked while the team works for somebody else. What `work` throws
// is thrown by Each, when nobody works on it any more; the rest is then not begun, and of several
// the first one counts. Not guaranteed: an order. Thread-safe; not to be asked from `work`.
#ifndef SLUIS_SERVER_EXCHANGE_THREAD_TEAM_H_
#define SLUIS_SERVER_EXCHANGE_THREAD_TEAM_H_

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace sluis::exchange {

class ThreadTeam {
 public:
  // `most`: threads beside the caller's.
  explicit ThreadTeam(size_t most);
  ~ThreadTeam();
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;

  void Each(size_t count, const std::function<void(size_t)>& work);

  size_t threads() const { return threads_.size(); }

 private:
  // What is worked on; lives as long as Each.
  struct Task {
    const std::function<void(size_t)>& work;
    const size_t count;
    std::atomic<size_t> next = 0;
    std::atomic<bool> threw = false;
    std::exception_ptr thrown = nullptr;  // to be read when nobody is at work

    void Run() noexcept;
    // After all have returned.
    void End() const {
      if (thrown) std::rethrow_exception(thrown);
    }
  };

  void Work();

  std::mutex turn_;  // of whom the team works for
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  Task* task_ = nullptr;
  uint64_t tasks_ = 0;  // begun so far
  size_t at_work_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace sluis::exchange

#endif  // SLUIS_SERVER_EXCHANGE_THREAD_TEAM_H_
