#include "tests/policies/every_request.h"

#include <algorithm>
#include <sstream>

#include "policies/obligation.h"

namespace sluis::policies {
namespace {

std::vector<std::string> AllWords(const PackSet& packs, AttributeId id) {
  const Attribute& attribute = packs.schema().attributes[id];
  std::vector<std::string> words;
  if (attribute.type == ValueType::kInteger) {
    std::set<int32_t> starts = {attribute.minimum};
    for (const Rule& rule : packs.rules()) {
      for (const ValueTest& test : rule.tests) {
        if (test.attribute != id || test.minimum > test.maximum) continue;
        starts.insert(test.minimum);
        if (test.maximum < attribute.maximum) starts.insert(test.maximum + 1);
      }
    }
    for (const int32_t start : starts) words.push_back(std::to_string(start));
  } else if (attribute.type == ValueType::kBool) {
    words = {"false", "true"};
  } else {
    for (const auto& value : packs.schema().vocabularies[attribute.vocabulary].values) {
      words.push_back(value.name);
    }
  }
  if (attribute.optional) words.emplace_back("none");
  return words;
}

// Whether some rule tells values of the attribute apart, itself or through one that follows from
// it.
bool Tested(const PackSet& packs, AttributeId id) {
  const std::vector<Attribute>& attributes = packs.schema().attributes;
  for (const Rule& rule : packs.rules()) {
    for (const ValueTest& test : rule.tests) {
      const auto& derivation = attributes[test.attribute].derivation;
      if ((derivation ? derivation->base : test.attribute) != id) continue;
      for (const std::string& word : AllWords(packs, id)) {
        const ValueId value = *packs.FindValue(id, word);
        const ValueId tested =
            derivation ? derivation->value_of[static_cast<std::size_t>(value)] : value;
        if (!test.Passes(tested)) return true;
      }
    }
  }
  return false;
}

std::optional<std::vector<ValueId>> ValuesOf(const PackSet& packs, const Words& words) {
  const std::vector<Attribute>& attributes = packs.schema().attributes;
  std::vector<ValueId> values(attributes.size(), kNone);
  for (std::size_t i = 0; i < attributes.size(); ++i) {
    if (attributes[i].derivation) continue;
    const auto value = packs.schema().FindValue(attributes[i], words.at(attributes[i].name));
    if (!value) return std::nullopt;
    values[i] = *value;
  }
  for (std::size_t i = 0; i < attributes.size(); ++i) {
    const auto& derivation = attributes[i].derivation;
    if (!derivation) continue;
    values[i] = derivation->value_of[static_cast<std::size_t>(values[derivation->base])];
  }
  return values;
}

void Visit(const std::map<std::string, std::vector<std::string>>& representatives,
           std::map<std::string, std::vector<std::string>>::const_iterator from, Words& words,
           const std::function<void(const Words&)>& visit) {
  if (from == representatives.end()) {
    visit(words);
    return;
  }
  for (const std::string& word : from->second) {
    words[from->first] = word;
    Visit(representatives, std::next(from), words, visit);
  }
}

}  // namespace

std::map<std::string, std::vector<std::string>> Representatives(
    const std::vector<const PackSet*>& versions) {
  std::map<std::string, std::vector<std::string>> representatives;
  for (const PackSet* packs : versions) {
    for (const Attribute& attribute : packs->schema().attributes) {
      if (attribute.derivation || representatives.contains(attribute.name)) continue;
      std::vector<std::string>& words = representatives[attribute.name];
      bool apart = false;
      for (const PackSet* version : versions) {
        const auto id = version->FindAttribute(attribute.name);
        if (!id) continue;
        apart = apart || Tested(*version, *id);
        for (std::string& word : AllWords(*version, *id)) {
          if (std::find(words.begin(), words.end(), word) == words.end()) {
            words.push_back(std::move(word));
          }
        }
      }
      for (const PackSet* version : versions) {
        const auto id = version->FindAttribute(attribute.name);
        for (const std::string& word : words) {
          apart = apart || (id && !version->FindValue(*id, word));
        }
      }
      if (!apart) words.resize(1);
    }
  }
  return representatives;
}

void ForEachClass(const std::map<std::string, std::vector<std::string>>& representatives,
                  const std::function<void(const Words&)>& visit) {
  Words words;
  Visit(representatives, representatives.begin(), words, visit);
}

std::set<std::size_t> Matching(const PackSet& packs, const Words& words) {
  std::set<std::size_t> matching;
  const auto values = ValuesOf(packs, words);
  if (!values) return matching;
  for (std::size_t i = 0; i < packs.rules().size(); ++i) {
    const auto& tests = packs.rules()[i].tests;
    if (std::all_of(tests.begin(), tests.end(), [&values](const ValueTest& test) {
          return test.Passes((*values)[test.attribute]);
        })) {
      matching.insert(i);
    }
  }
  return matching;
}

std::optional<Outcomes> Ask(const PackSet& packs, const Words& words,
                            std::optional<std::size_t> left_out) {
  if (!ValuesOf(packs, words)) return std::nullopt;
  Outcomes outcomes;
  std::map<std::size_t, Obligation> joined;
  std::set<std::string> granted;
  for (const std::size_t i : Matching(packs, words)) {
    if (i == left_out) continue;
    const Rule& rule = packs.rules()[i];
    if (rule.effect == Effect::kForbid) return Outcomes{};
    outcomes.permitted = outcomes.permitted || rule.effect == Effect::kPermit;
    for (const FieldId field : rule.grants) granted.insert(packs.schema().fields[field].name);
    for (const Obligation& obligation : rule.obligations) {
      const auto [mine, added] = joined.emplace(obligation.index(), obligation);
      if (!added) mine->second = *Join(mine->second, obligation);
    }
  }
  if (!outcomes.permitted) return Outcomes{};
  FieldTreatments treatments;
  for (const auto& [kind, obligation] : joined) {
    outcomes.obligations.insert(ObligationText(obligation));
    if (const auto* found = std::get_if<FieldTreatments>(&obligation)) treatments = *found;
  }
  for (const std::string& field : granted) {
    const auto found = treatments.fields.find(field);
    const Treatment treatment = found == treatments.fields.end() ? Treatment{} : found->second;
    if (treatment.kind != Treatment::Kind::kRemove) {
      outcomes.fields.emplace(field, TreatmentText(treatment));
    }
  }
  return outcomes;
}

Words RequestOf(const std::string& example) {
  Words words;
  std::istringstream text(example);
  for (std::string part; std::getline(text, part, ',');) {
    if (part.starts_with(" ")) part.erase(0, 1);
    const std::size_t equals = part.find('=');
    words[part.substr(0, equals)] = part.substr(equals + 1);
  }
  return words;
}

}  // namespace sluis::policies
