#ifndef SLUIS_SERVER_EVALUATION_LINK_H_
#define SLUIS_SERVER_EVALUATION_LINK_H_

#include <chrono>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "server/core/evaluations.h"
#include "server/core/executor.h"
#include "server/core/partner_heads.h"
#include "server/evaluation/book.h"
#include "server/exchange/evaluation_desk.h"
#include "server/exchange/line_per_minute.h"
#include "server/ledger/ledger.h"
#include "server/rpc/metrics.h"
#include "server/storage/clock.h"

namespace sluis::server {

// What a node evaluates with its partners, around its core: the desk that answers them, what was
// evaluated, and its upkeep. Wires only. Thread-safe. The references must outlive it.
class EvaluationLink {
 public:
  struct Parts {
    // The own organisation.
    std::string organisation;
    ledger::Ledger& ledger;
    core::Executor& executor;
    core::PartnerHeads& heads;
    const crypto::SigningKey& identity;
    // How much is evaluated for one partner.
    evaluation::Caps caps;
    storage::Clock& clock;
    crypto::Random& random;
    rpc::Metrics& metrics;
  };
  explicit EvaluationLink(const Parts& parts);

  exchange::EvaluationDesk& desk() { return desk_; }
  void Stop() { desk_.Stop(); }

  // Forgets evaluations that count no more, at most hourly. One thread.
  absl::Status KeepHouse();

 private:
  const Parts parts_;
  exchange::LinePerMinute unbelieved_;
  core::Evaluations evaluations_;
  exchange::EvaluationDesk desk_;
  std::optional<std::chrono::steady_clock::time_point> upkept_;
};

}  // namespace sluis::server

#endif  // SLUIS_SERVER_EVALUATION_LINK_H_
