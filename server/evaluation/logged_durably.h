// What has to be on disk before something is asked, evaluated, told or remembered; and the proof
// that it is.
//
//   a step (Question, Admission, Refusal, Listing, ...) ─► ToLog ─► PlanEffect ─► the sequencer
//   its Logged, by the ticket of the effect ─► LoggedDurably ─► the step is taken
//
// Guarantee: a LoggedDurably is for one step. It comes of a ticket, which only PlanEffect makes, of
// an effect whose entry holds what the step says of itself and which writes the rows of the step;
// and of a Logged, which only the sequencer makes, of that very entry: the leaf hash shows it. A
// step cannot be taken without one, because it does not compile. Not guaranteed: that the effect
// was submitted with the rows that PlanEffect put in it; nor that the ledger is told the truth by
// its disk. Thread-safety: values.
#ifndef SLUIS_SERVER_EVALUATION_LOGGED_DURABLY_H_
#define SLUIS_SERVER_EVALUATION_LOGGED_DURABLY_H_

#include <array>
#include <functional>
#include <initializer_list>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "server/ledger/effect.h"
#include "server/ledger/sealed_entry.h"
#include "sluis/record/v1/entry.pb.h"

namespace sluis::evaluation {

// A row as it is stored.
struct StoredRow {
  std::string key;  // under a prefix of whoever stores it
  std::string bytes;
};

// What one step needs in the log.
struct ToLog {
  crypto::Hash step{};  // names it; two steps have two
  record::v1::CounterpartPart counterpart;
  std::vector<StoredRow> rows;
};

// SHA-256(lp("sluis/evaluation-step/v1") || lp(each)).
crypto::Hash StepOf(std::initializer_list<crypto::BytesView> parts);

class LoggedDurably {
 public:
  const crypto::Hash& step() const { return step_; }
  // Of the entry.
  const crypto::Hash& leaf_hash() const { return leaf_hash_; }

 private:
  friend class Ticket;
  LoggedDurably(const crypto::Hash& step, const crypto::Hash& leaf_hash)
      : step_(step), leaf_hash_(leaf_hash) {}

  crypto::Hash step_;
  crypto::Hash leaf_hash_;
};

struct PlannedEffect;
// How a row is written: it adds to the effect what makes it durable, sealed where its table asks
// for it.
using RowWriter = std::function<absl::Status(const StoredRow& row, ledger::Effect& effect)>;

// For the effect with which it was made.
class Ticket {
 public:
  // With what the sequencer told of that effect. kFailedPrecondition for what it told of another.
  absl::StatusOr<LoggedDurably> Durable(const ledger::Logged& logged) const;

 private:
  friend absl::StatusOr<PlannedEffect> PlanEffect(const ToLog& to_log, ledger::EntryParts parts,
                                                  const RowWriter& write,
                                                  const ledger::Sealer& sealer, uint64_t now_us);
  Ticket(const crypto::Hash& step, const std::array<crypto::Hash, ledger::kPartCount>& commitments)
      : step_(step), commitments_(commitments) {}

  crypto::Hash step_;
  std::array<crypto::Hash, ledger::kPartCount> commitments_;
};

struct PlannedEffect {
  ledger::Effect effect;
  Ticket ticket;
};

// `parts`: act, actor, decision and subject, as whoever logs fills them; the counterpart part is
// the step's and must be empty. Errors of sealing and of `write`, kInvalidArgument otherwise.
absl::StatusOr<PlannedEffect> PlanEffect(const ToLog& to_log, ledger::EntryParts parts,
                                         const RowWriter& write, const ledger::Sealer& sealer,
                                         uint64_t now_us);

// kFailedPrecondition unless it is this step that was logged.
absl::Status CheckLogged(const LoggedDurably& logged, const ToLog& to_log);

}  // namespace sluis::evaluation

#endif  // SLUIS_SERVER_EVALUATION_LOGGED_DURABLY_H_
