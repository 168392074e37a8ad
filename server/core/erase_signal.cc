#include "server/core/erase_signal.h"

#include "server/core/erasure.h"
#include "server/core/record_act.h"

namespace sluis::core {

const Method& EraseSignal::method() const {
  static const Method& method = MethodNamed("SignalService.EraseSignal");
  return method;
}

absl::StatusOr<Plan> EraseSignal::Decide(const Call& call, View& view) {
  auto opened = OpenFor(call, view, request_.record_id());
  if (!opened.ok()) return opened.status();
  if (auto* refused = std::get_if<Plan>(&*opened)) return std::move(*refused);
  RecordAct act;
  act.record = std::get<std::shared_ptr<const OpenedRecord>>(*std::move(opened));
  RecordFacts facts = FactsOf(call, *act.record);
  act.answer = Ask(call, "erase", facts);
  bool permitted = act.answer.permitted();
  if (!permitted && facts.held) {
    // Denied only because of the hold: to be told apart from what the caller may not do at all.
    facts.held = false;
    permitted = Ask(call, "erase", facts).permitted();
  }
  if (!permitted) return DecisionRefusalPlan(call, act.answer, act.record);
  if (auto refusal = RefuseReason(request_.reason(), 3)) {
    return RefuseAbout(call, act, *std::move(refusal));
  }
  if (act.record->row.has_hold()) {
    return RefuseAbout(call, act,
                       {absl::StatusCode::kFailedPrecondition, "held",
                        "erasure is suspended until " + act.record->row.hold().review_on() +
                            "; lift the hold first",
                        ""},
                       record::v1::OUTCOME_HELD);
  }
  Plan plan;
  Effect& effect = plan.effects.emplace_back(EffectOf(call, act, record::v1::OPERATION_ERASURE));
  effect.entry.act.set_reason(request_.reason());
  const std::string everywhere = AddErasure(call, *act.record, effect);
  plan.reply = [this, everywhere](std::span<const ledger::Logged> logged) {
    response_.set_erased_everywhere_on(everywhere);
    *response_.mutable_log_receipt() = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
