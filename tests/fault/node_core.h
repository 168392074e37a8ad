#ifndef SLUIS_TESTS_FAULT_NODE_CORE_H_
#define SLUIS_TESTS_FAULT_NODE_CORE_H_

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "server/core/executor.h"
#include "server/ledger/ledger.h"
#include "server/storage/clock.h"
#include "server/storage/files.h"
#include "server/storage/store.h"
#include "tests/support/organisation.h"

namespace sluis::fault {

// What the TLS layer would have verified of this person.
authn::CertificateFacts FactsOf(const test::Person& person);

// Everything of a node that a fault may take: executor and ledger over a store and files that the
// test gives. No network, no index, no housekeeping.
class NodeCore {
 public:
  using Decorate = std::function<std::unique_ptr<ledger::Ledger>(std::unique_ptr<ledger::Ledger>)>;

  struct Ground {
    storage::Store& store;
    storage::Files& files;
    std::string folder;
    storage::Clock& clock;
    // Puts something around the ledger; may be empty.
    Decorate decorate = {};
  };

  // Opens the ledger with the keys of the organisation and, when it serves, records the terms and
  // registers the first administrator as the daemon does. A ledger that was put back from a backup
  // is left as it is: see EraseAgain. Everything given must outlive it.
  static absl::StatusOr<std::unique_ptr<NodeCore>> Open(const test::Organisation& organisation,
                                                        Ground ground);
  ~NodeCore();

  // Begins a call; `finish` is called at most once, never after a fatal error took the call away.
  void Run(const authn::CertificateFacts& facts, std::shared_ptr<core::UseCase> use_case,
           core::Executor::Finish finish);
  // Runs a call to its end; nothing when the ledger died before.
  std::optional<absl::Status> RunAndWait(const authn::CertificateFacts& facts,
                                         std::shared_ptr<core::UseCase> use_case);
  // The same as the node itself.
  std::optional<absl::Status> RunAsNode(std::shared_ptr<core::UseCase> use_case);

  // Registers the person and gives the roles by one mandate.
  absl::Status Admit(const test::Organisation& organisation, const test::Person& person,
                     const std::vector<std::string>& roles);

  // Applies the erasure journal to a restored ledger, as the daemon does before it serves.
  absl::Status EraseAgain();

  // Waits until `ready`, which is asked after every end of a call, or until the ledger died.
  // Returns false when it died.
  bool WaitFor(const std::function<bool()>& ready);
  bool died() const;
  // What was reported as fatal; OK when nothing was.
  absl::Status fatal() const;

  ledger::Ledger& ledger() { return *ledger_; }
  crypto::Random& random() { return random_; }
  authn::MandateVerifier& verifier() { return *verifier_; }

 private:
  explicit NodeCore(Ground ground) : ground_(std::move(ground)) {}
  absl::Status Start(const test::Organisation& organisation);
  absl::Status RecordTerms();
  core::Executor::Finish Noticed(core::Executor::Finish finish);

  Ground ground_;
  crypto::Random& random_ = crypto::SystemRandom();
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  absl::Status fatal_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::optional<authn::MandateVerifier> verifier_;
  std::optional<core::TermsInForce> terms_;
  std::unique_ptr<core::Executor> executor_;
};

// A node in a folder of the machine, store and all, as the daemon lays it out.
struct FolderNode {
  FolderNode(const test::Organisation& organisation, const std::string& folder);

  bool serves() const {
    return node != nullptr && node->ledger().serving() == ledger::Serving::kServing;
  }

  std::unique_ptr<storage::Store> store;
  std::unique_ptr<storage::Store> witness;
  std::unique_ptr<NodeCore> node;  // null when it did not open
  absl::Status status;             // why
};

}  // namespace sluis::fault

#endif  // SLUIS_TESTS_FAULT_NODE_CORE_H_
