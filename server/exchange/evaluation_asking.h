// Asks the holders of a key about what a person signed, to its end.
//
//   BeginEvaluation, logged ─► the holders that Asker names, in parallel, this node among them
//   ─► enough right answers ─► put together ─► EndEvaluation, logged ─► what came of it
//   or not enough holders are left ─► that, logged ─► UNAVAILABLE
//
// Guarantee: `done` runs exactly once, on any thread, after the end is durable; nobody is asked
// before the question is, and no element is given out before the end is. A holder that answered
// wrongly is named in an entry with what it signed, and another one is asked in its place; a holder
// that is slow is not waited for while others are quick. Not guaranteed: that a holder which was
// asked did not answer: its caps may count what came to nothing; nor that there is an end when the
// process stops in between. Thread-safe. Errors: those of the
// executor and of BeginEvaluation; UNAVAILABLE when fewer holders answered rightly than are needed.
// Stop waits for what is under way; the executor and the peers must still run, or have ended their
// calls.
#ifndef SLUIS_SERVER_EXCHANGE_EVALUATION_ASKING_H_
#define SLUIS_SERVER_EXCHANGE_EVALUATION_ASKING_H_

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/random.h"
#include "crypto/signature.h"
#include "server/core/ask_evaluation.h"
#include "server/core/end_evaluation.h"
#include "server/core/executor.h"
#include "server/exchange/evaluation_desk.h"
#include "server/exchange/peers.h"

namespace sluis::exchange {

// All references must outlive what is under way.
struct EvaluationAskingParts {
  // The own organisation.
  std::string organisation;
  core::Executor& executor;
  Peers& peers;
  // Where this node asks itself.
  EvaluationDesk& desk;
  core::AskTools tools;
  const crypto::SigningKey& identity;
  // Told of an entry that could not be made about a holder that answered wrongly.
  std::function<void(const absl::Status&)> fault = [](const absl::Status&) {};
};

// What came of an evaluation.
struct Evaluated {
  // Of the entry on which the request rests; proven to the holders later.
  crypto::Hash leaf_hash{};
  // Elements in the order of the records asked about.
  core::GivenElements given;
  // Holders that answered wrongly.
  std::vector<std::string> wrong;
};

class EvaluationAsking {
 public:
  using Done = std::function<void(absl::StatusOr<Evaluated>)>;

  explicit EvaluationAsking(EvaluationAskingParts parts) : parts_(std::move(parts)) {}
  ~EvaluationAsking() { Stop(); }

  // A call of a person. `facts` as for Executor::Run.
  void Ask(const absl::StatusOr<authn::CertificateFacts>& facts,
           core::BeginEvaluation::Request request, Done done);

  void Stop();

 private:
  class Round;
  class UnderWay;
  std::shared_ptr<UnderWay> Begin();

  const EvaluationAskingParts parts_;
  std::mutex mutex_;
  std::condition_variable none_;
  bool stopping_ = false;
  size_t under_way_ = 0;
};

}  // namespace sluis::exchange

#endif  // SLUIS_SERVER_EXCHANGE_EVALUATION_ASKING_H_
