#include "client/lib/decide_again.h"

#include <algorithm>
#include <set>

#include "policies/evaluate.h"
#include "policies/plain_evaluate.h"
#include "policies/request.h"

namespace sluis::client {
namespace {

using policies::Side;
using record::v1::AttributeValue;
using record::v1::DecisionPart;

constexpr std::string_view kAuthor = "actor.is_author";

std::optional<std::string> ValueIn(const DecisionPart& part, std::string_view name) {
  for (const AttributeValue& value : part.attributes()) {
    if (value.name() == name) return value.value();
  }
  return std::nullopt;
}

Side SideOf(const policies::PackSet& packs, const DecisionPart& part) {
  const auto id = packs.FindAttribute("side");
  const std::optional<std::string> word = ValueIn(part, "side");
  if (!id || !word) return Side::kLocal;
  const auto value = packs.FindValue(*id, *word);
  return value ? packs.schema().SideOf(packs.schema().attributes[*id], *value) : Side::kLocal;
}

// Whether this attribute is read from the sealed body of a record; who wrote it stands there too.
bool OfTheBody(const policies::Attribute& attribute) {
  return attribute.name == kAuthor || attribute.SourceOn(Side::kLocal) == policies::Source::kRecord;
}

// The attributes of a record that could not be opened; empty when it could.
std::vector<std::string> Unreadable(const policies::PackSet& packs, const DecisionPart& part) {
  std::vector<std::string> names;
  for (const AttributeValue& value : part.attributes()) {
    const auto id = packs.FindAttribute(value.name());
    if (!OfTheBody(packs.schema().attributes[*id])) continue;
    if (!value.value().empty()) return {};
    names.push_back(value.name());
  }
  return names;
}

}  // namespace

DecidedAgain DecideAgain(const policies::PackSet& packs, const DecisionPart& part) {
  DecidedAgain again;
  for (const AttributeValue& value : part.attributes()) {
    if (packs.FindAttribute(value.name())) continue;
    again.unknown_attribute = value.name();
    return again;
  }
  const Side side = SideOf(packs, part);
  const std::vector<std::string> unknown =
      side == Side::kLocal ? Unreadable(packs, part) : std::vector<std::string>();
  const auto is_unknown = [&unknown](const std::string& name) {
    return std::find(unknown.begin(), unknown.end(), name) != unknown.end();
  };
  policies::RequestBuilder builder(packs);
  for (const AttributeValue& value : part.attributes()) {
    const policies::Attribute& attribute =
        packs.schema().attributes[*packs.FindAttribute(value.name())];
    // What the node says where it knows nothing.
    const std::string word = !is_unknown(value.name())   ? value.value()
                             : attribute.name == kAuthor ? "false"
                                                         : std::string(policies::kNoneWord);
    builder.Set(value.name(), word, attribute.SourceOn(side));
  }
  const policies::Request request = builder.Build();
  again.decision = unknown.empty() ? policies::Decide(packs, request)
                                   : policies::DecideWithout(packs, request, unknown);
  again.engines_agree =
      again.decision == (unknown.empty() ? policies::DecidePlainly(packs, request)
                                         : policies::DecidePlainlyWithout(packs, request, unknown));
  if (again.decision.outcome == policies::Outcome::kPermit) {
    again.withheld =
        WithheldBy(again.decision, [&part](std::string_view name) { return ValueIn(part, name); });
  }
  return again;
}

std::string_view WordOf(const DecisionPart& part, std::string_view name) {
  for (const AttributeValue& value : part.attributes()) {
    if (value.name() == name) return value.value();
  }
  return {};
}

bool KeepsGrounds(const DecisionPart& part) { return part.engine_version() != kPlainEngine; }

LoggedForm LoggedFormOf(const policies::Decision& decision) {
  LoggedForm form;
  std::set<std::string> rules(decision.permits.begin(), decision.permits.end());
  rules.insert(decision.forbids.begin(), decision.forbids.end());
  rules.insert(decision.requires_.begin(), decision.requires_.end());
  form.rules.assign(rules.begin(), rules.end());
  for (const policies::GrantedField& field : decision.granted) {
    form.granted.push_back(field.name);
    if (field.treatment.kind == policies::Treatment::Kind::kKeep) continue;
    form.reduced.push_back(field.name + ":" + policies::TreatmentText(field.treatment));
  }
  for (const std::string& field : decision.removed) form.reduced.push_back(field + ":remove");
  for (const policies::JoinedObligation& joined : decision.obligations) {
    form.obligations.push_back(policies::ObligationText(joined.obligation));
  }
  std::sort(form.obligations.begin(), form.obligations.end());
  return form;
}

}  // namespace sluis::client
