#include "policies/paired_space.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "policies/obligation.h"

namespace sluis::policies {
namespace {

constexpr Both<std::size_t> kLaterFirst = {1, 0};

// Every integer from which on either version, or its declaration, answers otherwise.
std::set<int32_t> Starts(const PackSet& packs, const Attribute& attribute, AttributeId id) {
  std::set<int32_t> starts = {attribute.minimum, attribute.maximum + 1};
  for (const Rule& rule : packs.rules()) {
    for (const ValueTest& test : rule.tests) {
      if (test.attribute != id || test.minimum > test.maximum) continue;
      starts.insert(test.minimum);
      starts.insert(test.maximum + 1);
    }
  }
  return starts;
}

// What an obligation's words stand for in their scale, which the other version may order otherwise.
std::string RanksOf(const Obligation& obligation) {
  std::string ranks;
  if (const auto* treatments = std::get_if<FieldTreatments>(&obligation)) {
    for (const auto& [field, treatment] : treatments->fields) {
      ranks += "/" + std::to_string(treatment.step);
    }
  } else if (const auto* onward = std::get_if<Onward>(&obligation)) {
    if (onward->tlp_max_rank) ranks = "/" + std::to_string(*onward->tlp_max_rank);
  }
  return ranks;
}

std::vector<std::string> WordsOf(const Schema& schema, const Attribute& attribute) {
  if (attribute.type == ValueType::kBool) return {"false", "true"};
  std::vector<std::string> words;
  for (const VocabularyValue& value : schema.vocabularies[attribute.vocabulary].values) {
    words.push_back(value.name);
  }
  return words;
}

}  // namespace

bool PairedLevel::AllKnown() const {
  return std::all_of(groups.begin(), groups.end(),
                     [](const PairedGroup& group) { return group.known[0] && group.known[1]; });
}

absl::StatusOr<PairedSpace> PairedSpace::Of(const PackSet& before, const PackSet& after) {
  absl::StatusOr<RuleSpace> first = RuleSpace::Of(before);
  if (!first.ok()) return first.status();
  absl::StatusOr<RuleSpace> second = RuleSpace::Of(after);
  if (!second.ok()) return second.status();
  PairedSpace space({*std::move(first), *std::move(second)});
  Both<std::vector<std::string>> meanings;
  for (std::size_t version = 0; version < kVersions; ++version) {
    const std::vector<Rule>& rules = space.packs(version).rules();
    meanings[version].resize(rules.size());
    for (std::size_t i = 0; i < rules.size(); ++i) {
      if (!IsEmpty(space.rules_[version].BoxOf(i))) space.all_[version].Add(i);
    }
  }
  std::vector<std::string> names;
  for (const std::size_t version : kLaterFirst) {
    for (const Attribute& attribute : space.packs(version).schema().attributes) {
      if (std::find(names.begin(), names.end(), attribute.name) == names.end()) {
        names.push_back(attribute.name);
      }
    }
  }
  for (const std::string& name : names) {
    if (absl::Status added = space.AddAttribute(name, meanings); !added.ok()) return added;
  }
  space.FindOwn(meanings);
  std::stable_sort(space.levels_.begin(), space.levels_.end(),
                   [](const PairedLevel& a, const PairedLevel& b) {
                     return a.tested[0].count() + a.tested[1].count() >
                            b.tested[0].count() + b.tested[1].count();
                   });
  return space;
}

const Attribute* PairedSpace::Find(std::size_t version, std::string_view name) const {
  const auto id = packs(version).FindAttribute(name);
  return id ? &packs(version).schema().attributes[*id] : nullptr;
}

std::vector<PairedSpace::Value> PairedSpace::ValuesOf(const std::string& name) const {
  std::vector<Value> values;
  std::set<int32_t> starts;
  bool optional = false;
  for (std::size_t version = 0; version < kVersions; ++version) {
    const Attribute* attribute = Find(version, name);
    if (attribute == nullptr) continue;
    optional = optional || attribute->optional;
    if (attribute->type == ValueType::kInteger) {
      starts.merge(Starts(packs(version), *attribute, *packs(version).FindAttribute(name)));
      continue;
    }
    for (std::string& word : WordsOf(packs(version).schema(), *attribute)) {
      const bool there = std::any_of(values.begin(), values.end(),
                                     [&word](const Value& other) { return other.word == word; });
      if (!there) values.push_back({std::move(word), {}});
    }
  }
  for (const int32_t start : starts) values.push_back({std::to_string(start), {}});
  if (optional) values.push_back({std::string(kNoneWord), {}});
  for (Value& value : values) {
    for (std::size_t version = 0; version < kVersions; ++version) {
      const Attribute* attribute = Find(version, name);
      if (attribute == nullptr) continue;
      value.ids[version] = packs(version).schema().FindValue(*attribute, value.word);
    }
  }
  // Beyond the last integer that either declares there is nothing.
  values.erase(std::remove_if(values.begin(), values.end(),
                              [](const Value& value) {
                                return !value.ids[0].has_value() && !value.ids[1].has_value();
                              }),
               values.end());
  return values;
}

absl::Status PairedSpace::AddAttribute(const std::string& name,
                                       Both<std::vector<std::string>>& meanings) {
  const Both<const Attribute*> declared = {Find(0, name), Find(1, name)};
  if (declared[0] != nullptr && declared[1] != nullptr) {
    if (declared[0]->derivation.has_value() != declared[1]->derivation.has_value() ||
        declared[0]->type != declared[1]->type) {
      return absl::InvalidArgumentError(
          "policies: attribute \"" + name +
          "\" is derived, or of another type, in one version only; these cannot be compared");
    }
  }
  const Attribute* any = declared[0] != nullptr ? declared[0] : declared[1];
  if (any->derivation) return absl::OkStatus();
  PairedLevel level;
  level.attribute = name;
  for (const Value& value : ValuesOf(name)) {
    PairedGroup group{value.word, 1, {}, {}};
    for (std::size_t version = 0; version < kVersions; ++version) {
      const bool asked = declared[version] != nullptr;
      group.known[version] = !asked || value.ids[version].has_value();
      if (!group.known[version]) continue;
      group.possible[version] = all_[version];
      if (!asked) continue;
      const AttributeId id = *packs(version).FindAttribute(name);
      const Box with = rules_[version].With(id, *value.ids[version]);
      RuleBits ruled_out;
      for (std::size_t rule = 0; rule < packs(version).rules().size(); ++rule) {
        if ((rules_[version].BoxOf(rule)[id] & with[id]) == 0) ruled_out.Add(rule);
      }
      group.possible[version].Remove(ruled_out);
      level.tested[version] |= ruled_out;
    }
    for (std::size_t version = 0; version < kVersions && group.known[0] && group.known[1];
         ++version) {
      all_[version].ForEach([&](std::size_t rule) {
        meanings[version][rule] += group.possible[version].Has(rule) ? '1' : '0';
      });
    }
    ++level.classes;
    const auto same =
        std::find_if(level.groups.begin(), level.groups.end(), [&group](const PairedGroup& other) {
          return other.known == group.known && other.possible == group.possible;
        });
    if (same != level.groups.end()) {
      ++same->weight;
    } else {
      level.groups.push_back(std::move(group));
    }
  }
  if (level.groups.empty()) {
    return absl::InvalidArgumentError("policies: attribute \"" + name +
                                      "\" has no value at all; give its vocabulary one");
  }
  const bool told_apart = level.tested[0].any() || level.tested[1].any() || !level.AllKnown();
  if (told_apart) {
    levels_.push_back(std::move(level));
  } else {
    alike_.emplace_back(name, level.groups.front().word);
  }
  return absl::OkStatus();
}

void PairedSpace::FindOwn(Both<std::vector<std::string>>& meanings) {
  Both<std::set<std::string>> all;
  for (std::size_t version = 0; version < kVersions; ++version) {
    all_[version].ForEach([&](std::size_t i) {
      const Rule& rule = packs(version).rules()[i];
      std::string& meaning = meanings[version][i];
      meaning += "|" + std::to_string(static_cast<int>(rule.effect));
      std::set<std::string> grants;
      for (const FieldId field : rule.grants) {
        grants.insert(packs(version).schema().fields[field].name);
      }
      for (const std::string& field : grants) meaning += "|" + field;
      for (const Obligation& obligation : rule.obligations) {
        meaning += "|" + ObligationText(obligation) + RanksOf(obligation);
      }
      all[version].insert(meaning);
    });
  }
  for (std::size_t version = 0; version < kVersions; ++version) {
    all_[version].ForEach([&](std::size_t i) {
      if (!all[1 - version].contains(meanings[version][i])) own_[version].Add(i);
    });
  }
}

std::string PairedSpace::Example(const std::vector<std::string_view>& words) const {
  std::map<std::string_view, std::string_view> value_of;
  for (const auto& [attribute, word] : alike_) value_of.emplace(attribute, word);
  for (std::size_t i = 0; i < words.size(); ++i) value_of.emplace(levels_[i].attribute, words[i]);
  std::string text;
  for (const std::size_t version : kLaterFirst) {
    for (const Attribute& attribute : packs(version).schema().attributes) {
      const auto found = value_of.find(attribute.name);
      if (found == value_of.end()) continue;
      if (!text.empty()) text += ", ";
      text.append(attribute.name).append("=").append(found->second);
      value_of.erase(found);
    }
  }
  return text;
}

}  // namespace sluis::policies
