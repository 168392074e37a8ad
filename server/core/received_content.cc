#include "server/core/received_content.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "server/core/identity_kinds.h"
#include "server/core/subject_identity.h"
#include "server/envelope/content.h"
#include "server/envelope/fault.h"
#include "server/envelope/field_commitment.h"
#include "server/envelope/offered_identity.h"
#include "server/envelope/terms.h"
#include "sluis/record/v1/mandate.pb.h"
#include "sluis/record/v1/statement.pb.h"

namespace sluis::core {
namespace {

using envelope::Fault;
using record::v1::SignalContent;
using record::v1::SubjectIdentity;

constexpr std::string_view kObservedOn = "observed_on:generalise=";
constexpr std::string_view kNoEvidence = "no_evidence=true";
constexpr char kCaseToGive[] = "INTAKE";

// A day, or what of one was left, as coarse as the step; nothing when that cannot be made of it.
std::optional<std::string> Coarser(const std::string& day, std::string_view step) {
  const bool has_month = day.size() >= 7 && day[4] == '-' && day[5] != 'Q';
  if (day.empty()) return day;
  if (step == "month" && has_month) return day.substr(0, 7);
  if (step == "quarter" && has_month) {
    const int month = (day[5] - '0') * 10 + (day[6] - '0');
    return day.substr(0, 4) + "-Q" + std::to_string((month + 2) / 3);
  }
  if (step == "year" && day.size() >= 4) return day.substr(0, 4);
  return std::nullopt;
}

// Whether a rule of the sender asks it of whoever holds the record, without a mark of the author.
bool AsksNoEvidence(const peer::v1::Conditions& accepted) {
  const auto& obligations = accepted.obligations();
  return std::find(obligations.begin(), obligations.end(), kNoEvidence) != obligations.end();
}

// As an own one would be kept; nothing when all that was said of the person are numbers that are
// not used here. Refuse(kTerms) for what is no person.
absl::StatusOr<std::optional<SubjectIdentity>> Kept(const Call& call,
                                                    const SubjectIdentity& identity) {
  const identity::KeyKinds used = IdentityKindsOn(*call.terms, call.today);
  if (!PersonOf(identity).ok()) return envelope::Refuse(Fault::kTerms);
  const SubjectIdentity rest = WithoutUnused(identity, used);
  if (!PersonOf(rest).ok()) return std::optional<SubjectIdentity>();
  auto kept = KeptIdentity(rest, used);
  if (std::holds_alternative<SignalProblem>(kept)) return envelope::Refuse(Fault::kTerms);
  return std::get<SubjectIdentity>(std::move(kept));
}

}  // namespace

absl::StatusOr<Promised> OpenPromised(const Call& call, const crypto::DataKey& key,
                                      const crypto::DataKey* identity_key,
                                      const StoredOffer& offer) {
  absl::StatusOr<peer::v1::OfferedContent> content = envelope::OpenContent(key, offer.offer());
  if (!content.ok()) return content.status();
  absl::Status judged = envelope::JudgeContent(*content, offer.offer(), offer.terms);
  if (!judged.ok()) return judged;
  Promised promised{std::move(*content->mutable_content())};
  promised.tags.assign(content->tags().begin(), content->tags().end());
  if (identity_key == nullptr) return promised;
  absl::StatusOr<SubjectIdentity> identity =
      envelope::OpenOfferedIdentity(*identity_key, offer.offer());
  if (!identity.ok()) return identity.status();
  if (promised.content.subject_kind() != record::v1::SUBJECT_KIND_PERSON) {
    return envelope::Refuse(Fault::kTerms);
  }
  auto kept = Kept(call, *identity);
  if (!kept.ok()) return kept.status();
  promised.identity = *std::move(kept);
  return promised;
}

peer::v1::UnopenableReason ReasonOf(const absl::Status& fault) {
  switch (envelope::FaultOf(fault).value_or(Fault::kWrap)) {
    case Fault::kKeyCommitment:
      return peer::v1::UNOPENABLE_REASON_KEY;
    case Fault::kCiphertext:
      return peer::v1::UNOPENABLE_REASON_CIPHERTEXT;
    case Fault::kTerms:
      return peer::v1::UNOPENABLE_REASON_TERMS;
    case Fault::kFields:
      return peer::v1::UNOPENABLE_REASON_FIELDS;
    default:
      return peer::v1::UNOPENABLE_REASON_WRAP;
  }
}

SignalContent Reduced(const SignalContent& content, const peer::v1::Conditions& accepted,
                      const peer::v1::Conditions& offered) {
  peer::v1::Conditions kept = accepted;
  SignalContent coarse = content;
  for (const std::string& reduction : accepted.reduced_fields()) {
    const auto& made = offered.reduced_fields();
    if (std::find(made.begin(), made.end(), reduction) != made.end()) continue;
    if (std::string_view(reduction).starts_with(kObservedOn)) {
      const auto day = Coarser(coarse.observed_on(), reduction.substr(kObservedOn.size()));
      if (day) {
        coarse.set_observed_on(*day);
        continue;
      }
    }
    const std::string field = reduction.substr(0, reduction.find(':'));
    auto& fields = *kept.mutable_fields();
    fields.erase(std::remove(fields.begin(), fields.end(), field), fields.end());
  }
  return envelope::OnlyFields(coarse, kept.fields());
}

RecordWrite RecordOf(const Call& call, const record::v1::ReceivedExchange& row,
                     const StoredOffer& offer, const peer::v1::Conditions& accepted,
                     const SignalContent& content, const std::string& record_id) {
  RecordWrite write;
  write.row.set_record_id(record_id);
  write.row.set_version(1);
  write.row.set_state(record::v1::RECORD_STATE_OPEN);
  write.row.set_retention_until(accepted.retention_until());
  write.row.set_exercise(row.exercise());
  record::v1::RecordBody& body = write.body;
  *body.mutable_signal()->mutable_content() = Reduced(content, accepted, offer.terms.conditions());
  // Said in the terms, so that the rules here know it where the field itself did not travel: it is
  // shown to nobody.
  if (envelope::AttributeOf(offer.terms, "subject.minor") == "true") {
    body.mutable_signal()->mutable_content()->set_minor(true);
  }
  if (envelope::AttributeOf(offer.terms, "record.source_mode") ==
      envelope::SourceModeWord(record::v1::SOURCE_MODE_ENCOUNTERED)) {
    body.mutable_signal()->mutable_content()->set_source_mode(record::v1::SOURCE_MODE_ENCOUNTERED);
  }
  body.set_author_mode(
      std::string(envelope::AttributeOf(offer.terms, "record.author_mode").value_or("")));
  record::v1::SignalMarks& marks = *body.mutable_signal()->mutable_marks();
  marks.set_tlp(accepted.marks().tlp());
  marks.set_secret(accepted.marks().secret());
  marks.set_no_evidence(accepted.marks().no_evidence() || AsksNoEvidence(accepted));
  marks.set_no_onward(accepted.marks().no_onward());
  body.set_case_ref(kCaseToGive);
  body.set_purpose(std::string(envelope::AttributeOf(offer.terms, "purpose").value_or("")));
  body.set_recorded_at_us(call.now_us);
  body.set_amended_at_us(call.now_us);
  record::v1::ReceivedFrom& from = *body.mutable_received();
  from.set_exchange_id(row.exchange_id());
  from.set_organisation(row.sender());
  from.set_conditions(accepted.SerializeAsString());
  record::v1::Mandate mandate;
  if (mandate.ParseFromString(offer.offer().user().mandate().mandate())) {
    from.set_person(mandate.pseudonym());
  }
  record::v1::UserStatement statement;
  if (statement.ParseFromString(offer.offer().user().statement().statement())) {
    from.set_role(statement.role());
  }
  from.set_opened_at_us(call.now_us);
  from.set_basis(std::string(envelope::AttributeOf(offer.terms, "basis").value_or("")));
  return write;
}

}  // namespace sluis::core
