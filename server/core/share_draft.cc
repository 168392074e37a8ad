#include "server/core/share_draft.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "policies/obligation.h"
#include "server/core/facts.h"
#include "server/core/projection.h"
#include "server/core/sent_correction.h"
#include "server/core/sent_exchange.h"
#include "server/envelope/field_commitment.h"
#include "server/envelope/joined_conditions.h"
#include "server/envelope/terms.h"
#include "server/storage/clock.h"

namespace sluis::core {
namespace {

constexpr uint64_t kHourUs = 3600ull * 1'000'000;
constexpr char kIntake[] = "INTAKE";
constexpr char kSubjectKind[] = "subject_kind";

template <typename Names>
void SetSorted(const std::set<std::string>& from, Names& to) {
  for (const std::string& name : from) *to.Add() = name;
}

record::v1::Tlp TlpOf(std::string_view word) {
  for (int tlp = record::v1::TLP_CLEAR; record::v1::Tlp_IsValid(tlp); ++tlp) {
    if (envelope::TlpWord(static_cast<record::v1::Tlp>(tlp)) == word) {
      return static_cast<record::v1::Tlp>(tlp);
    }
  }
  return record::v1::TLP_UNSPECIFIED;
}

// What was granted and what became of it. A field whose coarser value cannot be computed is
// removed. `identity`: who it is about goes along.
void AddFields(const policies::Decision& decision, const std::vector<std::string_view>& shown,
               bool identity, peer::v1::Conditions& conditions) {
  const auto is_shown = [&shown](std::string_view name) {
    return std::find(shown.begin(), shown.end(), name) != shown.end();
  };
  std::set<std::string_view> travelling = {kSubjectKind};
  for (const std::string_view name : envelope::TravellingFields()) {
    if (is_shown(name)) travelling.emplace(name);
  }
  if (identity) travelling.emplace(envelope::kIdentityField);
  conditions.mutable_fields()->Assign(travelling.begin(), travelling.end());
  std::set<std::string> reduced;
  for (const policies::GrantedField& field : decision.granted) {
    if (field.treatment.kind == policies::Treatment::Kind::kKeep) continue;
    reduced.insert(
        field.name + ":" +
        (is_shown(field.name) ? policies::TreatmentText(field.treatment) : std::string("remove")));
  }
  for (const std::string& field : decision.removed) reduced.insert(field + ":remove");
  SetSorted(reduced, *conditions.mutable_reduced_fields());
}

void LeaveOut(std::string_view field, peer::v1::Conditions& conditions) {
  auto& fields = *conditions.mutable_fields();
  fields.erase(std::remove(fields.begin(), fields.end(), field), fields.end());
}

void AddOnward(const policies::Onward& onward, peer::v1::OnwardLimit& limit) {
  limit.set_none(onward.none);
  limit.set_originator_consent(onward.originator_consent);
  if (onward.tlp_max_rank) limit.set_tlp_max(TlpOf(onward.tlp_max));
}

// The recipient may not keep it longer than the rules say from today, nor longer than this node.
std::string LastDay(const Call& call, const OpenedRecord& record,
                    const policies::Decision& decision) {
  const std::string& here = record.row.retention_until();
  const auto* retention = decision.Find<policies::Retention>();
  if (retention == nullptr) return here;
  const std::string there = storage::AddDays(call.today, retention->days);
  return here.empty() ? there : std::min(here, there);
}

uint64_t DueAt(const Call& call, const policies::Decision& decision) {
  const auto* cooling_off = decision.Find<policies::CoolingOff>();
  if (cooling_off == nullptr) return call.now_us;
  uint64_t wait_us = static_cast<uint64_t>(cooling_off->hours) * kHourUs;
  if (call.terms->exercise && call.terms->exercise_cooling_off_us) {
    wait_us = std::min(wait_us, *call.terms->exercise_cooling_off_us);
  }
  return call.now_us + wait_us;
}

Refusal FailedBefore(const char* code, const char* what) {
  return {absl::StatusCode::kFailedPrecondition, code, what, ""};
}

Refusal NotExchanging() {
  return FailedBefore(
      "not_exchanging",
      "nothing may be exchanged now; wait until it may, and take back what is wrong "
      "at a partner");
}

Refusal NoCorrection() {
  return {absl::StatusCode::kFailedPrecondition, "no_correction",
          "name a share of an earlier version of this signal that this partner opened", "corrects"};
}

Refusal GoesNoFurther() {
  return {absl::StatusCode::kPermissionDenied, "onward",
          "this came from another organisation on the condition that it goes no further; ask that "
          "organisation to share it",
          ""};
}

// Why this cannot be shared whatever the rules say; nothing when it can.
std::optional<Refusal> RefuseRecord(const Call& call, const OpenedRecord& record) {
  if (record.row.state() != record::v1::RECORD_STATE_OPEN) {
    return FailedBefore("withdrawn", "the signal was taken back; record it anew to share it");
  }
  if (call.terms->exercise && !record.row.exercise()) {
    return FailedBefore("not_exercise",
                        "the partnership is in exercise and this signal was not made in it; "
                        "record a made-up one to share it");
  }
  return RefuseOnward(record.body);
}

// What the request says that it corrects; FAILED_PRECONDITION when it does not.
absl::Status AddCorrection(const View& view, const ShareRequest& request, ShareDraft& draft) {
  if (!request.corrects || request.corrects->empty()) return absl::OkStatus();
  const record::v1::StoredRecord& row = draft.act.record->row;
  const absl::StatusOr<SentRow> earlier = ReadSent(view, *request.corrects);
  if (!earlier.ok() && !absl::IsNotFound(earlier.status())) return earlier.status();
  if (!earlier.ok() ||
      !CanBeCorrected(earlier->row, row.record_id(), request.recipient, row.version())) {
    return absl::FailedPreconditionError("nothing that this partner opened is corrected by it");
  }
  draft.terms.set_corrects(*request.corrects);
  draft.earlier = {SentKey(*request.corrects), earlier->stamp};
  return absl::OkStatus();
}

}  // namespace

std::optional<Refusal> RefuseOnward(const record::v1::RecordBody& body) {
  if (!body.has_received()) return std::nullopt;
  peer::v1::Conditions conditions;
  const bool read = conditions.ParseFromString(body.received().conditions());
  const peer::v1::OnwardLimit& onward = conditions.onward();
  const bool above = onward.tlp_max() != record::v1::TLP_UNSPECIFIED &&
                     body.signal().marks().tlp() > onward.tlp_max();
  // What was signed for and cannot be read allows nothing.
  if (read && !onward.none() && !onward.originator_consent() && !above &&
      !conditions.marks().no_onward() && !body.signal().marks().no_onward()) {
    return std::nullopt;
  }
  return GoesNoFurther();
}

std::optional<peer::v1::Conditions> ConditionsOf(const Call& call, const RecordAct& act) {
  peer::v1::Conditions conditions;
  const policies::Decision& decision = act.answer.decision;
  const record::v1::SignalMarks& marks = act.record->body.signal().marks();
  peer::v1::Marks& travelling = *conditions.mutable_marks();
  travelling.set_tlp(marks.tlp());
  travelling.set_secret(marks.secret());
  travelling.set_no_evidence(marks.no_evidence());
  travelling.set_no_onward(marks.no_onward());
  std::set<std::string> obligations;
  for (const policies::JoinedObligation& joined : decision.obligations) {
    obligations.insert(policies::ObligationText(joined.obligation));
  }
  SetSorted(obligations, *conditions.mutable_obligations());
  conditions.set_retention_until(LastDay(call, *act.record, decision));
  conditions.mutable_onward();
  if (const auto* onward = decision.Find<policies::Onward>()) {
    AddOnward(*onward, *conditions.mutable_onward());
  }
  AddFields(decision, ShownFields(*act.record, decision),
            act.record->row.has_identity() && GrantsIdentity(decision), conditions);
  const record::v1::RecordBody& body = act.record->body;
  if (!body.has_received()) return conditions;
  // What was signed for goes along with what is passed on.
  peer::v1::Conditions signed_for;
  if (!signed_for.ParseFromString(body.received().conditions())) return std::nullopt;
  return envelope::JoinConditions(conditions, signed_for);
}

void AddOfferedAttributes(const Call& call, const Answer& answer, peer::v1::Terms& terms) {
  const policies::Schema& schema = call.terms->packs.schema();
  std::map<std::string, std::string> offered;
  for (const record::v1::AttributeValue& value : answer.attributes) {
    const auto id = schema.FindAttribute(value.name());
    if (id &&
        schema.attributes[*id].SourceOn(policies::Side::kAccept) == policies::Source::kOffer) {
      offered.emplace(value.name(), value.value());
    }
  }
  for (auto& [name, value] : offered) {
    record::v1::AttributeValue& attribute = *terms.add_attributes();
    attribute.set_name(name);
    attribute.set_value(std::move(value));
  }
}

absl::StatusOr<std::variant<ShareDraft, Plan>> DraftShare(const Call& call, const View& view,
                                                          const ShareRequest& request,
                                                          const crypto::Secret<32>& case_key) {
  const Terms& in_force = *call.terms;
  const partnership::Member* recipient =
      in_force.manifest && request.recipient != in_force.organisation
          ? in_force.manifest->manifest.Find(request.recipient)
          : nullptr;
  if (recipient == nullptr) {
    return RefusalPlan(call, FailedBefore("no_partner",
                                          "name an organisation of the partnership that the "
                                          "manifest in force lists, and not your own"));
  }
  if (!in_force.may_exchange && (!SuspendedHere(in_force) || request.corrects == "")) {
    return RefusalPlan(call, NotExchanging());
  }
  auto opened = OpenFor(call, view, request.record_id);
  if (!opened.ok()) return opened.status();
  if (auto* refused = std::get_if<Plan>(&*opened)) return std::move(*refused);

  ShareDraft draft;
  draft.recipient = recipient;
  draft.act.record = std::get<std::shared_ptr<const OpenedRecord>>(*std::move(opened));
  const OpenedRecord& record = *draft.act.record;
  if (!in_force.may_exchange && !request.corrects) {
    const absl::StatusOr<bool> wrong =
        HasWrongVersion(view, record.row.record_id(), request.recipient, record.row.version());
    if (!wrong.ok()) return wrong.status();
    if (!*wrong) return RefusalPlan(call, NotExchanging());
  }
  draft.act.answer = AskRelease(call, {.record = FactsOf(call, record),
                                       .recipient = recipient,
                                       .recipient_role = request.recipient_role,
                                       .once_resumed = true});
  const policies::Decision& decision = draft.act.answer.decision;
  if (!draft.act.answer.permitted()) {
    return DecisionRefusalPlan(call, draft.act.answer, draft.act.record);
  }
  if (auto refusal = RefuseRecord(call, record)) {
    return RefuseAbout(call, draft.act, *std::move(refusal));
  }

  const absl::Status correction = AddCorrection(view, request, draft);
  if (absl::IsFailedPrecondition(correction)) return RefuseAbout(call, draft.act, NoCorrection());
  if (!correction.ok()) return correction;

  std::optional<peer::v1::Conditions> conditions = ConditionsOf(call, draft.act);
  if (!conditions) return RefuseAbout(call, draft.act, GoesNoFurther());
  if (envelope::NamesIdentity(conditions->fields())) {
    auto identity = TravellingIdentity(call, view, record.row);
    if (!identity.ok()) return identity.status();
    draft.identity = *std::move(identity);
    if (draft.identity == nullptr) LeaveOut(envelope::kIdentityField, *conditions);
  }
  absl::StatusOr<TravellingTags> tags = TagsFor(call, view, record.row, request.recipient);
  if (!tags.ok()) return tags.status();
  draft.tags = *std::move(tags);
  AddOfferedAttributes(call, draft.act.answer, draft.terms);
  *draft.terms.mutable_conditions() = *std::move(conditions);
  if (!call.case_ref.empty() && call.case_ref != kIntake) {
    draft.terms.set_case_token(std::string(crypto::View(
        envelope::CaseToken(case_key, in_force.partnership, request.recipient, call.case_ref))));
  }
  draft.terms.set_record_version(record.row.version());
  draft.content =
      envelope::OnlyFields(Project(record, decision).content(), draft.terms.conditions().fields());
  draft.due_at_us = DueAt(call, decision);
  if (const auto* notify = decision.Find<policies::Notify>()) {
    const auto contributor = notify->days_by_party.find("contributor");
    if (contributor != notify->days_by_party.end()) {
      draft.tell_contributor_until = storage::AddDays(call.today, contributor->second);
    }
  }
  return draft;
}

}  // namespace sluis::core
