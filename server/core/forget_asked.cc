#include "server/core/forget_asked.h"

#include <algorithm>
#include <memory>

#include "server/core/asked_evaluation.h"
#include "server/core/refusal.h"
#include "server/ledger/row.h"

namespace sluis::core {
namespace {

constexpr std::string_view kErased = "erased";

uint32_t Today(uint64_t now_us) { return evaluation::DayOf(now_us / evaluation::kUsPerSecond); }

}  // namespace

const Method& ForgetAsked::method() const {
  static const Method& method = *new Method{"Node.ForgetAsked", node::v1::METHOD_CLASS_UNSPECIFIED};
  return method;
}

absl::StatusOr<Plan> ForgetAsked::Decide(const Call& call, View& view) {
  Plan plan;
  absl::Status fault = absl::OkStatus();
  for (const std::string& id : request_ids_) {
    const absl::StatusOr<AskedRow> asked = ReadAsked(view, id);
    if (absl::IsNotFound(asked.status())) continue;
    if (asked.ok() && asked->row.last_day() >= Today(call.now_us)) continue;
    const absl::StatusOr<Forgotten> forgotten =
        asked.ok() ? ForgottenOf(view, id, *asked) : absl::StatusOr<Forgotten>(asked.status());
    if (!forgotten.ok()) {
      fault.Update(forgotten.status());
      continue;
    }
    Effect& effect = plan.effects.emplace_back();
    effect.entry = EntryOf(call, record::v1::OPERATION_ERASURE, record::v1::OUTCOME_DONE);
    effect.entry.counterpart = AboutRequest(call, id, kKindPersons, kErased);
    effect.preconditions.push_back({AskedKey(id), asked->stamp});
    AddForgotten(call, *forgotten, effect);
  }
  if (plan.effects.empty()) {
    if (!fault.ok()) return fault;
    return RefusalPlan(call, {absl::StatusCode::kFailedPrecondition, "not_due",
                              "nothing of this is left, or its last day is not over; look again "
                              "later",
                              ""});
  }
  plan.reply = [fault](std::span<const ledger::Logged>) { return fault; };
  return plan;
}

absl::Status ForgetAskedEvaluations(ledger::Ledger& ledger, Executor& executor, uint64_t now_us) {
  std::vector<std::string> due;
  absl::Status first = absl::OkStatus();
  {
    const auto snapshot = ledger.store().NewSnapshot();
    const View view(*snapshot, ledger.keyring());
    const std::string prefix = ledger::RowKey(ledger::Table::kAskedEvaluation);
    const absl::Status scanned = snapshot->Scan(
        prefix, storage::PrefixEnd(prefix), [&](std::string_view key, std::string_view) {
          std::string id(key.substr(prefix.size()));
          const absl::StatusOr<AskedRow> asked = ReadAsked(view, id);
          first.Update(asked.status());
          if (asked.ok() && asked->row.last_day() < Today(now_us)) due.push_back(std::move(id));
          return true;
        });
    if (!scanned.ok()) return scanned;
  }
  for (size_t at = 0; at < due.size(); at += ForgetAsked::kMost) {
    const size_t end = std::min(at + ForgetAsked::kMost, due.size());
    first.Update(executor.RunAsNodeAndWait(std::make_shared<ForgetAsked>(std::vector<std::string>(
        due.begin() + static_cast<ptrdiff_t>(at), due.begin() + static_cast<ptrdiff_t>(end)))));
  }
  return first;
}

}  // namespace sluis::core
