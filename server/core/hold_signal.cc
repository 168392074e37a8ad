#include "server/core/hold_signal.h"

#include <utility>

#include "server/core/received_erasure.h"
#include "server/core/retention_watch.h"
#include "server/storage/clock.h"

namespace sluis::core {

const Method& HoldSignal::method() const {
  static const Method& method = MethodNamed("SignalService.HoldSignal");
  return method;
}

// Lifting a hold from what its sender erased erases it: nothing of it may be read in between.
absl::StatusOr<std::optional<Effect>> HoldSignal::ErasureThatWaited(const Call& call,
                                                                    const View& view,
                                                                    const RecordAct& act) const {
  if (request_.held()) return std::nullopt;
  Effect effect;
  effect.entry = EntryOf(call, record::v1::OPERATION_ERASURE, record::v1::OUTCOME_DONE);
  AddDecision(call, act.answer, effect.entry);
  const absl::StatusOr<bool> waited = AddErasureThatWaited(call, view, *act.record, effect);
  if (!waited.ok()) return waited.status();
  if (!*waited) return std::nullopt;
  return effect;
}

Effect HoldSignal::Changed(const Call& call, const RecordAct& act) const {
  Effect effect = EffectOf(call, act, record::v1::OPERATION_ALTERATION);
  effect.record.emplace();
  effect.record->row = act.record->row;
  effect.record->body = act.record->body;
  if (request_.held()) {
    // The row lies open in the store and in backups: what was typed goes into the sealed body only.
    effect.record->row.mutable_hold()->set_review_on(request_.review_on());
    effect.record->body.set_hold_reason(request_.reason());
  } else {
    effect.record->row.clear_hold();
    effect.record->body.clear_hold_reason();
    BringRetentionNearer(effect);
  }
  return effect;
}

absl::StatusOr<Plan> HoldSignal::Decide(const Call& call, View& view) {
  auto asked = AskAbout(call, view, request_.record_id(), "hold");
  if (!asked.ok()) return asked.status();
  if (auto* refused = std::get_if<Plan>(&*asked)) return std::move(*refused);
  const RecordAct& act = std::get<RecordAct>(*asked);
  if (auto refusal = RefuseReason(request_.reason(), 10)) {
    return RefuseAbout(call, act, *std::move(refusal));
  }
  const bool day_ok =
      request_.held() ? storage::IsDay(request_.review_on()) && request_.review_on() > call.today
                      : request_.review_on().empty();
  if (!day_ok) {
    return RefuseAbout(call, act,
                       {absl::StatusCode::kInvalidArgument, "bad_request",
                        "give a later day as YYYY-MM-DD to suspend, none to resume", "review_on"});
  }
  if (request_.held() == act.record->row.has_hold()) {
    return RefuseAbout(
        call, act,
        {absl::StatusCode::kFailedPrecondition, "unchanged",
         request_.held() ? "erasure is suspended already" : "erasure is not suspended", ""});
  }
  Plan plan;
  absl::StatusOr<std::optional<Effect>> waited = ErasureThatWaited(call, view, act);
  if (!waited.ok()) return waited.status();
  if (*waited) {
    plan.effects.push_back(**std::move(waited));
  } else {
    plan.effects.push_back(Changed(call, act));
  }
  plan.effects[0].entry.act.set_reason(request_.reason());
  plan.reply = [this](std::span<const ledger::Logged> logged) {
    *response_.mutable_log_receipt() = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
