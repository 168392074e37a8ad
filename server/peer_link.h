#ifndef SLUIS_SERVER_PEER_LINK_H_
#define SLUIS_SERVER_PEER_LINK_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "server/config.h"
#include "server/core/executor.h"
#include "server/core/terms.h"
#include "server/evaluation_link.h"
#include "server/exchange/grpc_peers.h"
#include "server/exchange/heartbeat.h"
#include "server/exchange/known_heads.h"
#include "server/exchange/reachability.h"
#include "server/exchange_link.h"
#include "server/ledger/ledger.h"
#include "server/rpc/metrics.h"
#include "server/rpc/peer_listener.h"
#include "server/storage/clock.h"
#include "server/storage/store.h"
#include "server/terms_loader.h"
#include "sluis/node/v1/exchange.pb.h"

namespace sluis::server {

// How a node hangs together with the other nodes of its partnership: the listener for them, the
// calls to them, the heartbeat, and what they exchange. Wires only. Thread-safe. The references
// must outlive it.
class PeerLink {
 public:
  // What it hands between partners and the core; without keys nothing but heartbeats.
  struct Core {
    ledger::Ledger& ledger;
    core::Executor& executor;
    storage::Store& derived;
    storage::Store& witness;
    exchange::KnownHeads& heads;
    const ExchangeKeys* keys;
    crypto::Random& random;
    // Whether what is decided by date may be decided now; called on any thread.
    std::function<bool()> settled;
  };
  PeerLink(const Config& config, core::TermsInForce& terms, const Core& core, storage::Clock& clock,
           rpc::Metrics& metrics);
  ~PeerLink();

  // Listens as the configuration and the terms in force have it: at that address while there is a
  // manifest, otherwise not at all. Call it again whenever either has changed. Errors of
  // PeerListener; the next heartbeat tries again.
  absl::Status Follow(const Config& config);

  // Asks every partner at once, and then every 10 s, until Stop.
  void Begin();
  // Asks every partner now and returns when it is known who is there.
  void Round();
  // Hears and asks nobody any more. For good.
  void Stop();

  // Port that was bound for partners; 0 while not listening.
  int port() const;
  void Fill(node::v1::GetExchangeResponse& response) const;
  void Fill(rpc::Metrics::Gauges& gauges) const;

  // The ceremonies that this node takes part in; null without keys.
  core::Ceremonies* ceremonies() { return exchange_ ? &exchange_->ceremonies() : nullptr; }

  // What asks the holders of keys, for the listener of the own users.
  rpc::EvaluationParts evaluation() {
    return evaluation_ ? evaluation_->ForUsers() : rpc::EvaluationParts();
  }
  // What looks at that afterwards, likewise.
  rpc::ReviewParts review() { return evaluation_ ? evaluation_->ForReview() : rpc::ReviewParts(); }

  // The upkeep of what is exchanged.
  absl::Status KeepHouse();

 private:
  absl::Status FollowLocked();
  std::optional<record::v1::SignedMandateStatus> OwnStatus() const;
  std::vector<core::HeldStatus> HeldStatuses() const;

  const std::string organisation_;
  core::TermsInForce& terms_;
  storage::Clock& clock_;
  rpc::Metrics& metrics_;
  exchange::Reachability reachability_;
  exchange::GrpcPeers peers_;
  ledger::Ledger& ledger_;
  std::optional<ExchangeLink> exchange_;
  std::optional<EvaluationLink> evaluation_;
  exchange::Heartbeat heartbeat_;

  mutable std::mutex listener_mutex_;
  bool stopped_ = false;
  std::string address_;             // as configured
  std::string certificate_folder_;  // likewise
  std::string bound_;               // address for which `listener_` was started
  std::unique_ptr<rpc::PeerListener> listener_;

  std::mutex loop_mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread loop_;
};

}  // namespace sluis::server

#endif  // SLUIS_SERVER_PEER_LINK_H_
