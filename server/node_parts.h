#ifndef SLUIS_SERVER_NODE_PARTS_H_
#define SLUIS_SERVER_NODE_PARTS_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "crypto/random.h"
#include "server/authn/mandate.h"
#include "server/config.h"
#include "server/core/executor.h"
#include "server/core/retention_watch.h"
#include "server/core/terms.h"
#include "server/exchange/known_heads.h"
#include "server/ledger/leaf_index.h"
#include "server/ledger/ledger.h"
#include "server/node.h"
#include "server/peer_link.h"
#include "server/rpc/loopback_http.h"
#include "server/rpc/metrics.h"
#include "server/rpc/user_listener.h"
#include "server/serving_follower.h"
#include "server/settled_clock.h"
#include "server/storage/clock.h"
#include "server/storage/store.h"
#include "server/terms_loader.h"

namespace sluis::server {

// What a node is made of, for the files of the node alone: node.cc (start, house, stop),
// node_terms.cc (what is in force) and node_status.cc (what it tells of itself).
//
// Declared in the order in which things lean on each other; destroyed the other way round.
struct Node::Parts {
  Parts(Config configuration, storage::Clock& the_clock, crypto::Random& the_random)
      : config(std::move(configuration)), clock(the_clock), random(the_random) {}

  mutable std::mutex config_mutex;
  Config config;  // read through ConfigNow once the node runs
  // Held by whoever brings terms into force: a reload and what a node records when it begins to
  // serve would otherwise undo each other.
  std::mutex terms_mutex;
  storage::Clock& clock;
  crypto::Random& random;
  crypto::PublicKey log_public{};
  std::string log_key_not_after;  // set before anything listens
  std::unique_ptr<storage::Store> store;
  std::unique_ptr<storage::Store> derived;
  std::unique_ptr<storage::Store> witness;
  // Nothing when the node has none; it is then in no partnership.
  std::optional<ExchangeKeys> exchange_keys;
  // Stands in for theirs where there is none: nothing is ever made with it.
  const crypto::Secret<32> no_case_key;
  std::optional<exchange::KnownHeads> heads;
  std::unique_ptr<ledger::Ledger> ledger;
  // Of the backup, in a folder that was put back, until the log says so.
  std::optional<ledger::ShownCheckpoint> restored_to;
  std::optional<ledger::LeafIndex> index;
  std::optional<authn::MandateVerifier> verifier;
  std::optional<core::TermsInForce> terms;
  std::unique_ptr<core::Executor> executor;
  rpc::Metrics metrics;
  std::atomic<bool> draining = false;
  std::optional<PeerLink> link;
  std::unique_ptr<rpc::LoopbackHttp> loopback;
  std::unique_ptr<rpc::UserListener> listener;
  std::optional<ServingFollower> follower;

  std::mutex house_mutex;
  std::condition_variable house_wake;
  bool stopping = false;
  SettledClock settled{clock};
  core::RetentionWatch retention;
  std::thread house;

  Config ConfigNow() const {
    std::lock_guard lock(config_mutex);
    return config;
  }
};

}  // namespace sluis::server

#endif  // SLUIS_SERVER_NODE_PARTS_H_
