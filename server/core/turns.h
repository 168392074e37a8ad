// Calls that go one after another, each from its first look at the rows until it is answered.
//
// What they share lies in memory and goes with the rows, such as the machine of a ceremony: of two
// that were planned at once one would be planned in vain, and what it changed would have to be made
// from the rows again.
//
// Guarantee: jobs run in the order in which they came, on a thread of their own, so that neither a
// reaction of gRPC nor the sequencer waits or computes for them; the next one begins when nobody
// holds the turn of the last one any more, on whatever thread that is let go of. Of one caller only
// so many wait. Not guaranteed: an order between callers other than that of coming. Thread-safe.
// Finish, or the destructor, runs what waits first: from no job, and while whoever holds a turn can
// still let go of it.
#ifndef SLUIS_SERVER_CORE_TURNS_H_
#define SLUIS_SERVER_CORE_TURNS_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace sluis::core {

class Turns {
 public:
  // A partner's node sends one envelope at a time; this leaves room for what it gave up waiting
  // for.
  static constexpr size_t kMostWaiting = 16;

  using Turn = std::shared_ptr<void>;
  using Job = std::function<void(Turn)>;

  Turns() = default;
  ~Turns() { Finish(); }

  // False when so many of that caller wait already, or after Finish: the job never runs then.
  bool Take(const std::string& caller, Job job);

  // Returns when all that waited has had its turn; takes no more.
  void Finish();

 private:
  struct Waiting {
    std::string caller;
    Job job;
  };
  void Work();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Waiting> jobs_;
  std::map<std::string, size_t> waiting_;  // by caller
  bool taken_ = false;
  bool finished_ = false;
  std::thread thread_;  // from the first job on
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_TURNS_H_
