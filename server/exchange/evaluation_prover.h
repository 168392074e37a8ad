#ifndef SLUIS_SERVER_EXCHANGE_EVALUATION_PROVER_H_
#define SLUIS_SERVER_EXCHANGE_EVALUATION_PROVER_H_

#include <chrono>
#include <future>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/core/executor.h"
#include "server/core/owed_proofs.h"
#include "server/exchange/evaluation_desk.h"
#include "server/exchange/peers.h"
#include "server/ledger/ledger.h"
#include "server/storage/clock.h"

namespace sluis::exchange {

// All references must outlive it.
struct EvaluationProverParts {
  std::string organisation;
  ledger::Ledger& ledger;
  core::Executor& executor;
  Peers& peers;
  EvaluationDesk& desk;
  storage::Clock& clock;
};

// Shows holders of keys the entries on which requests of this node rested (core/owed_proofs.h).
//
// Guarantee: what a holder took is struck off when that is durable; what it did not take is shown
// again, from the head that it says it knows: in the next round, or after a refusal, which is in
// its log, later and later up to an hour. Not guaranteed: that a holder is reached. One thread;
// Round waits for the answers, all holders at once. Errors: the first one; the others go on.
class EvaluationProver {
 public:
  explicit EvaluationProver(EvaluationProverParts parts) : parts_(std::move(parts)) {}

  // At most 64 entries to each holder and key, of those under the newest checkpoint.
  absl::Status Round();

 private:
  // After a refusal.
  struct Wait {
    std::chrono::steady_clock::time_point until;
    std::chrono::steady_clock::duration next;
  };

  using Answer = absl::StatusOr<peer::v1::ProveEvaluationsResponse>;
  using Owed = core::OwedProofs::value_type;

  std::future<Answer> Show(const Owed& owed, const ledger::ShownCheckpoint& head);
  // False when it is to be shown again from the head that the holder knows.
  absl::StatusOr<bool> Take(const Owed& owed, const Answer& answer);

  const EvaluationProverParts parts_;
  bool Waits(const Owed& owed) const;
  void NoteRefusal(const Owed& owed);

  // Size of the head that each holder said it knows; not durable: it says it again.
  std::map<std::string, uint64_t> known_;
  std::map<core::OwedProofs::key_type, Wait> waits_;
};

}  // namespace sluis::exchange

#endif  // SLUIS_SERVER_EXCHANGE_EVALUATION_PROVER_H_
