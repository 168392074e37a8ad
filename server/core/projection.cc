#include "server/core/projection.h"

#include <algorithm>
#include <array>
#include <optional>

#include "server/core/record_signal.h"
#include "sluis/peer/v1/terms.pb.h"

namespace sluis::core {
namespace {

using record::v1::SignalContent;
using record::v1::SignalView;

struct FieldCopy {
  std::string_view name;
  void (*copy)(const record::v1::RecordBody& from, SignalView& to);
};

// One row per field of the record; the name is that of the protobuf field and of the pack.
constexpr std::array<FieldCopy, 19> kFields = {{
    {"statements",
     [](const auto& f, auto& t) {
       *t.mutable_content()->mutable_statements() = f.signal().content().statements();
     }},
    {"category",
     [](const auto& f, auto& t) {
       t.mutable_content()->set_category(f.signal().content().category());
     }},
    {"onlife", [](const auto& f,
                  auto& t) { t.mutable_content()->set_onlife(f.signal().content().onlife()); }},
    {"source_mode",
     [](const auto& f, auto& t) {
       t.mutable_content()->set_source_mode(f.signal().content().source_mode());
       t.mutable_content()->set_mandate_reference(f.signal().content().mandate_reference());
     }},
    {"risk_factors",
     [](const auto& f, auto& t) {
       *t.mutable_content()->mutable_risk_factors() = f.signal().content().risk_factors();
     }},
    {"protective_factors",
     [](const auto& f, auto& t) {
       *t.mutable_content()->mutable_protective_factors() =
           f.signal().content().protective_factors();
     }},
    {"alternative_explanation",
     [](const auto& f, auto& t) {
       t.mutable_content()->set_alternative_explanation(
           f.signal().content().alternative_explanation());
     }},
    {"positive_development",
     [](const auto& f, auto& t) {
       t.mutable_content()->set_positive_development(f.signal().content().positive_development());
     }},
    {"observed_on",
     [](const auto& f, auto& t) {
       t.mutable_content()->set_observed_on(f.signal().content().observed_on());
     }},
    {"place",
     [](const auto& f, auto& t) { t.mutable_content()->set_place(f.signal().content().place()); }},
    {"channel", [](const auto& f,
                   auto& t) { t.mutable_content()->set_channel(f.signal().content().channel()); }},
    {"normative_border",
     [](const auto& f, auto& t) {
       t.mutable_content()->set_normative_border(f.signal().content().normative_border());
     }},
    {"subject_ref",
     [](const auto& f, auto& t) {
       t.mutable_content()->set_subject_ref(f.signal().content().subject_ref());
     }},
    {"age_band",
     [](const auto& f, auto& t) {
       t.mutable_content()->set_age_band(f.signal().content().age_band());
     }},
    {"minor",
     [](const auto& f, auto& t) { t.mutable_content()->set_minor(f.signal().content().minor()); }},
    {"client_informed",
     [](const auto& f, auto& t) {
       t.mutable_content()->set_client_informed(f.signal().content().client_informed());
       t.mutable_content()->set_client_informed_ground(
           f.signal().content().client_informed_ground());
     }},
    {"client_agrees",
     [](const auto& f, auto& t) {
       t.mutable_content()->set_client_agrees(f.signal().content().client_agrees());
     }},
    {"contributor",
     [](const auto& f, auto& t) {
       t.mutable_content()->set_contributor(f.signal().content().contributor());
     }},
    {"recorded_by", [](const auto& f, auto& t) { t.set_recorded_by(f.recorded_by()); }},
}};

const FieldCopy* FindField(std::string_view name) {
  for (const FieldCopy& field : kFields) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

// The day coarsened to a step, or nothing when the step is not one of a day.
std::optional<std::string> CoarserDay(const std::string& day, std::string_view step) {
  if (day.size() != 10) return std::nullopt;
  if (step == "month") return day.substr(0, 7);
  if (step == "year") return day.substr(0, 4);
  if (step == "quarter") {
    const int month = std::stoi(day.substr(5, 2));
    return day.substr(0, 4) + "-Q" + std::to_string((month + 2) / 3);
  }
  return std::nullopt;
}

// Whether the field has a coarser value. Only days have steps that follow from the stored value;
// the age is a band already.
bool CanGeneralise(const FieldCopy& field, const policies::Treatment& treatment,
                   const record::v1::RecordBody& from) {
  if (field.name == "observed_on") {
    return CoarserDay(from.signal().content().observed_on(), treatment.step_name).has_value();
  }
  return field.name == "age_band" && treatment.step_name == "band";
}

// Copies the field coarsened, which it can be.
void CopyGeneralised(const FieldCopy& field, const policies::Treatment& treatment,
                     const record::v1::RecordBody& from, SignalView& to) {
  if (field.name != "observed_on") return field.copy(from, to);
  to.mutable_content()->set_observed_on(
      *CoarserDay(from.signal().content().observed_on(), treatment.step_name));
}

// What was signed for; nothing when that cannot be read.
std::optional<peer::v1::Conditions> AcceptedFor(const record::v1::ReceivedFrom& from) {
  peer::v1::Conditions accepted;
  if (!accepted.ParseFromString(from.conditions())) return std::nullopt;
  return accepted;
}

record::v1::ReceivedTerms TermsOf(const record::v1::ReceivedFrom& from) {
  record::v1::ReceivedTerms terms;
  terms.set_exchange_id(from.exchange_id());
  terms.set_organisation(from.organisation());
  terms.set_role(from.role());
  terms.set_opened_at_us(from.opened_at_us());
  const std::optional<peer::v1::Conditions> signed_for = AcceptedFor(from);
  // What cannot be read allows nothing.
  const bool read = signed_for.has_value();
  const peer::v1::Conditions accepted = signed_for.value_or(peer::v1::Conditions());
  terms.set_retention_until(accepted.retention_until());
  terms.set_onward_none(!read || accepted.onward().none() || accepted.marks().no_onward());
  terms.set_onward_asks_sender(accepted.onward().originator_consent());
  terms.set_onward_tlp_max(accepted.onward().tlp_max());
  *terms.mutable_obligations() = accepted.obligations();
  *terms.mutable_reduced_fields() = accepted.reduced_fields();
  return terms;
}

// Whether the record has that field at all: of a received one only those that travelled.
bool Has(const std::optional<peer::v1::Conditions>& signed_for, bool received,
         const std::string& field) {
  if (!received) return true;
  return signed_for && std::find(signed_for->fields().begin(), signed_for->fields().end(), field) !=
                           signed_for->fields().end();
}

// Visits what was granted and the record has, and whether it is shown, as it is or coarsened.
template <typename Visit>
void VisitGranted(const OpenedRecord& record, const policies::Decision& decision,
                  const Visit& visit) {
  const bool received = record.body.has_received();
  const auto signed_for = received ? AcceptedFor(record.body.received()) : std::nullopt;
  for (const policies::GrantedField& granted : decision.granted) {
    const FieldCopy* field = FindField(granted.name);
    if (field == nullptr || !Has(signed_for, received, granted.name)) continue;
    visit(*field, granted,
          granted.treatment.kind == policies::Treatment::Kind::kKeep ||
              CanGeneralise(*field, granted.treatment, record.body));
  }
}

}  // namespace

std::vector<std::string> FieldNames() {
  std::vector<std::string> names;
  for (const FieldCopy& field : kFields) names.emplace_back(field.name);
  return names;
}

record::v1::SignalView Project(const OpenedRecord& record, const policies::Decision& decision) {
  SignalView view;
  view.set_record_id(record.row.record_id());
  view.set_version(record.row.version());
  view.set_state(record.row.state());
  *view.mutable_marks() = record.body.signal().marks();
  // A mark that only the reading of it puts on binds whoever reads it just the same.
  AddMarks(decision, *view.mutable_marks());
  view.mutable_content()->set_subject_kind(record.body.signal().content().subject_kind());
  view.set_retention_until(record.row.retention_until());
  if (record.row.has_hold()) *view.mutable_hold() = record.row.hold();
  view.set_hold_reason(record.body.hold_reason());
  if (record.body.has_received()) *view.mutable_received() = TermsOf(record.body.received());
  VisitGranted(record, decision,
               [&](const FieldCopy& field, const policies::GrantedField& granted, bool shown) {
                 const bool kept = granted.treatment.kind == policies::Treatment::Kind::kKeep;
                 if (!kept) view.add_reduced_fields(granted.name);
                 if (!shown) return;
                 if (kept) {
                   field.copy(record.body, view);
                 } else {
                   CopyGeneralised(field, granted.treatment, record.body, view);
                 }
                 view.add_granted_fields(granted.name);
               });
  for (const std::string& removed : decision.removed) view.add_reduced_fields(removed);
  return view;
}

std::vector<std::string_view> ShownFields(const OpenedRecord& record,
                                          const policies::Decision& decision) {
  std::vector<std::string_view> names;
  VisitGranted(record, decision,
               [&names](const FieldCopy&, const policies::GrantedField& granted, bool shown) {
                 if (shown) names.push_back(granted.name);
               });
  return names;
}

}  // namespace sluis::core
