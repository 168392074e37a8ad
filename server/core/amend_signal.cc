#include "server/core/amend_signal.h"

#include "policies/obligation.h"
#include "server/core/asked_evaluation.h"
#include "server/core/author_mode.h"
#include "server/core/erasure.h"
#include "server/core/record_act.h"
#include "server/core/record_signal.h"
#include "server/core/retention_watch.h"
#include "server/core/subject_identity.h"
#include "server/storage/clock.h"

namespace sluis::core {

namespace {

// What becomes of the identity: the one that is to be sealed, if any, and whether that which is
// there goes.
struct IdentityChange {
  std::optional<record::v1::SubjectIdentity> written;
  bool replaces = false;
};

std::variant<IdentityChange, Refusal> ChangeOf(const Call& call,
                                               const node::v1::AmendSignalRequest& request,
                                               const record::v1::StoredRecord& row) {
  const auto refuse = [](const char* what, const char* field) {
    return Refusal{absl::StatusCode::kInvalidArgument, "bad_signal", what, field};
  };
  if (request.has_identity() && request.remove_identity()) {
    return refuse("give who it is about, or have it removed, not both", "remove_identity");
  }
  IdentityChange change;
  if (request.has_identity()) {
    auto checked = CheckIdentity(call, request.identity(), request.signal().content());
    if (auto* refusal = std::get_if<Refusal>(&checked)) return std::move(*refusal);
    change.written = std::get<record::v1::SubjectIdentity>(std::move(checked));
  } else if (!request.remove_identity() && row.has_identity() &&
             request.signal().content().subject_kind() != record::v1::SUBJECT_KIND_PERSON) {
    return refuse("a place is nobody: have who it was about removed with this correction",
                  "remove_identity");
  }
  change.replaces = row.has_identity() && (request.has_identity() || request.remove_identity());
  if (change.replaces && row.has_hold()) {
    return Refusal{absl::StatusCode::kFailedPrecondition, "held",
                   "erasure is suspended until " + row.hold().review_on() +
                       ", also of who it is about; lift the hold first",
                   ""};
  }
  return change;
}

}  // namespace

const Method& AmendSignal::method() const {
  static const Method& method = MethodNamed("SignalService.AmendSignal");
  return method;
}

absl::StatusOr<Plan> AmendSignal::Decide(const Call& call, View& view) {
  auto asked = AskAbout(call, view, request_.record_id(), "amend");
  if (!asked.ok()) return asked.status();
  if (auto* refused = std::get_if<Plan>(&*asked)) return std::move(*refused);
  const RecordAct& act = std::get<RecordAct>(*asked);
  if (act.record->body.has_received()) {
    return RefuseAbout(call, act,
                       {absl::StatusCode::kFailedPrecondition, "received",
                        "a partner shared this signal; ask the partner to correct it", ""});
  }
  if (auto refusal = RefuseReason(request_.reason(), 3)) {
    return RefuseAbout(call, act, *std::move(refusal));
  }
  if (act.record->row.state() != record::v1::RECORD_STATE_OPEN) {
    return RefuseAbout(call, act,
                       {absl::StatusCode::kFailedPrecondition, "withdrawn",
                        "the signal was taken back; record a new one", ""});
  }
  if (request_.version() != act.record->row.version()) {
    return RefuseAbout(call, act,
                       {absl::StatusCode::kAborted, "version_changed",
                        "the signal has changed since; open it again", "version"});
  }
  if (auto refusal = RefuseIllFormed(call, request_.signal())) {
    return RefuseAbout(call, act, *std::move(refusal));
  }
  auto identity = ChangeOf(call, request_, act.record->row);
  if (auto* refusal = std::get_if<Refusal>(&identity)) {
    return RefuseAbout(call, act, std::move(*refusal));
  }
  IdentityChange& change = std::get<IdentityChange>(identity);
  // The corrected signal must be one that the caller could have written down.
  const policies::Schema& schema = call.terms->packs.schema();
  const std::string mode = ModeAfter(schema, AuthorMode(schema, act.record->body), call.role);
  const Answer corrected =
      Ask(call, "amend",
          {.signal = &request_.signal(),
           .author_is_caller = act.record->body.recorded_by() == call.caller->user_id,
           .recorded_at_us = act.record->body.recorded_at_us(),
           .held = act.record->row.has_hold(),
           .author_mode = mode});
  if (!corrected.permitted()) return DecisionRefusalPlan(call, corrected, act.record);

  Plan plan;
  Effect& effect = plan.effects.emplace_back(EffectOf(call, act, record::v1::OPERATION_ALTERATION));
  const uint32_t version = act.record->row.version() + 1;
  effect.entry.act.set_reason(request_.reason());
  effect.entry.subject.set_version(version);
  RecordWrite write;
  write.row = act.record->row;
  write.row.set_version(version);
  write.body = act.record->body;
  *write.body.mutable_signal() = request_.signal();
  // Marks that the rules put on stay on.
  record::v1::SignalMarks& marks = *write.body.mutable_signal()->mutable_marks();
  const record::v1::SignalMarks& before = act.record->body.signal().marks();
  marks.set_no_evidence(marks.no_evidence() || before.no_evidence());
  marks.set_no_onward(marks.no_onward() || before.no_onward());
  // Both what it said and what it now says may ask for marks and a shorter time; nothing makes it
  // longer.
  for (const policies::Decision* decision : {&act.answer.decision, &corrected.decision}) {
    AddMarks(*decision, marks);
    const auto* retention = decision->Find<policies::Retention>();
    if (retention == nullptr) continue;
    const std::string until =
        storage::AddDays(storage::LegalDay(act.record->body.recorded_at_us()), retention->days);
    if (until < write.row.retention_until()) write.row.set_retention_until(until);
  }
  write.body.set_author_mode(mode);
  write.body.set_amended_at_us(call.now_us);
  write.body.set_amend_reason(request_.reason());
  if (write.row.retention_until() < act.record->row.retention_until()) BringRetentionNearer(effect);
  // Match keys, blinds and what stands for a person are of nobody who is written down from now on.
  Forgotten gone;
  if (change.replaces) {
    const absl::StatusOr<std::optional<ledger::KeyRef>> key = IdentityKey(view, write.row);
    if (!key.ok()) return key.status();
    if (*key) {
      effect.erase.push_back(**key);
      effect.entry.act.set_erased_everywhere_on(ErasedEverywhereOn(call));
    }
    absl::StatusOr<Forgotten> found = ForgottenWith(view, write.row.record_id());
    if (!found.ok()) return found.status();
    gone = *std::move(found);
    write.row.clear_identity();
  }
  write.identity = std::move(change.written);
  effect.record = std::move(write);
  if (gone.keys.empty()) {
    AddForgotten(call, gone, effect);
  } else {
    // What destroys a part of another entry is an erasure, and says so.
    Effect& forget = plan.effects.emplace_back();
    forget.entry = EntryOf(call, record::v1::OPERATION_ERASURE, record::v1::OUTCOME_DONE);
    AddSubject(*act.record, forget.entry);
    forget.about = act.record;
    AddForgotten(call, gone, forget);
  }
  plan.reply = [this, version](std::span<const ledger::Logged> logged) {
    response_.set_version(version);
    *response_.mutable_log_receipt() = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
