#include "policies/rule_findings.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "policies/citation.h"
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

  RuleBits Others(RuleBits rules) const {
    RuleBits me;
    me.Add(rule_);
    return rules.Remove(me);
  }

  // The other rules that ask at least as much in that slot.
  RuleBits AskingAsMuch(const SlotValue& asked) const {
    return Others(rules_.RulesThat([&](std::size_t i) {
      const auto& all = compiled_.slots().Of(i);
      return std::any_of(all.begin(), all.end(), [&asked](const SlotValue& other) {
        return other.slot == asked.slot && other.strictness >= asked.strictness;
      });
    }));
  }
  bool Grants(std::size_t i, FieldId field) const {
    return ((compiled_.GrantsOf(i) >> field) & 1) != 0;
  }
  bool Removes(std::size_t i, FieldId field) const {
    return ((compiled_.slots().RemovedBy(i) >> field) & 1) != 0;
  }

  // A request of this permit that none of the covers and no forbid reaches.
  absl::StatusOr<bool> Needed(const RuleBits& covers) const {
    RuleBits me;
    me.Add(rule_);
    const absl::StatusOr<std::optional<Box>> found =
        rules_.Permitted(rules_.BoxOf(rule_), me, covers);
    if (!found.ok()) return found.status();
    return found->has_value();
  }

  Found FindPermit() const {
    absl::StatusOr<bool> needed = Needed({});
    if (!needed.ok()) return needed.status();
    if (!*needed) return std::optional(FindingKind::kDead);
    needed = Needed(Others(rules_.permits()));
    if (!needed.ok()) return needed.status();
    if (*needed) return std::optional<FindingKind>();
    for (const FieldId field : list_[rule_].grants) {
      needed = Needed(Others(
          rules_.RulesThat([&](std::size_t i) { return Grants(i, field) || Removes(i, field); })));
      if (!needed.ok()) return needed.status();
      if (*needed) return std::optional<FindingKind>();
    }
    for (const SlotValue& asked : compiled_.slots().Of(rule_)) {
      needed = Needed(AskingAsMuch(asked));
      if (!needed.ok()) return needed.status();
      if (*needed) return std::optional<FindingKind>();
    }
    return std::optional(FindingKind::kRedundant);
  }

  Found FindForbid() const {
    const Box& box = rules_.BoxOf(rule_);
    const auto find = [&](const RuleBits& covers) {
      std::size_t steps = rules_.steps();
      std::optional<Box> found = rules_.Find({box, rules_.permits(), covers}, &steps);
      return steps == 0 ? absl::StatusOr<bool>(absl::ResourceExhaustedError(
                              "policies: whether a forbid does anything takes too many steps to "
                              "find out: simplify the rules that overlap"))
                        : absl::StatusOr<bool>(found.has_value());
    };
    absl::StatusOr<bool> found = find({});
    if (!found.ok()) return found.status();
    if (!*found) return std::optional(FindingKind::kVacuous);
    found = find(Others(rules_.forbids()));
    if (!found.ok()) return found.status();
    if (!*found) return std::optional(FindingKind::kRedundant);
    return std::optional<FindingKind>();
  }

  Found FindRequire() const {
    const Box& box = rules_.BoxOf(rule_);
    absl::StatusOr<std::optional<Box>> found = rules_.Permitted(box, rules_.permits(), {});
    if (!found.ok()) return found.status();
    if (!found->has_value()) return std::optional(FindingKind::kDead);
    for (const SlotValue& asked : compiled_.slots().Of(rule_)) {
      found = rules_.Permitted(box, rules_.permits(), AskingAsMuch(asked));
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
