#include "policies/rule_findings.h"

#include <array>
#include <optional>
#include <utility>

#include "policies/compiled_rules.h"

namespace sluis::policies {
namespace {

constexpr std::string_view kBasisAttribute = "basis";
constexpr std::array<std::string_view, 3> kFindingNames = {"dead", "vacuous", "redundant"};

// Asks of one rule what would change without it.
class Idleness {
 public:
  Idleness(const RuleSpace& rules, std::size_t rule)
      : rules_(rules),
        list_(rules.packs().rules()),
        compiled_(rules.packs().compiled()),
        rule_(rule) {}

  absl::StatusOr<std::optional<FindingKind>> Find() const {
    switch (list_[rule_].effect) {
      case Effect::kPermit:
        return FindPermit();
      case Effect::kForbid:
        return FindForbid();
      case Effect::kRequire:
        return FindRequire();
    }
    return std::optional<FindingKind>();
  }

 private:
  using Found = absl::StatusOr<std::optional<FindingKind>>;

  bool IsPermit(std::size_t i) const { return list_[i].effect == Effect::kPermit; }
  bool IsForbid(std::size_t i) const { return list_[i].effect == Effect::kForbid; }
  bool IsMe(std::size_t i) const { return i == rule_; }

  // Whether another rule asks at least as much as this one does in that slot.
  bool AsksAsMuch(std::size_t i, const SlotValue& asked) const {
    if (IsMe(i) || IsForbid(i)) return false;
    for (const SlotValue& other : compiled_.slots().Of(i)) {
      if (other.slot == asked.slot) return other.strictness >= asked.strictness;
    }
    return false;
  }
  bool Grants(std::size_t i, FieldId field) const {
    return IsPermit(i) && ((compiled_.GrantsOf(i) >> field) & 1) != 0;
  }
  bool Removes(std::size_t i, FieldId field) const {
    return ((compiled_.slots().RemovedBy(i) >> field) & 1) != 0;
  }

  // A request of this permit that none of the covers and no forbid reaches.
  absl::StatusOr<bool> Needed(const IsOneOf& covers) const {
    const absl::StatusOr<std::optional<Box>> found = rules_.Permitted(
        rules_.BoxOf(rule_), [this](std::size_t i) { return IsMe(i); }, covers);
    if (!found.ok()) return found.status();
    return found->has_value();
  }

  Found FindPermit() const {
    absl::StatusOr<bool> needed = Needed([](std::size_t) { return false; });
    if (!needed.ok()) return needed.status();
    if (!*needed) return std::optional(FindingKind::kDead);
    needed = Needed([this](std::size_t i) { return IsPermit(i) && !IsMe(i); });
    if (!needed.ok()) return needed.status();
    if (*needed) return std::optional<FindingKind>();
    for (const FieldId field : list_[rule_].grants) {
      if (Removes(rule_, field)) continue;
      needed = Needed([&](std::size_t i) {
        return !IsMe(i) && (Grants(i, field) || (!IsForbid(i) && Removes(i, field)));
      });
      if (!needed.ok()) return needed.status();
      if (*needed) return std::optional<FindingKind>();
    }
    for (const SlotValue& asked : compiled_.slots().Of(rule_)) {
      needed = Needed([&](std::size_t i) { return AsksAsMuch(i, asked); });
      if (!needed.ok()) return needed.status();
      if (*needed) return std::optional<FindingKind>();
    }
    return std::optional(FindingKind::kRedundant);
  }

  Found FindForbid() const {
    bool under = false;
    for (std::size_t i = 0; i < list_.size(); ++i) {
      if (!IsPermit(i)) continue;
      Box both = rules_.BoxOf(rule_);
      for (std::size_t a = 0; a < both.size(); ++a) both[a] &= rules_.BoxOf(i)[a];
      if (IsEmpty(both)) continue;
      under = true;
      const absl::StatusOr<std::optional<Box>> found = rules_.Uncovered(
          both, [this](std::size_t other) { return IsForbid(other) && !IsMe(other); });
      if (!found.ok()) return found.status();
      if (found->has_value()) return std::optional<FindingKind>();
    }
    return std::optional(under ? FindingKind::kRedundant : FindingKind::kVacuous);
  }

  Found FindRequire() const {
    const auto needed = [this](const IsOneOf& covers) {
      return rules_.Permitted(
          rules_.BoxOf(rule_), [](std::size_t) { return true; }, covers);
    };
    absl::StatusOr<std::optional<Box>> found = needed([](std::size_t) { return false; });
    if (!found.ok()) return found.status();
    if (!found->has_value()) return std::optional(FindingKind::kDead);
    for (const SlotValue& asked : compiled_.slots().Of(rule_)) {
      found = needed([&](std::size_t i) { return AsksAsMuch(i, asked); });
      if (!found.ok()) return found.status();
      if (found->has_value()) return std::optional<FindingKind>();
    }
    return std::optional(FindingKind::kRedundant);
  }

  const RuleSpace& rules_;
  const std::vector<Rule>& list_;
  const CompiledRules& compiled_;
  std::size_t rule_;
};

bool StandsOn(const VocabularyValue& basis, std::string_view date) {
  for (const Citation& citation : basis.citations) {
    if (citation.from <= date && (citation.until.empty() || date <= citation.until)) return true;
  }
  return false;
}

}  // namespace

std::string_view FindingName(FindingKind kind) {
  return kFindingNames[static_cast<std::size_t>(kind)];
}

absl::StatusOr<std::vector<RuleFinding>> FindIdleRules(const RuleSpace& rules) {
  std::vector<RuleFinding> findings;
  for (std::size_t i = 0; i < rules.packs().rules().size(); ++i) {
    const auto found = Idleness(rules, i).Find();
    if (!found.ok()) return found.status();
    if (*found) findings.push_back({rules.packs().rules()[i].id, **found});
  }
  return findings;
}

std::vector<MissingBasis> PermitsWithoutBasis(const PackSet& packs, std::string_view date) {
  std::vector<MissingBasis> missing;
  const auto id = packs.FindAttribute(kBasisAttribute);
  const Attribute* attribute = id ? &packs.schema().attributes[*id] : nullptr;
  const bool words = attribute != nullptr && attribute->type == ValueType::kVocabulary;
  for (const Rule& rule : packs.rules()) {
    if (rule.effect != Effect::kPermit) continue;
    if (!words) {
      missing.push_back({rule.id, {}});
      continue;
    }
    for (const ValueTest& test : rule.tests) {
      if (test.attribute != *id) continue;
      const Vocabulary& bases = packs.schema().vocabularies[attribute->vocabulary];
      for (std::size_t value = 0; value < bases.values.size(); ++value) {
        if (test.Passes(static_cast<ValueId>(value)) && !StandsOn(bases.values[value], date)) {
          missing.push_back({rule.id, bases.values[value].name});
        }
      }
    }
  }
  return missing;
}

}  // namespace sluis::policies
