#ifndef SLUIS_TESTS_SUPPORT_IN_PROCESS_PEERS_H_
#define SLUIS_TESTS_SUPPORT_IN_PROCESS_PEERS_H_

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "server/exchange/peers.h"

namespace sluis::tests {

// Nodes that call each other within one process: no sockets, no certificates, no threads. Who calls
// is who a node was given as. All nodes must be gone before this. Thread-safe.
class InProcessNetwork {
 public:
  // From now on calls to `organisation` are answered by these.
  void Put(const std::string& organisation, exchange::PeerAnswers answers);
  // What answers calls to `organisation` now, to be put behind something else.
  exchange::PeerAnswers AnswersOf(const std::string& organisation);
  // UNAVAILABLE from now on.
  void Remove(const std::string& organisation);
  // One way only: `from` no longer reaches `to`, or does again.
  void Cut(const std::string& from, const std::string& to);
  void Mend(const std::string& from, const std::string& to);
  // Calls from `from` to `to` come to nothing but this status.
  void Answer(const std::string& from, const std::string& to, absl::Status status);

  // How that organisation reaches the others.
  std::unique_ptr<exchange::Peers> PeersOf(const std::string& organisation);

 private:
  friend class InProcessPeers;
  // The answers of `to`, or why not.
  absl::StatusOr<exchange::PeerAnswers> Find(const std::string& from, const std::string& to);

  std::mutex mutex_;
  std::map<std::string, exchange::PeerAnswers> nodes_;
  std::map<std::pair<std::string, std::string>, absl::Status> forced_;
};

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_IN_PROCESS_PEERS_H_
