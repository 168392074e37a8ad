#include "server/core/erase_signal.h"

#include <utility>

#include "server/core/erase_shares.h"
#include "server/core/erasure.h"
#include "server/core/record_act.h"

namespace sluis::core {
namespace {

// A refusal about the record; of one that cannot be opened no key is at hand to name it under.
Plan Refuse(const Call& call, const Erasable& record, const Answer& answer, Refusal refusal,
            record::v1::Outcome outcome = record::v1::OUTCOME_REFUSED) {
  if (record.opened) return RefuseAbout(call, {record.opened, answer}, std::move(refusal), outcome);
  Plan plan = RefusalPlan(call, std::move(refusal));
  plan.effects[0].entry.act.set_outcome(outcome);
  AddDecision(call, answer, plan.effects[0].entry);
  return plan;
}

}  // namespace

const Method& EraseSignal::method() const {
  static const Method& method = MethodNamed("SignalService.EraseSignal");
  return method;
}

absl::StatusOr<Plan> EraseSignal::Decide(const Call& call, View& view) {
  if (request_.record_id().size() != kRecordIdBytes) return BadRecordId(call);
  absl::StatusOr<Erasable> record = FindErasable(view, request_.record_id());
  if (absl::IsNotFound(record.status())) return NoSuchRecord(call);
  if (!record.ok()) return record.status();
  // Of a record that cannot be opened only the hold is known; what is not known permits nothing.
  RecordFacts facts = record->opened
                          ? FactsOf(call, *record->opened)
                          : RecordFacts{.held = record->row.has_hold(), .unreadable = true};
  const Answer answer = Ask(call, "erase", facts);
  bool permitted = answer.permitted();
  if (!permitted && facts.held) {
    // Denied only because of the hold: to be told apart from what the caller may not do at all.
    facts.held = false;
    permitted = Ask(call, "erase", facts).permitted();
  }
  if (!permitted) return DecisionRefusalPlan(call, answer, record->opened);
  if (auto refusal = RefuseReason(request_.reason(), 3)) {
    return Refuse(call, *record, answer, *std::move(refusal));
  }
  if (record->row.has_hold()) {
    return Refuse(
        call, *record, answer,
        {absl::StatusCode::kFailedPrecondition, "held",
         "erasure is suspended until " + record->row.hold().review_on() + "; lift the hold first",
         ""},
        record::v1::OUTCOME_HELD);
  }
  auto verified = VerifyErasureStatements(call, view, request_);
  if (!verified.ok()) return verified.status();
  if (auto* refusal = std::get_if<Refusal>(&*verified)) {
    return Refuse(call, *record, answer, std::move(*refusal));
  }
  Plan plan;
  Effect& effect = plan.effects.emplace_back();
  effect.entry = EntryOf(call, record::v1::OPERATION_ERASURE, record::v1::OUTCOME_DONE);
  AddDecision(call, answer, effect.entry);
  effect.entry.act.set_reason(request_.reason());
  const std::string everywhere = AddErasure(call, *record, effect);
  const absl::StatusOr<ErasedShares> shares = AddErasedShares(
      call, view, request_.record_id(), std::get<ErasureSignatures>(*verified), plan);
  if (!shares.ok()) return shares.status();
  plan.reply = [this, everywhere, shares = *shares](std::span<const ledger::Logged> logged) {
    response_.set_erased_everywhere_on(everywhere);
    response_.set_partners_asked(static_cast<uint32_t>(shares.asked));
    *response_.mutable_log_receipt() = LogReceiptOf(logged[0]);
    return shares.status();
  };
  return plan;
}

}  // namespace sluis::core
