// That the entry about one request is on disk: without it nothing is evaluated.
//
// Guarantee: only who derives from CommitSide, the side that hears from the ledger, makes one, for
// one request, and only with what was committed: the row of that request must be among the writes.
// A holder cannot be asked to evaluate without it, because it does not compile. Not guaranteed:
// that the writes given are those that the ledger speaks of, and that they went with the
// counterpart part of the Admission: the commit side passes the effect as it submitted it, and
// nobody can look into a sealed entry; nor that the ledger is told the truth by its disk.
// Thread-safety: values.
#ifndef SLUIS_SERVER_EVALUATION_LOGGED_DURABLY_H_
#define SLUIS_SERVER_EVALUATION_LOGGED_DURABLY_H_

#include <span>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "server/ledger/effect.h"

namespace sluis::evaluation {

class Admission;

class LoggedDurably {
 public:
  const crypto::Hash& request_digest() const { return request_digest_; }

 private:
  friend class CommitSide;
  explicit LoggedDurably(const crypto::Hash& request_digest) : request_digest_(request_digest) {}

  crypto::Hash request_digest_;
};

class CommitSide {
 protected:
  CommitSide() = default;
  ~CommitSide() = default;

  // To be called with the writes of the effect that held the entry and row of this request, and
  // with what the ledger said of that effect once it is durable. kFailedPrecondition when the row
  // is not among them as the Admission has it.
  static absl::StatusOr<LoggedDurably> Durable(const Admission& admission,
                                               std::span<const ledger::RowWrite> writes,
                                               const ledger::Logged&);
};

}  // namespace sluis::evaluation

#endif  // SLUIS_SERVER_EVALUATION_LOGGED_DURABLY_H_
