#include "server/core/exercise.h"

#include "server/core/erase_shares.h"
#include "server/core/erasure.h"
#include "server/core/refusal.h"

namespace sluis::core {

const Method& EraseExercise::method() const {
  static const Method& method = *new Method{"Node.EraseExercise", node::v1::METHOD_CLASS_DATA};
  return method;
}

absl::StatusOr<Plan> EraseExercise::Decide(const Call& call, View& view) {
  if (!call.terms->active()) {
    return RefusalPlan(call, {absl::StatusCode::kFailedPrecondition, "not_due",
                              "the partnership is not active; nothing of an exercise ends", ""});
  }
  Plan plan;
  absl::Status fault = absl::OkStatus();
  for (const std::string& record_id : record_ids_) {
    absl::StatusOr<Erasable> record = FindErasable(view, record_id);
    if (!record.ok() && !absl::IsNotFound(record.status())) {
      fault.Update(record.status());
      continue;
    }
    Effect effect;
    effect.entry = EntryOf(call, record::v1::OPERATION_ERASURE, record::v1::OUTCOME_DONE);
    if (record.ok()) {
      AddErasure(call, *record, effect);
      const absl::Status shares = AddErasedShares(call, view, record_id, effect);
      if (!shares.ok()) return shares;
    } else {
      // Its keys went with an erasure that was applied again: only the mark is left.
      effect.rows.push_back({ExerciseKey(record_id), std::nullopt});
    }
    plan.effects.push_back(std::move(effect));
  }
  if (plan.effects.empty()) return fault;
  plan.reply = [](std::span<const ledger::Logged>) { return absl::OkStatus(); };
  return plan;
}

}  // namespace sluis::core
