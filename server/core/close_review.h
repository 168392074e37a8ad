// Ends a review, and destroys what was asked in its period.
//
//   CloseReview ─► ForgetReviewed, as often as it takes ─► EndReview
//
// Guarantee: what is destroyed follows from the rows of this node, whatever holders list or leave
// out (BegunIn of reviews.h), and goes in batches with which a process that begins again goes on;
// each is an entry that is an erasure. A review is closed when everything of its sample is settled,
// or its time is over: what nobody opened rightly by then has failed. A review whose lists are
// still being collected is abandoned instead: its rows go, nothing else does, and its days are free
// again; one that is fixed can only be drawn, or have everything opened. Refused besides what
// review_acts.h says: `review_open` while something is still to be opened. Source: docs/formats.md,
// "Evaluation".
#ifndef SLUIS_SERVER_CORE_CLOSE_REVIEW_H_
#define SLUIS_SERVER_CORE_CLOSE_REVIEW_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server/core/executor.h"
#include "server/core/review_acts.h"
#include "server/ledger/ledger.h"

namespace sluis::core {

class CloseReview : public UseCase {
 public:
  CloseReview(const node::v1::CloseReviewRequest& request, std::shared_ptr<ReviewTask> task)
      : request_(request), task_(std::move(task)) {}
  const Method& method() const override;
  const node::v1::RequestContext* context() const override { return &request_.context(); }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  // No part of the seed was asked for yet: whoever begins anew chooses nothing by it.
  absl::StatusOr<Plan> Abandon(const Call& call, const View& view, const NamedReview& named);

  const node::v1::CloseReviewRequest request_;
  const std::shared_ptr<ReviewTask> task_;
};

// Destroys what was asked in the period of a review that is closing, at most kMost requests, each
// an entry that is an erasure; run as the node.
class ForgetReviewed : public UseCase {
 public:
  static constexpr size_t kMost = 64;

  ForgetReviewed(record::v1::StoredReview review, std::vector<std::string> request_ids)
      : review_(std::move(review)), request_ids_(std::move(request_ids)) {}
  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const record::v1::StoredReview review_;
  const std::vector<std::string> request_ids_;
};

// Says that nothing of the period is left.
class EndReview : public UseCase {
 public:
  explicit EndReview(record::v1::StoredReview review) : review_(std::move(review)) {}
  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const record::v1::StoredReview review_;
};

// All that is left of reviews that are closing. DATA_LOSS when rows or entries cannot be read; the
// others go nevertheless, and the review stays as it is.
absl::Status FinishReviews(ledger::Ledger& ledger, Executor& executor);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_CLOSE_REVIEW_H_
