#ifndef SLUIS_SERVER_EXCHANGE_LINK_H_
#define SLUIS_SERVER_EXCHANGE_LINK_H_

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "crypto/secret.h"
#include "server/core/ceremonies.h"
#include "server/core/executor.h"
#include "server/core/terms.h"
#include "server/exchange/acknowledgements.h"
#include "server/exchange/inbound.h"
#include "server/exchange/known_heads.h"
#include "server/exchange/line_per_minute.h"
#include "server/exchange/outbound.h"
#include "server/exchange/peers.h"
#include "server/ledger/ledger.h"
#include "server/partnership/manifest.h"
#include "server/rpc/metrics.h"
#include "server/storage/clock.h"
#include "server/storage/store.h"
#include "server/terms_loader.h"
#include "sluis/node/v1/exchange.pb.h"

namespace sluis::server {

// What a node exchanges with its partners, around its core: what arrives, what is owed, what was
// seen of their logs, and the upkeep of all that. Wires only. Thread-safe. The references must
// outlive it.
class ExchangeLink {
 public:
  struct Parts {
    // The own organisation.
    std::string organisation;
    core::TermsInForce& terms;
    ledger::Ledger& ledger;
    core::Executor& executor;
    storage::Store& derived;
    storage::Store& witness;
    exchange::KnownHeads& heads;
    exchange::Peers& peers;
    const ExchangeKeys& keys;
    storage::Clock& clock;
    crypto::Random& random;
    rpc::Metrics& metrics;
    // How often the outbox is looked at when nothing else says so.
    std::chrono::milliseconds period;
    // Whether what is decided by date may be decided now: the node serves, and its clock has gone
    // evenly for a while.
    std::function<bool()> settled;
  };
  explicit ExchangeLink(Parts parts);
  ~ExchangeLink() { Stop(); }

  // The ceremonies that this node takes part in.
  core::Ceremonies& ceremonies() { return ceremonies_; }

  // What a member sent, as PeerAnswers::deliver asks it.
  void Deliver(const std::string& sender, const peer::v1::DeliverRequest& request,
               std::function<void(absl::Status)> done);
  // A list that a member sent with a heartbeat, its own or another's. Returns at once.
  void HeardStatus(const std::string& sender, const std::string& organisation,
                   record::v1::SignedMandateStatus status);
  // The partner can be reached again.
  void Reached(const std::string& organisation) { outbound_.Reached(organisation); }

  // Sends what is owed, from now until Stop.
  void Begin();
  void Stop();
  // One look at the outbox now.
  absl::Status Round() { return outbound_.Round(); }

  // Ends what waited too long for its key and lets time pass for ceremonies; forgets answers that
  // were taken and erases one-time keys that nothing waits for, at most hourly.
  absl::Status KeepHouse();

  // How that partner stands. Of a former member (set by the caller) what counts is what takes back,
  // erases or tells: nothing else is of any use to it.
  void Fill(node::v1::PeerState& peer) const;
  // Who is in the manifest no more and owes an answer to that: nothing is sent there, and it must
  // not go unseen.
  std::vector<node::v1::PeerState> Former(const partnership::Manifest& manifest) const;
  void Fill(rpc::Metrics::Gauges& gauges) const;

 private:
  // What is known of its log, and what of it was not believed.
  void FillLog(const core::View& view, node::v1::PeerState& peer) const;
  void Wake();
  // Lets time pass for ceremonies of which one is due.
  void KeepCeremonies();
  // One look at a time: two would both do what is due.
  absl::Status KeepKeys();
  absl::Status Hourly();
  std::vector<std::string> FormerPartners(const partnership::Manifest& manifest) const;
  // What that partner took for good is owed no more.
  absl::Status DropSettled(const std::string& partner);
  // Forgets what is quarantined past the last day of its terms.
  absl::Status EndQuarantined();
  // Ends what was sent and nobody answered, also to members that are no longer there.
  absl::Status EndSent(const core::Terms& terms);
  // What is kept beside the ledger of exchanges that have ended.
  absl::Status ForgetEnded(const core::Terms& terms);

  const Parts parts_;
  exchange::Acknowledgements acknowledgements_;
  exchange::LinePerMinute unbelieved_;
  core::Ceremonies ceremonies_;
  const crypto::Secret<32> tag_key_;
  exchange::Inbound inbound_;
  exchange::Outbound outbound_;

  mutable std::mutex parked_mutex_;
  // Envelopes that were not believed, by the member that handed them over.
  std::map<std::string, uint64_t> parked_;

  std::mutex status_mutex_;
  // The list last heard from each sender of each organisation, under what terms and on what day, by
  // digest: each is judged once.
  std::map<std::pair<std::string, std::string>, crypto::Hash> heard_;
  std::optional<std::chrono::steady_clock::time_point> upkept_;
  std::string forgotten_until_;  // exchange id

  std::mutex loop_mutex_;
  std::condition_variable wake_;
  bool woken_ = false;
  bool stopping_ = false;
  std::thread loop_;
  std::mutex keys_mutex_;
  std::thread ceremony_loop_;
};

}  // namespace sluis::server

#endif  // SLUIS_SERVER_EXCHANGE_LINK_H_
