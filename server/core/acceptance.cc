#include "server/core/acceptance.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <span>
#include <string>

#include "policies/obligation.h"
#include "server/core/open_identity.h"
#include "server/envelope/field_commitment.h"
#include "server/envelope/joined_conditions.h"
#include "server/envelope/terms.h"
#include "server/storage/clock.h"

namespace sluis::core {
namespace {

constexpr std::string_view kSubjectKind = "subject_kind";
constexpr std::string_view kNone = "none";

// An attribute of the terms, and the field of the content against which it is held once it is open
// (envelope::JudgeContent).
struct ShownBy {
  std::string_view attribute;
  std::string_view field;
};
constexpr ShownBy kShownBy[] = {
    {"record.subject_kind", kSubjectKind},     {"record.category", "category"},
    {"record.assertion", "statements"},        {"record.onlife", "onlife"},
    {"record.source_mode", "source_mode"},     {"subject.minor", "minor"},
    {"record.client_agrees", "client_agrees"},
};

bool Travels(std::string_view field) {
  const std::span<const std::string_view> fields = envelope::TravellingFields();
  return field == envelope::kIdentityField ||
         std::find(fields.begin(), fields.end(), field) != fields.end();
}

// What the own rules ask, over a record with these marks.
peer::v1::Conditions OwnConditions(const Call& call, const policies::Decision& decision,
                                   const peer::v1::Conditions& offered) {
  peer::v1::Conditions own;
  *own.mutable_marks() = offered.marks();
  if (decision.Find<policies::NoEvidence>() != nullptr) own.mutable_marks()->set_no_evidence(true);
  own.set_retention_until(offered.retention_until());
  if (const auto* retention = decision.Find<policies::Retention>()) {
    own.set_retention_until(storage::AddDays(call.today, retention->days));
  }
  if (const auto* onward = decision.Find<policies::Onward>()) {
    own.mutable_onward()->set_none(onward->none);
    own.mutable_onward()->set_originator_consent(onward->originator_consent);
    // The vocabulary and the closed list name the labels in the same order, the list from 1.
    if (onward->tlp_max_rank) {
      own.mutable_onward()->set_tlp_max(static_cast<record::v1::Tlp>(*onward->tlp_max_rank + 1));
    }
  }
  std::set<std::string> obligations, reduced;
  for (const policies::JoinedObligation& joined : decision.obligations) {
    obligations.insert(policies::ObligationText(joined.obligation));
  }
  // Whom a signal is about, a person or a place, always travels.
  std::set<std::string> fields = {std::string(kSubjectKind)};
  for (const policies::GrantedField& field : decision.granted) {
    if (!Travels(field.name)) continue;
    // A person is not taken coarser.
    if (field.name == envelope::kIdentityField && !GrantsIdentity(decision)) continue;
    fields.insert(field.name);
    if (field.treatment.kind != policies::Treatment::Kind::kKeep) {
      reduced.insert(field.name + ":" + policies::TreatmentText(field.treatment));
    }
  }
  for (const std::string& field : decision.removed) {
    if (Travels(field)) reduced.insert(field + ":remove");
  }
  own.mutable_obligations()->Assign(obligations.begin(), obligations.end());
  own.mutable_fields()->Assign(fields.begin(), fields.end());
  own.mutable_reduced_fields()->Assign(reduced.begin(), reduced.end());
  return own;
}

bool Says(const peer::v1::Terms& terms, std::string_view attribute, const std::string& word) {
  return envelope::AttributeOf(terms, attribute).value_or(kNone) ==
         (word.empty() ? kNone : std::string_view(word));
}

}  // namespace

std::optional<peer::v1::Conditions> AcceptedConditions(const Call& call,
                                                       const policies::Decision& decision,
                                                       const peer::v1::Conditions& offered) {
  std::optional<peer::v1::Conditions> joined =
      envelope::JoinConditions(offered, OwnConditions(call, decision, offered));
  if (!joined || joined->retention_until() < call.today ||
      !envelope::AtLeastAsStrict(*joined, offered)) {
    return std::nullopt;
  }
  return joined;
}

bool WithholdsWhatItStates(const policies::Decision& decision, const peer::v1::Terms& terms) {
  const auto& offered = terms.conditions().fields();
  const auto kept_here = [&decision](std::string_view field) {
    return field == kSubjectKind ||
           std::any_of(decision.granted.begin(), decision.granted.end(), [field](const auto& one) {
             return one.name == field && one.treatment.kind == policies::Treatment::Kind::kKeep;
           });
  };
  return std::any_of(std::begin(kShownBy), std::end(kShownBy), [&](const ShownBy& one) {
    return envelope::AttributeOf(terms, one.attribute).value_or(kNone) != kNone &&
           std::find(offered.begin(), offered.end(), one.field) == offered.end() &&
           kept_here(one.field);
  });
}

bool SaysTheSame(const record::v1::UserStatement& statement, const peer::v1::Terms& terms) {
  return Says(terms, "purpose", statement.purpose()) && Says(terms, "basis", statement.basis()) &&
         Says(terms, "to.role", statement.audience_role());
}

Entry EntryAbout(const Call& call, const Answer& answer, record::v1::Operation operation,
                 record::v1::Outcome outcome) {
  Entry entry = EntryOf(call, operation, outcome);
  AddDecision(call, answer, entry);
  for (const record::v1::AttributeValue& value : answer.attributes) {
    if (value.name() == "purpose") entry.act.set_purpose(value.value());
    if (value.name() == "basis") entry.act.set_basis(value.value());
  }
  return entry;
}

}  // namespace sluis::core
