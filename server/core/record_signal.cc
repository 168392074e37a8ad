#include "server/core/record_signal.h"

#include "policies/obligation.h"
#include "server/core/author_mode.h"
#include "server/core/identity_kinds.h"
#include "server/core/signal_check.h"
#include "server/core/subject_identity.h"
#include "server/storage/clock.h"

namespace sluis::core {

std::optional<Refusal> RefuseIllFormed(const Call& call, const record::v1::Signal& signal) {
  const policies::PackSet& packs = call.terms->packs;
  const SignalLimits limits{.secrecy_regime = call.terms->secrecy_regime,
                            .today = call.today,
                            .has_category = [&packs](std::string_view category) {
                              const auto id = packs.FindAttribute("record.category");
                              return id && category != "none" &&
                                     packs.FindValue(*id, category).has_value();
                            }};
  const std::optional<SignalProblem> problem = CheckSignal(signal, limits);
  if (!problem) return std::nullopt;
  return Refusal{absl::StatusCode::kInvalidArgument, "bad_signal", problem->what, problem->field};
}

std::variant<record::v1::SubjectIdentity, Refusal> CheckIdentity(
    const Call& call, const record::v1::SubjectIdentity& identity,
    const record::v1::SignalContent& about) {
  if (about.subject_kind() != record::v1::SUBJECT_KIND_PERSON) {
    return Refusal{absl::StatusCode::kInvalidArgument, "bad_signal",
                   "leave out who it is about: a place is nobody", kIdentityField};
  }
  auto kept = KeptIdentity(identity, IdentityKindsOn(*call.terms, call.today));
  if (auto* problem = std::get_if<SignalProblem>(&kept)) {
    return Refusal{absl::StatusCode::kInvalidArgument, "bad_signal", problem->what, problem->field};
  }
  return std::get<record::v1::SubjectIdentity>(std::move(kept));
}

void AddMarks(const policies::Decision& decision, record::v1::SignalMarks& marks) {
  if (decision.Find<policies::NoEvidence>() != nullptr) marks.set_no_evidence(true);
  const auto* onward = decision.Find<policies::Onward>();
  if (onward != nullptr && onward->none) marks.set_no_onward(true);
}

std::variant<NewSignal, NotRecorded> PlanNewSignal(const Call& call, std::string_view action,
                                                   const record::v1::Signal& signal,
                                                   const record::v1::SubjectIdentity* identity,
                                                   crypto::Random& random) {
  if (auto refusal = RefuseIllFormed(call, signal)) {
    return NotRecorded{*std::move(refusal), std::nullopt};
  }
  std::optional<record::v1::SubjectIdentity> kept;
  if (identity != nullptr) {
    auto checked = CheckIdentity(call, *identity, signal.content());
    if (auto* refusal = std::get_if<Refusal>(&checked)) {
      return NotRecorded{std::move(*refusal), std::nullopt};
    }
    kept = std::get<record::v1::SubjectIdentity>(std::move(checked));
  }
  const std::string mode = ModeAfter(call.terms->packs.schema(), "", call.role);
  Answer answer = Ask(call, action,
                      {.signal = &signal,
                       .author_is_caller = true,
                       .recorded_at_us = call.now_us,
                       .author_mode = mode});
  if (!answer.permitted()) {
    Refusal refusal = RefusalOf(answer);
    return NotRecorded{std::move(refusal), std::move(answer)};
  }
  const auto* retention = answer.decision.Find<policies::Retention>();
  if (retention == nullptr) {
    return NotRecorded{{absl::StatusCode::kFailedPrecondition, "no_retention",
                        "the rule pack sets no retention for this; have it amended", ""},
                       std::move(answer)};
  }

  NewSignal planned;
  crypto::FixedBytes<kRecordIdBytes> id{};
  random.Fill(id);
  planned.record_id = std::string(crypto::View(id));
  planned.retention_until = storage::AddDays(call.today, retention->days);

  RecordWrite write;
  write.row.set_record_id(planned.record_id);
  write.row.set_version(1);
  write.row.set_state(record::v1::RECORD_STATE_OPEN);
  write.row.set_retention_until(planned.retention_until);
  write.row.set_exercise(call.terms->exercise);
  *write.body.mutable_signal() = signal;
  AddMarks(answer.decision, *write.body.mutable_signal()->mutable_marks());
  write.body.set_recorded_by(call.caller->user_id);
  write.body.set_recorded_role(call.role);
  write.body.set_author_mode(mode);
  write.body.set_case_ref(call.case_ref);
  write.body.set_purpose(call.purpose);
  write.body.set_recorded_at_us(call.now_us);
  write.body.set_amended_at_us(call.now_us);
  write.identity = std::move(kept);

  Effect& effect = planned.effect;
  effect.entry = EntryOf(call, record::v1::OPERATION_COLLECTION, record::v1::OUTCOME_DONE);
  AddDecision(call, answer, effect.entry);
  effect.entry.subject.add_record_ids(planned.record_id);
  effect.entry.subject.set_subject_ref(signal.content().subject_ref());
  effect.entry.subject.set_version(1);
  effect.record = std::move(write);
  return planned;
}

const Method& RecordSignal::method() const {
  static const Method& method = MethodNamed("SignalService.RecordSignal");
  return method;
}

absl::StatusOr<Plan> RecordSignal::Decide(const Call& call, View&) {
  auto planned = PlanNewSignal(call, "record", request_.signal(),
                               request_.has_identity() ? &request_.identity() : nullptr, random_);
  if (auto* refused = std::get_if<NotRecorded>(&planned)) {
    if (refused->answer && !refused->answer->permitted()) {
      return DecisionRefusalPlan(call, *refused->answer, nullptr);
    }
    return RefusalPlan(call, std::move(refused->refusal));
  }
  NewSignal& fresh = std::get<NewSignal>(planned);
  Plan plan;
  plan.effects.push_back(std::move(fresh.effect));
  plan.reply = [this, record_id = std::move(fresh.record_id),
                retention_until =
                    std::move(fresh.retention_until)](std::span<const ledger::Logged> logged) {
    response_.set_record_id(record_id);
    response_.set_retention_until(retention_until);
    for (std::string& field : RecognisableFields(request_.signal().content())) {
      response_.add_warnings(std::move(field));
    }
    *response_.mutable_log_receipt() = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
