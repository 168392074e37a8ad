// Carries out the steps of a review for which holders are asked: one after another, on a thread of
// its own.
//
//   CollectLists, logged ─► the lists of each day, of all holders at once ─► KeepReviewLists
//   DrawSample, logged ─► the parts of the seed, of all holders at once ─► KeepReviewReveals
//   CloseReview, logged ─► FinishReviews
//
// Guarantee: `done` runs exactly once, after everything that came is durable, with the review as it
// then is; nobody is asked before the entry of the step is durable. A holder that does not answer
// is left out and asked again with the next call. Bounded: the lists of a day are written before
// those of the next one are asked for, and while kMaxWaiting steps wait the next one is told to
// come later. Thread-safe. Errors: those of the executor and of the steps; UNAVAILABLE when it is
// stopped. Stop waits for what is under way; the executor and the peers must still run, or have
// ended their calls.
#ifndef SLUIS_SERVER_EXCHANGE_REVIEW_ASKING_H_
#define SLUIS_SERVER_EXCHANGE_REVIEW_ASKING_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "crypto/signature.h"
#include "server/authn/certificate.h"
#include "server/core/close_review.h"
#include "server/core/executor.h"
#include "server/exchange/evaluation_desk.h"
#include "server/exchange/peers.h"
#include "server/ledger/ledger.h"

namespace sluis::exchange {

// All references must outlive what is under way.
struct ReviewAskingParts {
  // The own organisation.
  std::string organisation;
  ledger::Ledger& ledger;
  core::Executor& executor;
  core::TermsInForce& terms;
  Peers& peers;
  // Where this node asks itself.
  EvaluationDesk& desk;
  const crypto::SigningKey& identity;
  const evaluation::Caps& caps;
};

// A step that was carried out, and the review after it.
struct ReviewStepped {
  node::v1::LogReceipt receipt;
  node::v1::ReviewView review;
};

class ReviewAsking {
 public:
  using Facts = absl::StatusOr<authn::CertificateFacts>;
  using Done = std::function<void(absl::StatusOr<ReviewStepped>)>;
  static constexpr size_t kMaxWaiting = 8;

  explicit ReviewAsking(ReviewAskingParts parts);
  ~ReviewAsking() { Stop(); }

  // Calls of a person. `facts` as for Executor::Run.
  void Collect(const Facts& facts, const node::v1::CollectListsRequest& request, Done done);
  void Draw(const Facts& facts, const node::v1::DrawSampleRequest& request, Done done);
  void Close(const Facts& facts, const node::v1::CloseReviewRequest& request, Done done);

  void Stop();

 private:
  using Task = std::shared_ptr<core::ReviewTask>;
  // Logs the step, and has the rest done on the thread.
  void Run(const Facts& facts, std::shared_ptr<core::UseCase> step, Task task, Done done,
           std::function<absl::Status(const core::ReviewTask&)> rest);
  absl::Status AskLists(const core::ReviewTask& task);
  absl::Status AskReveals(const core::ReviewTask& task);
  absl::StatusOr<ReviewStepped> Stepped(const core::ReviewTask& task) const;
  bool stopping();
  void Work();

  const ReviewAskingParts parts_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  size_t under_way_ = 0;
  std::deque<std::function<void(bool stopped)>> work_;
  std::thread thread_;
};

}  // namespace sluis::exchange

#endif  // SLUIS_SERVER_EXCHANGE_REVIEW_ASKING_H_
