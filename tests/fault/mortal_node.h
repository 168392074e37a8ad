#ifndef SLUIS_TESTS_FAULT_MORTAL_NODE_H_
#define SLUIS_TESTS_FAULT_MORTAL_NODE_H_

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/secret.h"
#include "server/core/executor.h"
#include "server/core/view.h"
#include "server/exchange/heartbeat.h"
#include "server/exchange/known_heads.h"
#include "server/exchange/reachability.h"
#include "server/exchange_link.h"
#include "server/ledger/ledger.h"
#include "server/storage/store.h"
#include "tests/support/fake_clock.h"
#include "tests/support/lossy_network.h"
#include "tests/support/partnership.h"
#include "tests/support/partnership_packs.h"
#include "tests/support/person.h"
#include "tests/support/seeded_random.h"
#include "tests/support/simulated_disk.h"

namespace rocksdb {
class Env;
}

namespace sluis::fault {

// The node of one organisation in this process, wired as the daemon wires it, on a disk that can
// crash: ledger, derived and witness store lie on it with the files beside them, and a kill takes
// everything of it that was not synced. Sockets and threads of its own it has none: the test says
// when it looks at its outbox, asks its partners and keeps house.
class MortalNode {
 public:
  // Not open yet. The network must outlive it.
  MortalNode(const std::string& organisation, const std::string& kind, uint64_t seed,
             uint64_t now_us, tests::LossyNetwork& network);
  ~MortalNode();

  // The manifest and the packs that are in force from the next Open on; as two nodes that were not
  // brought up to date at the same time, each can have its own.
  void Use(std::shared_ptr<const partnership::SignedManifest> manifest,
           tests::PackEdits edits = {});
  // Brings changed terms into force, recorded as a daemon does.
  absl::Status Put(std::shared_ptr<core::Terms> terms);

  // Comes up from what its disk holds. UNAVAILABLE when the disk fails meanwhile.
  absl::Status Open();
  bool is_open() const { return up_ != nullptr; }
  // The power goes off after so many more changes of the disk.
  void PowerOffAfter(uint64_t operations);
  // Whether it went off: only Kill helps.
  bool dead() const;
  // Ends the process; of what was not synced survives what `how` says.
  void Kill(tests::Survival how, uint64_t seed);

  // What a crash would leave now, as a copy to be put back; from then on the node is what the copy
  // was, and not open.
  std::shared_ptr<tests::SimulatedDisk> Copy() const;
  void PutBack(const std::shared_ptr<tests::SimulatedDisk>& copy);

  // A call of a person, or an act of the node, to its end; UNAVAILABLE when the ledger died of it.
  absl::Status Run(const tests::Person& who, std::shared_ptr<core::UseCase> use_case);
  absl::Status RunAsNode(std::shared_ptr<core::UseCase> use_case);
  // One look at the outbox, after a checkpoint over what was logged.
  absl::Status Round();
  // Asks every partner, as every ten seconds.
  void Heartbeat();
  // Housekeeping of the exchanges, as every minute.
  absl::Status KeepHouse();

  // What this node says of its exchanges with that partner.
  node::v1::PeerState StandingOf(const std::string& partner) const;

  // Reads the store as it is now.
  void Look(const std::function<void(const core::View&)>& use) const;
  // Every key and every value of all its stores, sealed rows opened; and of those beside the
  // ledger.
  std::vector<std::string> Stored() const;
  std::vector<std::string> StoredBeside() const;
  // Everything logged until now, for this partner, or with every part open for nobody in
  // particular.
  std::string ExportFor(const std::string& partner);
  std::string WholeExport();

  const std::string& organisation() const { return member_.statement.organisation(); }
  const tests::TestMember& member() const { return member_; }
  ledger::Ledger& ledger() const { return *up_->ledger; }
  exchange::KnownHeads& heads() const { return *up_->heads; }
  core::TermsInForce& terms() const { return *up_->terms; }
  authn::MandateVerifier& verifier() { return verifier_; }
  const tests::SimulatedDisk& disk() const { return *disk_; }
  const crypto::Secret<32>& case_key() const { return keys_.case_key; }

  tests::FakeClock clock;
  tests::SeededRandom random;

 private:
  // What a process is; in the order in which it comes up.
  struct Up {
    ~Up();
    std::unique_ptr<rocksdb::Env> env;
    std::unique_ptr<storage::Files> files;
    std::unique_ptr<storage::Store> store, derived, witness;
    std::unique_ptr<ledger::Ledger> ledger;
    std::unique_ptr<core::TermsInForce> terms;
    std::unique_ptr<core::Executor> executor;
    std::unique_ptr<exchange::KnownHeads> heads;
    std::unique_ptr<exchange::Peers> peers;
    std::unique_ptr<rpc::Metrics> metrics;
    std::unique_ptr<server::ExchangeLink> link;
    std::unique_ptr<exchange::Reachability> reachability;
    std::unique_ptr<exchange::Heartbeat> heartbeat;
    std::atomic<bool> fatal = false;
  };
  absl::Status OpenStores();
  absl::Status OpenLedger();
  void Link();
  std::shared_ptr<core::Terms> MakeTerms() const;
  std::optional<record::v1::SignedMandateStatus> OwnStatus() const;

  const tests::TestMember member_;
  tests::LossyNetwork& network_;
  authn::MandateVerifier verifier_;
  const server::ExchangeKeys keys_;
  std::shared_ptr<tests::SimulatedDisk> disk_ = std::make_shared<tests::SimulatedDisk>();
  uint64_t power_until_ = tests::SimulatedDisk::kUnbounded;
  std::shared_ptr<const partnership::SignedManifest> manifest_;
  policies::PackSet packs_;
  std::unique_ptr<Up> up_;
};

}  // namespace sluis::fault

#endif  // SLUIS_TESTS_FAULT_MORTAL_NODE_H_
