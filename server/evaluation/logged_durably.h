// That the entry about one request is on disk: without it nothing is evaluated.
//
// Guarantee: only who derives from CommitSide, the side that hears from the ledger, makes one, for
// one request; a holder cannot be asked to evaluate without it, because it does not compile. Not
// guaranteed: that the ledger is told the truth by its disk. Thread-safety: values.
#ifndef SLUIS_SERVER_EVALUATION_LOGGED_DURABLY_H_
#define SLUIS_SERVER_EVALUATION_LOGGED_DURABLY_H_

#include "crypto/bytes.h"
#include "server/ledger/effect.h"

namespace sluis::evaluation {

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

  // To be called with what the ledger said of the effect that held the entry and row of this
  // request, once it said that they are durable.
  static LoggedDurably Durable(const crypto::Hash& request_digest, const ledger::Logged&) {
    return LoggedDurably(request_digest);
  }
};

}  // namespace sluis::evaluation

#endif  // SLUIS_SERVER_EVALUATION_LOGGED_DURABLY_H_
