#include "server/core/withdraw_signal.h"

#include "server/core/received_tags.h"
#include "server/core/record_act.h"

namespace sluis::core {

const Method& WithdrawSignal::method() const {
  static const Method& method = MethodNamed("SignalService.WithdrawSignal");
  return method;
}

absl::StatusOr<Plan> WithdrawSignal::Decide(const Call& call, View& view) {
  auto asked = AskAbout(call, view, request_.record_id(), "withdraw");
  if (!asked.ok()) return asked.status();
  if (auto* refused = std::get_if<Plan>(&*asked)) return std::move(*refused);
  const RecordAct& act = std::get<RecordAct>(*asked);
  if (auto refusal = RefuseReason(request_.reason(), 3)) {
    return RefuseAbout(call, act, *std::move(refusal));
  }
  if (act.record->row.state() != record::v1::RECORD_STATE_OPEN) {
    return RefuseAbout(call, act,
                       {absl::StatusCode::kFailedPrecondition, "withdrawn",
                        "the signal was taken back already", ""});
  }
  Plan plan;
  Effect& effect = plan.effects.emplace_back(EffectOf(call, act, record::v1::OPERATION_ALTERATION));
  effect.entry.act.set_reason(request_.reason());
  effect.record.emplace();
  effect.record->row = act.record->row;
  effect.record->row.set_state(record::v1::RECORD_STATE_WITHDRAWN);
  effect.record->body = act.record->body;
  const absl::Status gone = ForgetTags(view, effect.record->row, effect);
  if (!gone.ok()) return gone;
  plan.reply = [this](std::span<const ledger::Logged> logged) {
    *response_.mutable_log_receipt() = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
