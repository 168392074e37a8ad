#include "server/core/record_act.h"

#include <utility>

#include "server/core/author_mode.h"
#include "server/core/signal_check.h"

namespace sluis::core {

RecordFacts FactsOf(const Call& call, const OpenedRecord& record) {
  return {.signal = &record.body.signal(),
          // Nobody of this node wrote what a partner shared.
          .author_is_caller =
              !record.body.has_received() && record.body.recorded_by() == call.caller->user_id,
          .recorded_at_us = record.body.recorded_at_us(),
          .held = record.row.has_hold(),
          .author_mode = AuthorMode(call.terms->packs.schema(), record.body),
          .received_under = ReceivedUnder(call.terms->packs.schema(), record.body)};
}

Plan BadRecordId(const Call& call) {
  return RefusalPlan(call, {absl::StatusCode::kInvalidArgument, "bad_request",
                            "give the record id of 16 bytes", "record_id"});
}

Plan NoSuchRecord(const Call& call) {
  return RefusalPlan(call, {absl::StatusCode::kNotFound, "not_found",
                            "there is no such signal, or it was erased", ""});
}

absl::StatusOr<std::variant<std::shared_ptr<const OpenedRecord>, Plan>> OpenFor(
    const Call& call, const View& view, const std::string& record_id) {
  if (record_id.size() != kRecordIdBytes) {
    return BadRecordId(call);
  }
  absl::StatusOr<std::shared_ptr<const OpenedRecord>> record = view.OpenRecord(record_id);
  if (absl::IsNotFound(record.status())) return NoSuchRecord(call);
  if (!record.ok()) return record.status();
  return *std::move(record);
}

absl::StatusOr<std::variant<RecordAct, Plan>> AskAbout(const Call& call, const View& view,
                                                       const std::string& record_id,
                                                       std::string_view action) {
  auto opened = OpenFor(call, view, record_id);
  if (!opened.ok()) return opened.status();
  if (auto* refused = std::get_if<Plan>(&*opened)) return std::move(*refused);
  auto& record = std::get<std::shared_ptr<const OpenedRecord>>(*opened);
  Answer answer = Ask(call, action, FactsOf(call, *record));
  if (!answer.permitted()) return DecisionRefusalPlan(call, answer, std::move(record));
  return RecordAct{std::move(record), std::move(answer)};
}

Effect EffectOf(const Call& call, const RecordAct& act, record::v1::Operation operation) {
  Effect effect;
  effect.entry = EntryOf(call, operation, record::v1::OUTCOME_DONE);
  AddDecision(call, act.answer, effect.entry);
  AddSubject(*act.record, effect.entry);
  effect.preconditions.push_back({RecordKey(act.record->row.record_id()), act.record->stamp});
  effect.about = act.record;
  return effect;
}

Plan RefuseAbout(const Call& call, const RecordAct& act, Refusal refusal,
                 record::v1::Outcome outcome) {
  Plan plan = RefusalPlan(call, std::move(refusal));
  Entry& entry = plan.effects[0].entry;
  entry.act.set_outcome(outcome);
  AddDecision(call, act.answer, entry);
  AddSubject(*act.record, entry);
  plan.effects[0].about = act.record;
  return plan;
}

std::optional<Refusal> RefuseReason(const std::string& reason, size_t least) {
  if (HoldsRegisterNumber(reason)) {
    return Refusal{absl::StatusCode::kInvalidArgument, "bad_request",
                   "take the national register number out; it would stay in the log", "reason"};
  }
  if (IsText(reason, least, 500)) return std::nullopt;
  return Refusal{absl::StatusCode::kInvalidArgument, "bad_request",
                 "say why in " + std::to_string(least) + " to 500 characters", "reason"};
}

}  // namespace sluis::core
