// How the own privacy officer looks at what holders evaluated for this organisation: the steps of
// people, class AUDIT, and what the node does between them.
//
//   CollectLists ─► KeepReviewLists, for what holders gave ─► DrawSample: the lists are fixed
//   ─► KeepReviewReveals: the sample, which nobody chose, or everything
//
// What is opened and how it ends: review_openings.h. Who speaks to the holders:
// exchange/review_asking.h.
//
// Guarantee: each step is an entry; what a holder gave is within bounds, signed by it and about
// this period before it is written, and what is not is named in a refusal. Once a review is fixed
// no list is added, so there is one seed. Who gave no list for each day is named, and everything is
// opened then. Refused by people's steps: `no_key`, `no_review`, `bad_request` (field `period`,
// `per_holder`), `review_overlaps` (another review has some of these days), `review_step` (it is
// past that step), `lists_missing` (of so many that a request could be in none). Source:
// docs/formats.md, "Evaluation".
#ifndef SLUIS_SERVER_CORE_REVIEW_ACTS_H_
#define SLUIS_SERVER_CORE_REVIEW_ACTS_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "server/core/question.h"
#include "server/core/reviews.h"
#include "server/core/use_case.h"

namespace sluis::core {

inline constexpr std::string_view kKindReview = "evaluation-review";

// What a person names, asked of the rules.
struct NamedReview {
  SharedKey key;
  Answer answer;
  // Nothing when it was not begun.
  std::optional<ReviewRow> review;
};
// The second alternative is the refusal.
absl::StatusOr<std::variant<NamedReview, Plan>> NameReview(const Call& call, const View& view,
                                                           const node::v1::ReviewPeriod& period);
Plan RefuseReview(const Call& call, std::string code, std::string message, std::string field = {});
// The effect of a permitted step, resting on the review as it is.
Effect ReviewStep(const Call& call, const Answer& answer, const record::v1::StoredReview& review,
                  uint64_t stamp, std::string_view outcome);
ledger::RowWrite RowOf(const record::v1::StoredReview& review);

// What is left to ask holders for, once the entry of the step is durable.
struct ReviewTask {
  record::v1::StoredReview review;
  node::v1::LogReceipt receipt;
  std::map<keys::MemberIndex, std::string> holders;
  std::map<keys::MemberIndex, std::vector<uint32_t>> lists;
  // For the nonces of the others that did not show theirs; empty when nobody is asked.
  peer::v1::EvaluationPeriod period;
};

class CollectLists : public UseCase {
 public:
  CollectLists(const node::v1::CollectListsRequest& request, std::shared_ptr<ReviewTask> task)
      : request_(request), task_(std::move(task)) {}
  const Method& method() const override;
  const node::v1::RequestContext* context() const override { return &request_.context(); }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::CollectListsRequest request_;
  const std::shared_ptr<ReviewTask> task_;
};

class DrawSample : public UseCase {
 public:
  static constexpr uint32_t kDefaultPerHolder = 5;
  static constexpr uint32_t kMaxPerHolder = 100;

  // `caps`: as this node has them; must outlive the call.
  DrawSample(const node::v1::DrawSampleRequest& request, const evaluation::Caps& caps,
             std::shared_ptr<ReviewTask> task)
      : request_(request), caps_(caps), task_(std::move(task)) {}
  const Method& method() const override;
  const node::v1::RequestContext* context() const override { return &request_.context(); }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::DrawSampleRequest request_;
  const evaluation::Caps& caps_;
  const std::shared_ptr<ReviewTask> task_;
};

// What one holder said, as it came.
using FromHolder = std::pair<keys::MemberIndex, std::string>;

// At most kMost lists, run as the node.
class KeepReviewLists : public UseCase {
 public:
  static constexpr size_t kMost = 4;

  KeepReviewLists(record::v1::StoredReview review, std::vector<FromHolder> lists)
      : review_(std::move(review)), lists_(std::move(lists)) {}
  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const record::v1::StoredReview review_;
  const std::vector<FromHolder> lists_;
};

// Parts of the seed, and heads of the own log that holders told of; the sample when it is the last
// of them. Run as the node.
class KeepReviewReveals : public UseCase {
 public:
  struct Told {
    std::vector<FromHolder> reveals;
    std::vector<crypto::TreeHead> heads;
  };
  KeepReviewReveals(record::v1::StoredReview review, Told told, const evaluation::Caps& caps)
      : review_(std::move(review)), told_(std::move(told)), caps_(caps) {}
  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const record::v1::StoredReview review_;
  const Told told_;
  const evaluation::Caps& caps_;
};

class GetReviews : public UseCase {
 public:
  GetReviews(const node::v1::GetReviewsRequest& request, node::v1::GetReviewsResponse& response)
      : request_(request), response_(response) {}
  const Method& method() const override;
  const node::v1::RequestContext* context() const override { return &request_.context(); }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::GetReviewsRequest& request_;
  node::v1::GetReviewsResponse& response_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_REVIEW_ACTS_H_
