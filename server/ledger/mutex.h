#ifndef SLUIS_SERVER_LEDGER_MUTEX_H_
#define SLUIS_SERVER_LEDGER_MUTEX_H_

#include <chrono>
#include <condition_variable>
#include <mutex>

// std::mutex with the annotations that clang checks under -Wthread-safety; g++ ignores them.
// absl::Mutex of Debian 12 is not instrumented and makes ThreadSanitizer report races that are
// none.
#if defined(__clang__)
#define SLUIS_THREAD_ANNOTATION(x) __attribute__((x))
#else
#define SLUIS_THREAD_ANNOTATION(x)
#endif
#define SLUIS_CAPABILITY(x) SLUIS_THREAD_ANNOTATION(capability(x))
#define SLUIS_SCOPED_CAPABILITY SLUIS_THREAD_ANNOTATION(scoped_lockable)
#define SLUIS_GUARDED_BY(x) SLUIS_THREAD_ANNOTATION(guarded_by(x))
#define SLUIS_REQUIRES(...) SLUIS_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))
#define SLUIS_ACQUIRE(...) SLUIS_THREAD_ANNOTATION(acquire_capability(__VA_ARGS__))
#define SLUIS_RELEASE(...) SLUIS_THREAD_ANNOTATION(release_capability(__VA_ARGS__))
#define SLUIS_NO_THREAD_SAFETY_ANALYSIS SLUIS_THREAD_ANNOTATION(no_thread_safety_analysis)

namespace sluis::ledger {

class SLUIS_CAPABILITY("mutex") Mutex {
 public:
  void Lock() SLUIS_ACQUIRE() { mutex_.lock(); }
  void Unlock() SLUIS_RELEASE() { mutex_.unlock(); }

 private:
  friend class Condition;
  std::mutex mutex_;
};

class SLUIS_SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) SLUIS_ACQUIRE(mutex) : mutex_(mutex) { mutex_.Lock(); }
  ~MutexLock() SLUIS_RELEASE() { mutex_.Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// Waits may end early for no reason: test what is waited for in a loop.
class Condition {
 public:
  void Wait(Mutex& mutex) SLUIS_REQUIRES(mutex) SLUIS_NO_THREAD_SAFETY_ANALYSIS {
    std::unique_lock lock(mutex.mutex_, std::adopt_lock);
    condition_.wait(lock);
    lock.release();
  }
  void WaitFor(Mutex& mutex, std::chrono::microseconds time)
      SLUIS_REQUIRES(mutex) SLUIS_NO_THREAD_SAFETY_ANALYSIS {
    std::unique_lock lock(mutex.mutex_, std::adopt_lock);
    condition_.wait_for(lock, time);
    lock.release();
  }
  void NotifyOne() { condition_.notify_one(); }
  void NotifyAll() { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

}  // namespace sluis::ledger

#endif  // SLUIS_SERVER_LEDGER_MUTEX_H_
