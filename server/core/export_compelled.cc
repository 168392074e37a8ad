#include "server/core/export_compelled.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>

#include "server/core/owed_notice.h"
#include "server/core/projection.h"
#include "server/core/received_exchange.h"
#include "server/core/record_act.h"
#include "server/core/signal_check.h"
#include "server/storage/clock.h"

namespace sluis::core {
namespace {

using Names = std::set<std::string>;

constexpr char kAll[] = "all";
// Longest bar: longer than anything is kept.
constexpr int kMostBarredDays = 3660;

Refusal BadRequest(const char* what, const char* field) {
  return {absl::StatusCode::kInvalidArgument, "bad_request", what, field};
}

// Why this is no order; nothing when it is of form.
std::optional<Refusal> RefuseOrder(const Call& call, const OpenedRecord& record,
                                   const node::v1::ExportCompelledRequest& request) {
  for (const auto& [text, field] : {std::pair(&request.reference(), "reference"),
                                    std::pair(&request.authority(), "authority")}) {
    if (HoldsRegisterNumber(*text)) {
      return BadRequest("take the national register number out; it would stay in the log", field);
    }
    if (text->find('\n') != std::string::npos) return BadRequest("write it on one line", field);
  }
  if (request.reference().empty() && request.authority().empty()) {
    return Refusal{absl::StatusCode::kFailedPrecondition, "not_ordered",
                   "a signal is handed over only when an authority orders it; give the order, or "
                   "share the signal with a partner",
                   ""};
  }
  if (!IsText(request.reference(), 3, 120)) {
    return BadRequest("give the reference of the order in 3 to 120 characters", "reference");
  }
  if (!IsText(request.authority(), 3, 200)) {
    return BadRequest("say who ordered it in 3 to 200 characters", "authority");
  }
  const std::string& barred = request.barred_until();
  if (barred.empty()) return std::nullopt;
  if (!record.body.has_received()) {
    return BadRequest("leave the bar out; this signal came from no other organisation",
                      "barred_until");
  }
  if (!storage::IsDay(barred) || barred < call.today ||
      barred > storage::AddDays(call.today, kMostBarredDays)) {
    return BadRequest("give the last day of the bar as YYYY-MM-DD, at most ten years from now",
                      "barred_until");
  }
  return std::nullopt;
}

// The decision, narrowed to the fields that the order names.
std::variant<policies::Decision, Refusal> Narrowed(
    policies::Decision decision, const google::protobuf::RepeatedPtrField<std::string>& scope) {
  const Names asked(scope.begin(), scope.end());
  if (asked.empty() || asked.size() != static_cast<size_t>(scope.size()) ||
      (asked.contains(kAll) && asked.size() > 1)) {
    return BadRequest("name the fields that the order names, each once, or all", "scope");
  }
  if (asked.contains(kAll)) return decision;
  Names granted;
  for (const policies::GrantedField& field : decision.granted) granted.insert(field.name);
  if (!std::includes(granted.begin(), granted.end(), asked.begin(), asked.end())) {
    return Refusal{absl::StatusCode::kPermissionDenied, "scope",
                   "the rules do not hand over every field that is named; name others, or all",
                   "scope"};
  }
  std::erase_if(decision.granted, [&asked](const policies::GrantedField& field) {
    return !asked.contains(field.name);
  });
  return decision;
}

// What is handed over: no words of the own organisation about how it keeps the record.
record::v1::SignalView HandedOver(const OpenedRecord& record, const policies::Decision& narrowed) {
  record::v1::SignalView view = Project(record, narrowed);
  // Like the own reference to the person, that of the mandate stays.
  view.mutable_content()->clear_mandate_reference();
  view.clear_hold();
  view.clear_hold_reason();
  view.mutable_marks()->clear_secret_unmarked_reason();
  std::sort(view.mutable_granted_fields()->begin(), view.mutable_granted_fields()->end());
  return view;
}

}  // namespace

const Method& ExportCompelled::method() const {
  static const Method& method = MethodNamed("SignalService.ExportCompelled");
  return method;
}

absl::StatusOr<Plan> ExportCompelled::Decide(const Call& call, View& view) {
  const absl::StatusOr<std::string> record = RecordNamed(view, request_.record_id());
  if (!record.ok()) return record.status();
  auto asked = AskAbout(call, view, *record, "compel");
  if (!asked.ok()) return asked.status();
  if (auto* refused = std::get_if<Plan>(&*asked)) return std::move(*refused);
  const RecordAct& act = std::get<RecordAct>(*asked);
  if (auto refusal = RefuseOrder(call, *act.record, request_)) {
    return RefuseAbout(call, act, *std::move(refusal));
  }
  auto narrowed = Narrowed(act.answer.decision, request_.scope());
  if (auto* refusal = std::get_if<Refusal>(&narrowed)) {
    return RefuseAbout(call, act, std::move(*refusal));
  }
  auto handed = std::make_shared<record::v1::SignalView>(
      HandedOver(*act.record, std::get<policies::Decision>(narrowed)));
  const bool all = request_.scope(0) == kAll;
  if (handed->granted_fields().empty() ||
      (!all && handed->granted_fields_size() != request_.scope_size())) {
    return RefuseAbout(
        call, act,
        {absl::StatusCode::kPermissionDenied, "scope",
         "the signal does not have every field that is named; name others, or all", "scope"});
  }

  Plan plan;
  Effect& effect = plan.effects.emplace_back(EffectOf(call, act, record::v1::OPERATION_DISCLOSURE));
  *effect.entry.act.mutable_scope() = handed->granted_fields();
  effect.entry.act.set_barred_until(request_.barred_until());
  effect.entry.subject.set_order_reference(request_.reference());
  effect.entry.subject.set_order_authority(request_.authority());
  std::string told_from;
  if (act.record->body.has_received()) {
    const absl::StatusOr<std::string> owed =
        OweNotice(call, view,
                  {act.record->body.received().exchange_id(), handed->granted_fields(),
                   request_.barred_until()},
                  random_, effect);
    if (!owed.ok()) return owed.status();
    told_from = *owed;
  }
  plan.reply = [this, handed, told_from, now_us = call.now_us,
                organisation = call.terms->organisation,
                exercise = act.record->row.exercise()](std::span<const ledger::Logged> logged) {
    *response_.mutable_view() = std::move(*handed);
    response_.set_handed_over_at_us(now_us);
    response_.set_organisation(organisation);
    response_.set_told_from(told_from);
    response_.set_exercise(exercise);
    *response_.mutable_log_receipt() = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
