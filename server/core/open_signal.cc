#include "server/core/open_signal.h"

#include <memory>
#include <utility>

#include "server/core/projection.h"
#include "server/core/received_exchange.h"
#include "server/core/received_tags.h"
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
  SamePersons others(call, view);
  absl::StatusOr<SamePersons::Found> found = others.Of(*act.record, {});
  if (!found.ok()) return found.status();
  const auto same = std::make_shared<SamePersons::Found>(*std::move(found));
  Plan plan;
  plan.effects.push_back(EffectOf(call, act, record::v1::OPERATION_CONSULTATION));
  // That they are there is read as a list reads it.
  const Answer listing = same->records.empty() ? Answer() : Ask(call, "list", {});
  if (!listing.permitted()) {
    same->records.clear();
  } else {
    Effect& beside = plan.effects.emplace_back();
    beside.entry = EntryOf(call, record::v1::OPERATION_CONSULTATION, record::v1::OUTCOME_DONE);
    AddDecision(call, listing, beside.entry);
    for (const node::v1::SamePerson& one : same->records) {
      beside.entry.subject.add_record_ids(one.record_id());
    }
    for (const auto& [key, stamp] : others.unchanged())
      beside.preconditions.push_back({key, stamp});
  }
  // What is released is projected only now, from the record that this entry names.
  plan.reply = [this, same, act = std::move(act)](std::span<const ledger::Logged> logged) {
    *response_.mutable_view() = Project(*act.record, act.answer.decision);
    for (node::v1::SamePerson& one : same->records) *response_.add_same_person() = std::move(one);
    *response_.mutable_log_receipt() = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
