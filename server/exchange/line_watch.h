#ifndef SLUIS_SERVER_EXCHANGE_LINE_WATCH_H_
#define SLUIS_SERVER_EXCHANGE_LINE_WATCH_H_

#include <grpcpp/channel.h>
#include <grpcpp/completion_queue.h>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace sluis::exchange {

// Says whether a channel has a connection, for calls that are made once or not at all: whoever
// knows that it had none knows that the other side heard nothing.
//
// Guarantee: each `done` is called once, on a thread of its own or at once: with true when there is
// a connection, with false when making one failed, when there is none at `until`, or when this
// ends. Not guaranteed: that the connection is still there afterwards. Thread-safe; Stop waits for
// what is being watched, after which nothing may be. `done` must not wait.
class LineWatch {
 public:
  LineWatch();
  ~LineWatch() { Stop(); }
  LineWatch(const LineWatch&) = delete;
  LineWatch& operator=(const LineWatch&) = delete;

  void WhenConnected(std::shared_ptr<grpc::Channel> channel,
                     std::chrono::system_clock::time_point until, std::function<void(bool)> done);
  void Stop();

 private:
  struct Watched;
  void Look(std::unique_ptr<Watched> watched);

  std::mutex mutex_;
  bool stopping_ = false;
  grpc::CompletionQueue changes_;
  std::thread thread_;
};

}  // namespace sluis::exchange

#endif  // SLUIS_SERVER_EXCHANGE_LINE_WATCH_H_
