#include "server/core/open_signal.h"

#include "server/core/projection.h"
#include "server/core/received_exchange.h"
#include "server/core/record_act.h"

namespace sluis::core {
const Method& OpenSignal::method() const {
  static const Method& method = MethodNamed("SignalService.OpenSignal");
  return method;
}

absl::StatusOr<Plan> OpenSignal::Decide(const Call& call, View& view) {
  const absl::StatusOr<std::string> record = RecordNamed(view, request_.record_id());
  if (!record.ok()) return record.status();
  auto asked = AskAbout(call, view, *record, "read");
  if (!asked.ok()) return asked.status();
  if (auto* refused = std::get_if<Plan>(&*asked)) return std::move(*refused);
  RecordAct& act = std::get<RecordAct>(*asked);
  if (act.record->row.state() != record::v1::RECORD_STATE_OPEN) {
    return RefuseAbout(call, act,
                       {absl::StatusCode::kFailedPrecondition, "withdrawn",
                        "the signal was taken back and is no longer read", ""});
  }
  Plan plan;
  plan.effects.push_back(EffectOf(call, act, record::v1::OPERATION_CONSULTATION));
  // What is released is projected only now, from the record that this entry names.
  plan.reply = [this, act = std::move(act)](std::span<const ledger::Logged> logged) {
    *response_.mutable_view() = Project(*act.record, act.answer.decision);
    *response_.mutable_log_receipt() = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
