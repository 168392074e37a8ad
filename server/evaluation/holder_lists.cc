// What a holder tells the privacy officer of who asked.
#include <algorithm>
#include <utility>

#include "server/evaluation/holder.h"
#include "server/evaluation/limits.h"

namespace sluis::evaluation {
namespace {

peer::v1::EvaluatedItem ItemOf(const HeldRow& row) {
  peer::v1::EvaluatedItem out;
  out.set_request_digest(row.request_digest());
  out.set_request_id(row.request_id());
  out.set_leaf_hash(row.leaf_hash());
  out.set_case_token(row.case_token());
  out.set_count(row.count());
  out.set_blinded_digest(row.blinded_digest());
  out.set_proven(row.proof() == record::v1::EVALUATION_PROOF_STATE_PROVEN);
  return out;
}

bool Overlap(const record::v1::HeldDraw& held, const PeriodScope& scope) {
  return held.asker() == scope.asker && held.first_day() <= scope.last_day &&
         held.last_day() >= scope.first_day;
}

}  // namespace

absl::StatusOr<std::string> Holder::ListOf(const std::string& asker, uint32_t day, uint64_t now_us,
                                           const crypto::SigningKey& identity) const {
  if (day >= DayOf(now_us / kUsPerSecond)) {
    return absl::FailedPreconditionError("the day is not over; ask for its list tomorrow");
  }
  peer::v1::EvaluationList body;
  body.set_version(kVersion);
  body.set_partnership(own_.package->partnership);
  body.set_asker(asker);
  body.set_key_id(std::string(crypto::View(own_.package->key_id)));
  body.set_holder(own_.index);
  body.set_day(day);
  for (const HeldRow& row : book_.OfDay(asker, day)) *body.add_items() = ItemOf(row);
  return SignDayList(body, identity).Serialise();
}

absl::StatusOr<Holder::Drawn> Holder::Draw(const Period& period, const HolderSecrets& secrets) {
  const PeriodScope& scope = period.scope();
  const auto digest = std::string(crypto::View(period.digest()));
  for (const record::v1::HeldDraw& held : draws_) {
    if (Overlap(held, scope) && held.period_digest() != digest &&
        held.holders() <= period.holders().size()) {
      return absl::FailedPreconditionError(
          "this holder has drawn for these days; use that, or leave out who withheld its part");
    }
  }
  for (const DayList* list : period.ListsOf(own_.index)) {
    const std::vector<HeldRow> rows = book_.OfDay(scope.asker, list->body.day());
    const bool same =
        std::equal(rows.begin(), rows.end(), list->body.items().begin(), list->body.items().end(),
                   [](const HeldRow& row, const peer::v1::EvaluatedItem& item) {
                     return row.request_digest() == item.request_digest();
                   });
    if (!same) {
      return absl::FailedPreconditionError(
          "a list given as this holder's own is not what it has; gather its lists again");
    }
  }
  if (!period.holders().contains(own_.index)) {
    return absl::FailedPreconditionError(
        "the lists of this holder are not in the period; gather them first");
  }
  absl::StatusOr<std::string> draw =
      MakeDraw(*own_.package, own_.index, period.digest(), secrets.share, secrets.random);
  if (!draw.ok()) return draw.status();
  record::v1::HeldDraw row;
  row.set_version(kVersion);
  row.set_asker(scope.asker);
  row.set_first_day(scope.first_day);
  row.set_last_day(scope.last_day);
  row.set_period_digest(digest);
  row.set_holders(static_cast<uint32_t>(period.holders().size()));
  Drawn out{*std::move(draw), StoredFormOf(row)};
  std::erase_if(draws_, [&](const auto& held) {
    return held.asker() == scope.asker && held.period_digest() == digest;
  });
  draws_.push_back(std::move(row));
  return out;
}

}  // namespace sluis::evaluation
