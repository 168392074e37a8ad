#include "server/core/close_review.h"

#include <algorithm>

#include "server/core/asked_evaluation.h"
#include "server/core/refusal.h"
#include "server/evaluation/limits.h"

namespace sluis::core {

const Method& CloseReview::method() const {
  static const Method& method = MethodNamed("ReviewService.CloseReview");
  return method;
}

absl::StatusOr<Plan> CloseReview::Decide(const Call& call, View& view) {
  auto found = NameReview(call, view, request_.period());
  if (!found.ok()) return found.status();
  if (auto* refusal = std::get_if<Plan>(&*found)) return std::move(*refusal);
  const auto& named = std::get<NamedReview>(*found);
  if (!named.review) {
    return RefuseReview(call, "no_review", "collect the lists of this period first", "period");
  }
  record::v1::StoredReview row = named.review->row;
  if (row.state() == record::v1::REVIEW_STATE_COLLECTING) {
    return Abandon(call, view, named);
  }
  const bool closing = row.state() == record::v1::REVIEW_STATE_CLOSING;
  if (row.state() != record::v1::REVIEW_STATE_DRAWN && !closing) {
    return RefuseReview(call, "review_step",
                        "draw the sample and open it first, or the review is closed");
  }
  const bool over = call.now_us / evaluation::kUsPerSecond > row.open_until_s();
  for (record::v1::SampledEvaluation& one : *row.mutable_sample()) {
    const auto verdict = evaluation::OpeningNamed(one.verdict());
    const bool settled = verdict && evaluation::IsSettled(*verdict);
    if (closing || settled) continue;
    if (!over) {
      return RefuseReview(call, "review_open",
                          "entries of the sample are still to be opened; open them, or wait for "
                          "the end of the review");
    }
    // What failed to open says how it did.
    if (!verdict)
      one.set_verdict(
          std::string(evaluation::OpeningName(evaluation::OpeningVerdict::kUnopenable)));
  }
  row.set_state(record::v1::REVIEW_STATE_CLOSING);
  task_->review = row;
  Plan plan;
  plan.effects.push_back(ReviewStep(call, named.answer, row, named.review->stamp, "close"));
  plan.effects[0].rows.push_back(RowOf(row));
  plan.reply = [task = task_](std::span<const ledger::Logged> logged) {
    task->receipt = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

absl::StatusOr<Plan> CloseReview::Abandon(const Call& call, const View& view,
                                          const NamedReview& named) {
  const record::v1::StoredReview& row = named.review->row;
  const absl::StatusOr<Given> given = ReadGiven(view, row);
  if (!given.ok()) return given.status();
  task_->review = row;
  task_->review.set_state(record::v1::REVIEW_STATE_UNSPECIFIED);
  Plan plan;
  Effect& effect = plan.effects.emplace_back(
      ReviewStep(call, named.answer, row, named.review->stamp, "abandon"));
  effect.rows.push_back({ReviewKey(row.key_id(), row.first_day()), std::nullopt});
  for (const auto& [at, bytes] : *given) {
    effect.rows.push_back(
        {ReviewListKey(row.key_id(), row.first_day(), at.first, at.second), std::nullopt});
  }
  plan.reply = [task = task_](std::span<const ledger::Logged> logged) {
    task->receipt = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

const Method& ForgetReviewed::method() const {
  static const Method& method =
      *new Method{"Node.ForgetReviewed", node::v1::METHOD_CLASS_UNSPECIFIED};
  return method;
}

absl::StatusOr<Plan> ForgetReviewed::Decide(const Call& call, View& view) {
  Plan plan;
  absl::Status fault = absl::OkStatus();
  const absl::StatusOr<ReviewRow> review = ReadReview(view, review_.key_id(), review_.first_day());
  if (!review.ok()) return review.status();
  for (const std::string& id : request_ids_) {
    const absl::StatusOr<AskedRow> asked = ReadAsked(view, id);
    if (absl::IsNotFound(asked.status())) continue;
    if (review->row.state() != record::v1::REVIEW_STATE_CLOSING ||
        (asked.ok() && asked->row.key_id() != review->row.key_id())) {
      continue;
    }
    const absl::StatusOr<Forgotten> forgotten =
        asked.ok() ? ForgottenOf(view, id, *asked) : absl::StatusOr<Forgotten>(asked.status());
    if (!forgotten.ok()) {
      fault.Update(forgotten.status());
      continue;
    }
    Effect& effect = plan.effects.emplace_back();
    effect.entry = EntryOf(call, record::v1::OPERATION_ERASURE, record::v1::OUTCOME_DONE);
    effect.entry.counterpart = AboutRequest(call, id, kKindReview, "erased");
    effect.preconditions.push_back({AskedKey(id), asked->stamp});
    AddForgotten(call, *forgotten, effect);
  }
  plan.reply = [fault](std::span<const ledger::Logged>) { return fault; };
  return plan;
}

const Method& EndReview::method() const {
  static const Method& method = *new Method{"Node.EndReview", node::v1::METHOD_CLASS_UNSPECIFIED};
  return method;
}

absl::StatusOr<Plan> EndReview::Decide(const Call& call, View& view) {
  absl::StatusOr<ReviewRow> now = ReadReview(view, review_.key_id(), review_.first_day());
  if (!now.ok()) return now.status();
  Plan plan;
  plan.reply = [](std::span<const ledger::Logged>) { return absl::OkStatus(); };
  if (now->row.state() != record::v1::REVIEW_STATE_CLOSING) return plan;
  now->row.set_state(record::v1::REVIEW_STATE_CLOSED);
  Effect& effect = plan.effects.emplace_back();
  effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  record::v1::CounterpartPart part;
  part.ParseFromString(AboutRequest(call, {}, kKindReview, "closed"));
  part.set_key_id(now->row.key_id());
  part.set_message_digest(now->row.period_digest());
  effect.entry.counterpart = part.SerializeAsString();
  effect.preconditions.push_back({ReviewKey(review_.key_id(), review_.first_day()), now->stamp});
  effect.rows.push_back(RowOf(now->row));
  return plan;
}

absl::Status FinishReviews(ledger::Ledger& ledger, Executor& executor) {
  absl::Status first = absl::OkStatus();
  struct Left {
    record::v1::StoredReview review;
    std::vector<std::string> requests;
    bool readable = true;
  };
  std::vector<Left> all;
  {
    const auto snapshot = ledger.store().NewSnapshot();
    const View view(*snapshot, ledger.keyring());
    const absl::Status visited = VisitReviews(view, [&](const ReviewRow& review) {
      if (review.row.state() != record::v1::REVIEW_STATE_CLOSING) return;
      const absl::StatusOr<Given> given = ReadGiven(view, review.row);
      first.Update(given.status());
      if (!given.ok()) return;
      absl::Status fault = absl::OkStatus();
      auto begun = BegunIn(view, review.row, ListedIn(*given), fault);
      first.Update(begun.status());
      first.Update(fault);
      if (begun.ok()) all.push_back({review.row, *std::move(begun), fault.ok()});
    });
    if (!visited.ok()) return visited;
  }
  for (Left& left : all) {
    for (size_t at = 0; at < left.requests.size(); at += ForgetReviewed::kMost) {
      const size_t end = std::min(at + ForgetReviewed::kMost, left.requests.size());
      const absl::Status gone = executor.RunAsNodeAndWait(std::make_shared<ForgetReviewed>(
          left.review,
          std::vector<std::string>(left.requests.begin() + static_cast<ptrdiff_t>(at),
                                   left.requests.begin() + static_cast<ptrdiff_t>(end))));
      first.Update(gone);
      left.readable = left.readable && gone.ok();
    }
    if (left.readable) {
      first.Update(executor.RunAsNodeAndWait(std::make_shared<EndReview>(left.review)));
    }
  }
  return first;
}

}  // namespace sluis::core
