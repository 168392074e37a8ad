#ifndef SLUIS_SERVER_RPC_TASK_WATCH_H_
#define SLUIS_SERVER_RPC_TASK_WATCH_H_

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "server/authn/mandate.h"
#include "server/core/terms.h"
#include "server/core/watch_tasks.h"
#include "server/ledger/ledger.h"
#include "server/rpc/calls.h"
#include "server/storage/clock.h"
#include "sluis/node/v1/tasks.grpc.pb.h"

namespace sluis::rpc {

// Streams of people who watch the numbers of their tasks. One thread looks four times a second at
// who they are, whether anything changed or not: who was revoked, or whose mandate ended, is told
// so within that. It counts when the log has grown. Thread-safe. All references must outlive this;
// Stop before the server is shut down.
class TaskWatch {
 public:
  TaskWatch(Calls& calls, ledger::Ledger& ledger, core::TermsInForce& terms,
            authn::MandateVerifier& verifier, storage::Clock& clock);
  ~TaskWatch() { Stop(); }

  // A new stream, which ends by itself.
  grpc::ServerWriteReactor<node::v1::WatchTasksResponse>* Begin(
      grpc::CallbackServerContext* context, const node::v1::WatchTasksRequest& request);

  // Ends all streams, and every one that begins from now on.
  void Stop();

 private:
  class Stream;

  void Add(Stream* stream);
  void Remove(Stream* stream);
  // Both with mutex_ held.
  void TakeIn(Stream* stream);
  void TakeArrivals();
  // One look of all streams; mutex_ is held.
  void Look();
  void Work();

  Calls& calls_;
  ledger::Ledger& ledger_;
  core::TermsInForce& terms_;
  authn::MandateVerifier& verifier_;
  storage::Clock& clock_;
  core::WatchPlaces places_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::set<Stream*> streams_;
  // Streams that began and are not among these yet. Locked after mutex_, never the other way.
  std::mutex arrivals_mutex_;
  std::vector<Stream*> arrived_;
  bool closed_ = false;  // nobody takes them in any more
  std::atomic<bool> begun_ = false;
  bool stopping_ = false;
  std::thread worker_;
};

}  // namespace sluis::rpc

#endif  // SLUIS_SERVER_RPC_TASK_WATCH_H_
