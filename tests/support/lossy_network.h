#ifndef SLUIS_TESTS_SUPPORT_LOSSY_NETWORK_H_
#define SLUIS_TESTS_SUPPORT_LOSSY_NETWORK_H_

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "server/exchange/peers.h"
#include "tests/support/seeded_random.h"

namespace sluis::tests {

// A network in this process that loses, doubles, delays and reorders what nodes hand each other,
// and loses answers, all by one seed. Envelopes lie on their way until Step takes one of them;
// heartbeats are answered at once or come to nothing. Not thread-safe: nodes, steps and whatever
// nodes are called back with run on one thread.
class LossyNetwork {
 public:
  // How often, of a thousand.
  struct Odds {
    uint64_t lost = 60;            // it never arrives
    uint64_t answer_lost = 60;     // it arrives, and its sender does not hear of it
    uint64_t doubled = 60;         // a copy arrives later
    uint64_t late = 60;            // its sender gives up on it, and it arrives later
    uint64_t longest_delay = 400;  // of copies and of what is late, in steps
  };
  explicit LossyNetwork(uint64_t seed) : random_(seed) {}

  void Set(const Odds& odds) { odds_ = odds; }
  // Nothing is lost, doubled or late any more; what lies on its way arrives.
  void Calm() { Set({0, 0, 0, 0, 0}); }

  // From now on calls to `organisation` are answered by these.
  void Put(const std::string& organisation, exchange::PeerAnswers answers);
  // It answers nobody any more, and what it asked comes to nothing. What it sent still arrives.
  void Remove(const std::string& organisation);
  // One way only: `from` no longer reaches `to`, until MendAll.
  void Cut(const std::string& from, const std::string& to) { cut_.insert({from, to}); }
  void MendAll() { cut_.clear(); }

  // How that organisation reaches the others. Must not outlive this.
  std::unique_ptr<exchange::Peers> PeersOf(const std::string& organisation);

  // Lets the fate of one envelope on its way come true. False when none is there to be taken.
  bool Step();
  bool idle() const { return on_their_way_.empty(); }

  // Sees every envelope that arrives, before who gets it does.
  using Tap = std::function<void(const std::string& from, const std::string& to,
                                 const peer::v1::DeliverRequest& request)>;
  void Watch(Tap tap) { tap_ = std::move(tap); }
  // Sees every heartbeat that arrives, and every answer to one, serialised.
  using HeartbeatTap =
      std::function<void(const std::string& from, const std::string& to, const std::string& bytes)>;
  void WatchHeartbeats(HeartbeatTap tap) { heartbeat_tap_ = std::move(tap); }

 private:
  friend class LossyPeers;
  using Done = exchange::Peers::Done<peer::v1::DeliverResponse>;

  struct Letter {
    std::string from, to;
    peer::v1::DeliverRequest request;
    Done done;  // nobody waits for a copy
    uint64_t not_before = 0;
  };

  bool Roll(uint64_t of_a_thousand) { return random_.Below(1000) < of_a_thousand; }
  void ArriveLater(const Letter& letter);
  absl::Status Arrive(const Letter& letter);

  SeededRandom random_;
  Odds odds_;
  std::map<std::string, exchange::PeerAnswers> nodes_;
  std::set<std::pair<std::string, std::string>> cut_;
  std::vector<Letter> on_their_way_;
  uint64_t steps_ = 0;
  Tap tap_;
  HeartbeatTap heartbeat_tap_;
};

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_LOSSY_NETWORK_H_
