#ifndef SLUIS_SERVER_EVALUATION_LINK_H_
#define SLUIS_SERVER_EVALUATION_LINK_H_

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "crypto/secret.h"
#include "server/core/evaluation_drafts.h"
#include "server/core/evaluations.h"
#include "server/core/executor.h"
#include "server/core/known_persons.h"
#include "server/core/partner_heads.h"
#include "server/evaluation/book.h"
#include "server/exchange/evaluation_asking.h"
#include "server/exchange/evaluation_desk.h"
#include "server/exchange/evaluation_prover.h"
#include "server/exchange/line_per_minute.h"
#include "server/exchange/peers.h"
#include "server/exchange/review_asking.h"
#include "server/ledger/ledger.h"
#include "server/rpc/evaluation_service.h"
#include "server/rpc/metrics.h"
#include "server/rpc/review_service.h"
#include "server/storage/clock.h"
#include "server/terms_loader.h"

namespace sluis::server {

// What a node evaluates with its partners, around its core: the desk that answers them, what asks
// them, what was evaluated, and its upkeep. Wires only. Thread-safe. The references must outlive
// it.
class EvaluationLink {
 public:
  struct Parts {
    // The own organisation.
    std::string organisation;
    ledger::Ledger& ledger;
    core::Executor& executor;
    core::TermsInForce& terms;
    core::PartnerHeads& heads;
    exchange::Peers& peers;
    const ExchangeKeys& keys;
    // How much is evaluated for one partner.
    evaluation::Caps caps;
    storage::Clock& clock;
    crypto::Random& random;
    rpc::Metrics& metrics;
  };
  explicit EvaluationLink(const Parts& parts);
  ~EvaluationLink() { Stop(); }

  exchange::EvaluationDesk& desk() { return desk_; }
  // For the listener of the own users.
  rpc::EvaluationParts ForUsers();
  rpc::ReviewParts ForReview();
  // Shows holders what they are owed, from now until Stop.
  void Begin();
  // Ends what is under way; peers and executor must still run, or have ended their calls.
  void Stop();

  // Forgets evaluations that count no more, whom it asked about when their last day is over, and
  // what is left of reviews that are closing; at most hourly. One thread.
  absl::Status KeepHouse();

 private:
  void Wake();
  void Evaluate(const absl::StatusOr<authn::CertificateFacts>& facts,
                core::BeginEvaluation::Request request, node::v1::EvaluateResponse& response,
                std::function<void(const absl::Status&)> done);

  const Parts parts_;
  exchange::LinePerMinute unbelieved_;
  core::Evaluations evaluations_;
  // Of this node, for the nonces of lists and nothing else.
  const crypto::Secret<32> nonces_;
  exchange::EvaluationDesk desk_;
  // Of this node, for blinds and nothing else.
  const crypto::Secret<32> hedge_;
  core::EvaluationDrafts drafts_;
  const core::KnownPersons persons_;
  exchange::EvaluationAsking asking_;
  exchange::EvaluationProver prover_;
  exchange::ReviewAsking reviews_;
  std::optional<std::chrono::steady_clock::time_point> upkept_;

  std::mutex loop_mutex_;
  std::condition_variable wake_;
  bool woken_ = false;
  bool stopping_ = false;
  std::thread loop_;
};

}  // namespace sluis::server

#endif  // SLUIS_SERVER_EVALUATION_LINK_H_
