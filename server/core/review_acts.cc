#include "server/core/review_acts.h"

#include <algorithm>

#include "crypto/hash.h"
#include "server/core/refusal.h"
#include "server/evaluation/limits.h"
#include "server/evaluation/parts.h"
#include "server/ledger/reader.h"

namespace sluis::core {
namespace {

using evaluation::DayOf;
using evaluation::kUsPerSecond;

const Method& NodeMethod(const char* name) {
  return *new Method{name, node::v1::METHOD_CLASS_UNSPECIFIED};
}

record::v1::CounterpartPart PartOf(const Call& call, const record::v1::StoredReview& review,
                                   std::string_view outcome) {
  record::v1::CounterpartPart part;
  part.set_side(std::string(evaluation::kSideAsker));
  part.set_kind(std::string(kKindReview));
  part.set_partnership(call.terms->partnership);
  part.set_key_id(review.key_id());
  part.set_message_digest(review.period_digest());
  part.set_outcome(std::string(outcome));
  return part;
}

bool Overlap(const record::v1::StoredReview& a, const record::v1::StoredReview& b) {
  return a.key_id() == b.key_id() && a.first_day() <= b.last_day() && b.first_day() <= a.last_day();
}

Plan NothingLeft() {
  Plan plan;
  plan.reply = [](std::span<const ledger::Logged>) { return absl::OkStatus(); };
  return plan;
}

// The review as it is now, when it is the same and still at this step.
absl::StatusOr<std::optional<ReviewRow>> Still(const View& view,
                                               const record::v1::StoredReview& review,
                                               record::v1::ReviewState state) {
  absl::StatusOr<ReviewRow> now = ReadReview(view, review.key_id(), review.first_day());
  // Abandoned meanwhile.
  if (absl::IsNotFound(now.status())) return std::nullopt;
  if (!now.ok()) return now.status();
  if (now->row.last_day() != review.last_day() || now->row.state() != state) return std::nullopt;
  return std::optional(*std::move(now));
}

bool IsListOf(const SharedKey& key, const record::v1::StoredReview& review, const Call& call,
              const FromHolder& from, uint32_t* day) {
  const absl::StatusOr<evaluation::DayList> list = evaluation::ReadDayList(from.second);
  const auto known = key.keys().find(from.first);
  if (!list.ok() || known == key.keys().end() || !list->SignedBy(known->second)) return false;
  *day = list->body.day();
  return list->body.holder() == from.first && list->body.partnership() == call.terms->partnership &&
         list->body.asker() == call.terms->organisation && list->body.key_id() == review.key_id() &&
         *day >= review.first_day() && *day <= review.last_day();
}

// That what a holder gave is not believed.
Effect Unbelieved(const Call& call, const SharedKey& key, const record::v1::StoredReview& review,
                  const FromHolder& from) {
  Effect effect;
  effect.entry = EntryOf(call, record::v1::OPERATION_REFUSAL, record::v1::OUTCOME_REFUSED);
  effect.entry.act.set_refusal("unbelieved");
  record::v1::CounterpartPart part = PartOf(call, review, "unbelieved");
  if (const auto holder = key.holders().find(from.first); holder != key.holders().end()) {
    part.set_peer(holder->second);
  }
  part.set_message_digest(std::string(crypto::View(crypto::Sha256(from.second))));
  effect.entry.counterpart = part.SerializeAsString();
  return effect;
}

}  // namespace

Plan RefuseReview(const Call& call, std::string code, std::string message, std::string field) {
  const auto status = code == "bad_request" ? absl::StatusCode::kInvalidArgument
                                            : absl::StatusCode::kFailedPrecondition;
  return RefusalPlan(call, {status, std::move(code), std::move(message), std::move(field)});
}

ledger::RowWrite RowOf(const record::v1::StoredReview& review) {
  return {ReviewKey(review.key_id(), review.first_day()), review.SerializeAsString()};
}

Effect ReviewStep(const Call& call, const Answer& answer, const record::v1::StoredReview& review,
                  uint64_t stamp, std::string_view outcome) {
  Effect effect;
  effect.entry = EntryOf(call, record::v1::OPERATION_CONSULTATION, record::v1::OUTCOME_DONE);
  AddDecision(call, answer, effect.entry);
  effect.entry.counterpart = PartOf(call, review, outcome).SerializeAsString();
  effect.preconditions.push_back({ReviewKey(review.key_id(), review.first_day()), stamp});
  return effect;
}

absl::StatusOr<std::variant<NamedReview, Plan>> NameReview(const Call& call, const View& view,
                                                           const node::v1::ReviewPeriod& period) {
  if (period.first_day() > period.last_day() ||
      period.last_day() - period.first_day() >= evaluation::kMaxPeriodDays ||
      period.last_day() >= DayOf(call.now_us / kUsPerSecond)) {
    return RefuseReview(call, "bad_request",
                        "a period has 1 to 92 UTC days that are over; give its first and last day",
                        "period");
  }
  Answer answer = Ask(call, "audit", {});
  if (!answer.permitted()) return DecisionRefusalPlan(call, answer, nullptr);
  absl::StatusOr<SharedKey> key =
      SharedKey::Of(view, *call.terms, period.purpose(), period.epoch());
  if (absl::IsNotFound(key.status())) {
    return RefuseReview(call, "no_key", "no key of that purpose and epoch is pinned here",
                        "period");
  }
  if (!key.ok()) return key.status();
  absl::StatusOr<ReviewRow> review = ReadReview(view, key->key_id(), period.first_day());
  if (!review.ok() && !absl::IsNotFound(review.status())) return review.status();
  NamedReview out{*std::move(key), std::move(answer), std::nullopt};
  if (review.ok() && review->row.last_day() == period.last_day()) out.review = *std::move(review);
  return out;
}

const Method& CollectLists::method() const {
  static const Method& method = MethodNamed("ReviewService.CollectLists");
  return method;
}

absl::StatusOr<Plan> CollectLists::Decide(const Call& call, View& view) {
  auto found = NameReview(call, view, request_.period());
  if (!found.ok()) return found.status();
  if (auto* refusal = std::get_if<Plan>(&*found)) return std::move(*refusal);
  const auto& named = std::get<NamedReview>(*found);
  record::v1::StoredReview review;
  if (named.review) {
    review = named.review->row;
    if (review.state() != record::v1::REVIEW_STATE_COLLECTING) {
      return RefuseReview(call, "review_step",
                          "the lists of this review are fixed; go on with the next step");
    }
  } else {
    // Holders say rightly that they had no share then: it could never be drawn.
    if (request_.period().first_day() < named.key.since_day()) {
      return RefuseReview(call, "bad_request",
                          "the key was not pinned here on the first of these days; begin on the "
                          "day on which it was, or later",
                          "period");
    }
    review.set_version(1);
    review.set_key_id(std::string(named.key.key_id()));
    review.set_purpose(named.key.package().purpose);
    review.set_epoch(named.key.package().epoch);
    review.set_first_day(request_.period().first_day());
    review.set_last_day(request_.period().last_day());
    review.set_state(record::v1::REVIEW_STATE_COLLECTING);
    bool overlaps = false;
    const absl::Status visited = VisitReviews(
        view, [&](const ReviewRow& other) { overlaps = overlaps || Overlap(other.row, review); });
    if (!visited.ok()) return visited;
    if (overlaps) {
      return RefuseReview(call, "review_overlaps",
                          "another review has some of these days; look at the reviews", "period");
    }
  }
  const absl::StatusOr<Given> given = ReadGiven(view, review);
  if (!given.ok()) return given.status();
  task_->review = review;
  task_->holders = named.key.holders();
  task_->lists = Lacking(named.key, review, *given);
  Plan plan;
  plan.effects.push_back(ReviewStep(
      call, named.answer, review, named.review ? named.review->stamp : ledger::kAbsent, "collect"));
  if (!named.review) plan.effects[0].rows.push_back(RowOf(review));
  plan.reply = [task = task_](std::span<const ledger::Logged> logged) {
    task->receipt = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

const Method& KeepReviewLists::method() const {
  static const Method& method = NodeMethod("Node.KeepReviewLists");
  return method;
}

absl::StatusOr<Plan> KeepReviewLists::Decide(const Call& call, View& view) {
  const auto now = Still(view, review_, record::v1::REVIEW_STATE_COLLECTING);
  if (!now.ok()) return now.status();
  if (!*now) return NothingLeft();
  const auto key = SharedKey::Of(view, *call.terms, review_.purpose(), review_.epoch());
  if (!key.ok()) return key.status();
  Plan plan;
  Effect kept;
  kept.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  kept.entry.counterpart = PartOf(call, review_, "listed").SerializeAsString();
  kept.preconditions.push_back({ReviewKey(review_.key_id(), review_.first_day()), (*now)->stamp});
  for (const FromHolder& from : lists_) {
    uint32_t day = 0;
    if (!IsListOf(*key, review_, call, from, &day)) {
      plan.refused_parts.push_back(plan.effects.size());
      plan.effects.push_back(Unbelieved(call, *key, review_, from));
      continue;
    }
    const std::string row = ReviewListKey(review_.key_id(), review_.first_day(), from.first, day);
    const absl::StatusOr<uint64_t> stamp = view.StampOf(row);
    if (!stamp.ok()) return stamp.status();
    if (*stamp != ledger::kAbsent) continue;
    kept.preconditions.push_back({row, ledger::kAbsent});
    kept.rows.push_back({row, from.second});
  }
  if (!kept.rows.empty()) {
    kept.entry.act.set_count(static_cast<uint32_t>(kept.rows.size()));
    // Written again as it is: a draw that was planned without these lists rests on it.
    kept.rows.push_back(RowOf((*now)->row));
    plan.effects.push_back(std::move(kept));
  }
  plan.refusal = plan.refused_parts.size() == plan.effects.size() && !plan.effects.empty();
  if (plan.refusal) plan.refused_parts.clear();
  plan.reply = [](std::span<const ledger::Logged>) { return absl::OkStatus(); };
  return plan;
}

const Method& DrawSample::method() const {
  static const Method& method = MethodNamed("ReviewService.DrawSample");
  return method;
}

absl::StatusOr<Plan> DrawSample::Decide(const Call& call, View& view) {
  if (request_.per_holder() > kMaxPerHolder) {
    return RefuseReview(call, "bad_request", "take 1 to 100 of what each holder lists",
                        "per_holder");
  }
  auto found = NameReview(call, view, request_.period());
  if (!found.ok()) return found.status();
  if (auto* refusal = std::get_if<Plan>(&*found)) return std::move(*refusal);
  const auto& named = std::get<NamedReview>(*found);
  if (!named.review) {
    return RefuseReview(call, "no_review", "collect the lists of this period first", "period");
  }
  record::v1::StoredReview review = named.review->row;
  if (review.state() != record::v1::REVIEW_STATE_COLLECTING &&
      review.state() != record::v1::REVIEW_STATE_FIXED) {
    return RefuseReview(call, "review_step", "the sample of this review is drawn; open it");
  }
  const absl::StatusOr<Given> given = ReadGiven(view, review);
  if (!given.ok()) return given.status();
  record::v1::StoredReview fixed = review;
  // Whoever sees all needs no lists that others drew from.
  if (request_.everything()) fixed.clear_period_digest();
  const absl::StatusOr<evaluation::Period> period =
      GatherPeriod(named.key, fixed, call.terms->organisation, caps_, *given);
  if (absl::IsFailedPrecondition(period.status())) {
    return RefuseReview(
        call, "lists_missing",
        "so many holders gave no list that a request could be in none; collect again");
  }
  if (!period.ok()) return absl::DataLossError(period.status().message());
  task_->holders = named.key.holders();
  task_->period.Clear();
  std::string_view outcome = "everything";
  if (request_.everything() || !period->missing().empty()) {
    review.set_everything(true);
    const absl::Status put = PutSample(named.key, *period, evaluation::Sample::Everything(*period),
                                       call.now_us / kUsPerSecond, review);
    if (!put.ok()) return put;
  } else {
    outcome = "fixed";
    // Who draws again does not change how many are taken: it could know the seed by then.
    if (review.state() == record::v1::REVIEW_STATE_COLLECTING) {
      review.set_per_holder(request_.per_holder() == 0 ? kDefaultPerHolder : request_.per_holder());
    }
    review.set_state(record::v1::REVIEW_STATE_FIXED);
    review.set_period_digest(std::string(crypto::View(period->digest())));
    task_->period = period->Stated();
    for (const auto& [at, bytes] : *given) {
      if (at.second == kReveal) task_->holders.erase(at.first);
    }
    std::erase_if(task_->holders,
                  [&](const auto& holder) { return !period->holders().contains(holder.first); });
  }
  task_->review = review;
  Plan plan;
  plan.effects.push_back(ReviewStep(call, named.answer, review, named.review->stamp, outcome));
  plan.effects[0].rows.push_back(RowOf(review));
  plan.reply = [task = task_](std::span<const ledger::Logged> logged) {
    task->receipt = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

const Method& KeepReviewReveals::method() const {
  static const Method& method = NodeMethod("Node.KeepReviewReveals");
  return method;
}

absl::StatusOr<Plan> KeepReviewReveals::Decide(const Call& call, View& view) {
  const auto now = Still(view, review_, record::v1::REVIEW_STATE_FIXED);
  if (!now.ok()) return now.status();
  if (!*now) return NothingLeft();
  const auto key = SharedKey::Of(view, *call.terms, review_.purpose(), review_.epoch());
  if (!key.ok()) return key.status();
  absl::StatusOr<Given> given = ReadGiven(view, (*now)->row);
  if (!given.ok()) return given.status();
  const absl::StatusOr<evaluation::Period> period =
      GatherPeriod(*key, (*now)->row, call.terms->organisation, caps_, *given);
  if (!period.ok()) return period.status();
  Plan plan;
  Effect kept;
  for (const FromHolder& from : told_.reveals) {
    const auto index = evaluation::CheckReveal(*period, key->keys(), from.second);
    if (!index.ok() || *index != from.first) {
      plan.refused_parts.push_back(plan.effects.size());
      plan.effects.push_back(Unbelieved(call, *key, review_, from));
    } else if (given->emplace(std::pair(from.first, kReveal), from.second).second) {
      kept.rows.push_back(
          {ReviewRevealKey(review_.key_id(), review_.first_day(), from.first), from.second});
    }
  }
  if (!kept.rows.empty()) {
    record::v1::StoredReview review = (*now)->row;
    // Only heads of this very log: what a holder made up proves nothing.
    const ledger::LogReader reader({}, view.snapshot(), view.keyring());
    const absl::StatusOr<uint64_t> size = reader.Size();
    if (!size.ok()) return size.status();
    for (const crypto::TreeHead& told : told_.heads) {
      if (told.size == 0 || told.size > *size) continue;
      const absl::StatusOr<crypto::TreeHead> own = reader.Head(told.size);
      if (!own.ok()) return own.status();
      if (own->root != told.root) continue;
      record::v1::KnownLogHead& head = *review.add_heads();
      head.set_size(told.size);
      head.set_root(std::string(crypto::View(told.root)));
    }
    const auto sample = SampleOf(review, *period, *given);
    if (sample.ok()) {
      const absl::Status put =
          PutSample(*key, *period, *sample, call.now_us / kUsPerSecond, review);
      if (!put.ok()) return put;
    } else if (!absl::IsFailedPrecondition(sample.status())) {
      return sample.status();
    }
    kept.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
    kept.entry.act.set_count(static_cast<uint32_t>(kept.rows.size()));
    kept.entry.counterpart =
        PartOf(call, review, sample.ok() ? "drawn" : "revealed").SerializeAsString();
    kept.preconditions.push_back({ReviewKey(review_.key_id(), review_.first_day()), (*now)->stamp});
    kept.rows.push_back(RowOf(review));
    plan.effects.push_back(std::move(kept));
  }
  plan.refusal = plan.refused_parts.size() == plan.effects.size() && !plan.effects.empty();
  if (plan.refusal) plan.refused_parts.clear();
  plan.reply = [](std::span<const ledger::Logged>) { return absl::OkStatus(); };
  return plan;
}

const Method& GetReviews::method() const {
  static const Method& method = MethodNamed("ReviewService.GetReviews");
  return method;
}

absl::StatusOr<Plan> GetReviews::Decide(const Call& call, View& view) {
  const Answer answer = Ask(call, "audit", {});
  if (!answer.permitted()) return DecisionRefusalPlan(call, answer, nullptr);
  auto shown = std::make_shared<node::v1::GetReviewsResponse>();
  absl::Status fault = absl::OkStatus();
  const absl::Status visited = VisitReviews(view, [&](const ReviewRow& review) {
    absl::StatusOr<node::v1::ReviewView> one = ViewOf(view, *call.terms, review);
    fault.Update(one.status());
    if (one.ok()) *shown->add_reviews() = *std::move(one);
  });
  if (!visited.ok()) return visited;
  if (!fault.ok()) return fault;
  Plan plan;
  Effect& effect = plan.effects.emplace_back();
  effect.entry = EntryOf(call, record::v1::OPERATION_CONSULTATION, record::v1::OUTCOME_DONE);
  AddDecision(call, answer, effect.entry);
  plan.reply = [this, shown](std::span<const ledger::Logged> logged) {
    response_ = std::move(*shown);
    *response_.mutable_log_receipt() = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
