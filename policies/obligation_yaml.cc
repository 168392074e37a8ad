#include "policies/obligation_yaml.h"

#include <algorithm>
#include <array>

namespace sluis::policies {
namespace {

constexpr int32_t kMaxK = 1'000;
constexpr int32_t kMaxApprovals = 10;

constexpr auto kGeneraliseKeys = std::to_array<std::string_view>({"generalise"});
constexpr auto kTreatments = std::to_array<std::string_view>({"keep", "remove", "generalise"});
constexpr auto kAnonymityKeys = std::to_array<std::string_view>({"k", "over"});
constexpr auto kApprovalKeys = std::to_array<std::string_view>({"role", "count"});
constexpr auto kOnwardKeys =
    std::to_array<std::string_view>({"tlp_max", "originator_consent", "none"});
constexpr auto kLogLevels = std::to_array<std::string_view>({"standard", "full"});

// The place of a word in a vocabulary; complains when it is not there.
int32_t Lookup(const YamlReader& reader, const Schema& schema, std::string_view vocabulary_name,
               const Word& word) {
  if (!reader.ok()) return 0;
  const Vocabulary* vocabulary = schema.FindVocabulary(vocabulary_name);
  const auto found = vocabulary != nullptr ? vocabulary->Find(word.text) : std::nullopt;
  if (found) return *found;
  std::vector<std::string_view> names;
  if (vocabulary != nullptr) {
    for (const VocabularyValue& value : vocabulary->values) names.push_back(value.name);
  }
  reader.complaint().Unknown(word, "not a value of vocabulary " + std::string(vocabulary_name),
                             names);
  return 0;
}

Treatment ReadTreatment(const YamlReader& reader, const YamlNode& node, const Field& field) {
  Treatment treatment;
  if (node.kind == YamlNode::Kind::kMapping) {
    if (!reader.Mapping(node, "the treatment of a field", kGeneraliseKeys)) return treatment;
    const Word step = reader.One(reader.Required(node, "generalise"), "generalise");
    if (!reader.ok()) return treatment;
    const auto found = std::find(field.steps.begin(), field.steps.end(), step.text);
    if (found == field.steps.end()) {
      const std::vector<std::string_view> names(field.steps.begin(), field.steps.end());
      reader.complaint().Unknown(step, "field \"" + field.name + "\" declares no such step", names);
      return treatment;
    }
    treatment.kind = Treatment::Kind::kGeneralise;
    treatment.step = static_cast<uint32_t>(found - field.steps.begin());
    treatment.step_name = step.text;
    return treatment;
  }
  const Word word = reader.One(node, "the treatment of a field");
  if (!reader.ok()) return treatment;
  if (word.text == "remove") {
    treatment.kind = Treatment::Kind::kRemove;
  } else if (word.text != "keep") {
    reader.complaint().Unknown(word, "unknown treatment of a field", kTreatments);
  }
  return treatment;
}

FieldTreatments ReadFieldTreatments(const YamlReader& reader, const YamlNode& node,
                                    const Schema& schema) {
  FieldTreatments treatments;
  std::vector<std::string_view> names;
  for (const Field& field : schema.fields) names.push_back(field.name);
  if (!reader.Mapping(node, "fields", names)) return treatments;
  for (const auto& [name, treatment] : node.entries) {
    const Field& field = schema.fields[*schema.FindField(name.text)];
    treatments.fields.emplace(name.text, ReadTreatment(reader, treatment, field));
  }
  return treatments;
}

KAnonymity ReadKAnonymity(const YamlReader& reader, const YamlNode& node, const Schema& schema) {
  KAnonymity anonymity;
  if (!reader.Mapping(node, "k_anonymity", kAnonymityKeys)) return anonymity;
  anonymity.k = reader.Integer(reader.One(reader.Required(node, "k"), "k"), 2, kMaxK);
  for (const Word& word : reader.OneOrMore(reader.Required(node, "over"), "over", false)) {
    Lookup(reader, schema, "dimension", word);
    anonymity.over.insert(word.text);
  }
  return anonymity;
}

Approval ReadApproval(const YamlReader& reader, const YamlNode& node, const Schema& schema) {
  Approval approval;
  if (!reader.Mapping(node, "approval", kApprovalKeys)) return approval;
  std::set<std::string> roles;
  for (const Word& word : reader.OneOrMore(reader.Required(node, "role"), "role", false)) {
    Lookup(reader, schema, "role", word);
    roles.insert(word.text);
  }
  approval.count_by_roles[roles] =
      reader.Integer(reader.One(reader.Required(node, "count"), "count"), 1, kMaxApprovals);
  return approval;
}

Onward ReadOnward(const YamlReader& reader, const YamlNode& node, const Schema& schema) {
  Onward onward;
  if (!reader.Mapping(node, "onward", kOnwardKeys)) return onward;
  if (const YamlNode* label = node.Find("tlp_max")) {
    const Word word = reader.One(*label, "tlp_max");
    onward.tlp_max_rank = Lookup(reader, schema, "tlp", word);
    onward.tlp_max = word.text;
  }
  if (const YamlNode* consent = node.Find("originator_consent")) {
    onward.originator_consent = reader.Truth(reader.One(*consent, "originator_consent"));
  }
  if (const YamlNode* none = node.Find("none")) {
    onward.none = reader.Truth(reader.One(*none, "none"));
  }
  return onward;
}

Notify ReadNotify(const YamlReader& reader, const YamlNode& node, const Schema& schema) {
  Notify notify;
  if (!reader.ok()) return notify;
  if (node.kind != YamlNode::Kind::kMapping || node.entries.empty()) {
    reader.complaint().At(node.word.at, "notify must be a mapping of parties to delays");
    return notify;
  }
  for (const auto& [party, delay] : node.entries) {
    Lookup(reader, schema, "party", party);
    notify.days_by_party.emplace(party.text, reader.Days(reader.One(delay, "a delay")));
  }
  return notify;
}

LogDepth ReadLogDepth(const YamlReader& reader, const YamlNode& node) {
  const Word word = reader.One(node, "log");
  if (!reader.ok() || word.text == "standard") return {};
  if (word.text != "full") reader.complaint().Unknown(word, "unknown log depth", kLogLevels);
  return {LogDepth::Level::kFull};
}

Obligation ReadObligation(const YamlReader& reader, ObligationKind kind, const YamlNode& node,
                          const Schema& schema) {
  switch (kind) {
    case ObligationKind::kFields:
      return ReadFieldTreatments(reader, node, schema);
    case ObligationKind::kRetention:
      return Retention{reader.Days(reader.One(node, "retention"))};
    case ObligationKind::kKAnonymity:
      return ReadKAnonymity(reader, node, schema);
    case ObligationKind::kApproval:
      return ReadApproval(reader, node, schema);
    case ObligationKind::kOnward:
      return ReadOnward(reader, node, schema);
    case ObligationKind::kNoEvidence: {
      const Word word = reader.One(node, "no_evidence");
      if (reader.ok() && word.text != "true") {
        reader.complaint().About(word, "no_evidence can only be true: leave it out otherwise");
      }
      return NoEvidence{};
    }
    case ObligationKind::kNotify:
      return ReadNotify(reader, node, schema);
    case ObligationKind::kCoolingOff:
      return CoolingOff{reader.Hours(reader.One(node, "cooling_off"))};
    case ObligationKind::kLog:
      return ReadLogDepth(reader, node);
  }
  return NoEvidence{};
}

}  // namespace

std::vector<Obligation> ReadObligations(const YamlReader& reader, const YamlNode& node,
                                        const Schema& schema) {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < kObligationKinds; ++i) {
    names.push_back(ObligationName(static_cast<ObligationKind>(i)));
  }
  std::vector<Obligation> obligations;
  if (!reader.Mapping(node, "obligations", names)) return obligations;
  for (std::string_view name : names) {
    if (const YamlNode* found = node.Find(name)) {
      obligations.push_back(ReadObligation(reader, *FindObligation(name), *found, schema));
    }
  }
  return obligations;
}

}  // namespace sluis::policies
