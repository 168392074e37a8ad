#ifndef SLUIS_SERVER_CORE_EXECUTOR_H_
#define SLUIS_SERVER_CORE_EXECUTOR_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>

#include "absl/status/statusor.h"
#include "server/authn/certificate.h"
#include "server/authn/mandate.h"
#include "server/authn/verified_signatures.h"
#include "server/core/caller_cache.h"
#include "server/core/page_token.h"
#include "server/core/plan_sealer.h"
#include "server/core/refusal.h"
#include "server/core/refusal_gate.h"
#include "server/core/terms.h"
#include "server/core/turns.h"
#include "server/core/use_case.h"
#include "server/ledger/ledger.h"
#include "server/storage/clock.h"

namespace sluis::core {

struct ExecutorOptions {
  // How often a plan is made before a changing state is answered ABORTED.
  int attempts = 3;
  // Refusals logged one by one per caller and minute; more are gathered into one entry.
  uint32_t refusals_per_minute = 30;
};

// Runs every call along the one path: authenticate, decide, act, commit, answer.
//
// Guarantee: `finish` is called exactly once, after the entry of the call is durable, refusals
// included; nothing is written without an entry. A fault of the node (a row that cannot be read, a
// full queue, too many that wait for their turn, a node that is not serving) is answered without an
// entry, because none can be written. Thread-safe; Run does not block on the disk's sync. All
// references must outlive the executor; destroy it before the ledger, from none of its own
// callbacks: it waits for calls on their way.
class Executor {
 public:
  using Finish = std::function<void(absl::Status)>;

  Executor(ledger::Ledger& ledger, TermsInForce& terms, authn::MandateVerifier& verifier,
           storage::Clock& clock, crypto::Random& random, ExecutorOptions options);
  ~Executor();

  // A call of a person. `facts` is what the TLS layer verified, or why it could not be read.
  void Run(const absl::StatusOr<authn::CertificateFacts>& facts, std::shared_ptr<UseCase> use_case,
           Finish finish);

  // An act of the node itself: a timer, the first start, a reload.
  void RunAsNode(std::shared_ptr<UseCase> use_case, Finish finish);
  // The same, waiting for the end. Never call it from `finish`.
  absl::Status RunAsNodeAndWait(std::shared_ptr<UseCase> use_case);

  // A call of another node. `organisation` is what its verified certificate and the signature under
  // what it sent both say; the manifest in force must have it as another member. The only way to
  // methods of class PEER, and to no other. A plan without effects is answered at once.
  void RunAsPeer(std::string organisation, std::shared_ptr<UseCase> use_case, Finish finish);

  // Logs the refusals gathered so far; called every second by the worker, and by tests.
  void FlushRefusals();

 private:
  struct Attempt;
  struct OnItsWay;

  // Starts it, now or when its turn comes.
  // As whom it is counted among what waits for a turn.
  static std::string WaitsAs(const Attempt& attempt);
  void Begin(std::shared_ptr<Attempt> attempt);
  void Start(std::shared_ptr<Attempt> attempt);
  void RunAgain(std::shared_ptr<Attempt> attempt);
  absl::StatusOr<std::optional<Refusal>> Authenticate(const Attempt& attempt, View& view,
                                                      Call& call);
  absl::StatusOr<Plan> PlanCall(Attempt& attempt, View& view, Call& call,
                                std::shared_ptr<const KnownCaller> remembered);
  void Commit(std::shared_ptr<Attempt> attempt, Plan plan, const View& view, const Call& call);
  void Committed(const std::shared_ptr<Attempt>& attempt, Reply reply, absl::Status status,
                 std::span<const ledger::Logged> logged);
  void CommitGathered(std::shared_ptr<Attempt> attempt);
  void Work();

  ledger::Ledger& ledger_;
  TermsInForce& terms_;
  authn::MandateVerifier& verifier_;
  storage::Clock& clock_;
  const ExecutorOptions options_;
  PlanSealer sealer_;
  // One key for as long as the process runs.
  const PageTokens pages_;
  const std::shared_ptr<authn::VerifiedSignatures> signatures_ =
      std::make_shared<authn::VerifiedSignatures>();
  RefusalGate gate_;
  CallerCache callers_;
  Turns turns_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::shared_ptr<Attempt>> again_;
  bool stopping_ = false;
  size_t on_their_way_ = 0;
  std::thread worker_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_EXECUTOR_H_
