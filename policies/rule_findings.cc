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

  absl::StatusOr<std::optional<RuleFinding>> Find() const {
    switch (list_[rule_].effect) {
      case Effect::kPermit:
        return FindPermit();
      case Effect::kForbid:
        return FindForbid();
      case Effect::kRequire:
        return FindRequire();
    }
    return Nothing();
  }

 private:
  using Found = absl::StatusOr<std::optional<RuleFinding>>;

  static Found Nothing() { return std::optional<RuleFinding>(); }
  // A finding that this request, or else any that the rule matches, shows.
  Found Shown(FindingKind kind, const std::optional<Box>& request = std::nullopt) const {
    const Box& box = request ? *request : rules_.BoxOf(rule_);
    return std::optional(
        RuleFinding{list_[rule_].id, kind, IsEmpty(box) ? std::string() : rules_.Example(box)});
  }

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
  absl::StatusOr<std::optional<Box>> Needed(const RuleBits& covers) const {
    RuleBits me;
    me.Add(rule_);
    return rules_.Permitted(rules_.BoxOf(rule_), me, covers);
  }

  Found FindPermit() const {
    const auto met = Needed({});
    if (!met.ok()) return met.status();
    if (!met->has_value()) return Shown(FindingKind::kDead);
    auto needed = Needed(Others(rules_.permits()));
    if (!needed.ok()) return needed.status();
    if (needed->has_value()) return Nothing();
    for (const FieldId field : list_[rule_].grants) {
      needed = Needed(Others(
          rules_.RulesThat([&](std::size_t i) { return Grants(i, field) || Removes(i, field); })));
      if (!needed.ok()) return needed.status();
      if (needed->has_value()) return Nothing();
    }
    for (const SlotValue& asked : compiled_.slots().Of(rule_)) {
      needed = Needed(AskingAsMuch(asked));
      if (!needed.ok()) return needed.status();
      if (needed->has_value()) return Nothing();
    }
    // What it permits, another permit permits as well, or it would be needed.
    return Shown(FindingKind::kRedundant, *met);
  }

  Found FindForbid() const {
    const Box& box = rules_.BoxOf(rule_);
    const auto find = [&](const RuleBits& covers) -> absl::StatusOr<std::optional<Box>> {
      std::size_t steps = rules_.steps();
      std::optional<Box> found = rules_.Find({box, rules_.permits(), covers}, &steps);
      if (steps == 0) {
        return absl::ResourceExhaustedError(
            "policies: whether a forbid does anything takes too many steps to find out: simplify "
            "the rules that overlap");
      }
      return found;
    };
    const auto met = find({});
    if (!met.ok()) return met.status();
    if (!met->has_value()) return Shown(FindingKind::kVacuous);
    const auto needed = find(Others(rules_.forbids()));
    if (!needed.ok()) return needed.status();
    return needed->has_value() ? Nothing() : Shown(FindingKind::kRedundant, *met);
  }

  Found FindRequire() const {
    const Box& box = rules_.BoxOf(rule_);
    const auto met = rules_.Permitted(box, rules_.permits(), {});
    if (!met.ok()) return met.status();
    if (!met->has_value()) return Shown(FindingKind::kDead);
    for (const SlotValue& asked : compiled_.slots().Of(rule_)) {
      const auto needed = rules_.Permitted(box, rules_.permits(), AskingAsMuch(asked));
      if (!needed.ok()) return needed.status();
      if (needed->has_value()) return Nothing();
    }
    return Shown(FindingKind::kRedundant, *met);
  }

  const RuleSpace& rules_;
  const std::vector<Rule>& list_;
  const CompiledRules& compiled_;
  std::size_t rule_;
};

// Of a request within `where` that this permit permits, or else that it matches.
absl::StatusOr<std::string> ExampleOf(const RuleSpace& rules, std::size_t permit,
                                      const Box& where) {
  RuleBits only;
  only.Add(permit);
  const absl::StatusOr<std::optional<Box>> permitted = rules.Permitted(where, only, {});
  if (!permitted.ok()) return permitted.status();
  if (permitted->has_value()) return rules.Example(**permitted);
  Box matched = where;
  return Narrow(rules.BoxOf(permit), matched) ? rules.Example(matched) : std::string();
}

}  // namespace

std::string_view FindingName(FindingKind kind) {
  return kFindingNames[static_cast<std::size_t>(kind)];
}

absl::StatusOr<std::vector<RuleFinding>> FindIdleRules(const RuleSpace& rules) {
  std::vector<RuleFinding> findings;
  for (std::size_t i = 0; i < rules.packs().rules().size(); ++i) {
    auto found = Idleness(rules, i).Find();
    if (!found.ok()) return found.status();
    if (found->has_value()) findings.push_back(**std::move(found));
  }
  return findings;
}

absl::StatusOr<std::vector<MissingBasis>> PermitsWithoutBasis(const RuleSpace& rules,
                                                              std::string_view date) {
  const PackSet& packs = rules.packs();
  std::vector<MissingBasis> missing;
  const auto id = packs.FindAttribute(kBasisAttribute);
  const Attribute* attribute = id ? &packs.schema().attributes[*id] : nullptr;
  const bool words = attribute != nullptr && attribute->type == ValueType::kVocabulary;
  const auto add = [&](std::size_t rule, std::string basis, const Box& where) -> absl::Status {
    absl::StatusOr<std::string> example = ExampleOf(rules, rule, where);
    if (!example.ok()) return example.status();
    missing.push_back({packs.rules()[rule].id, std::move(basis), *std::move(example)});
    return absl::OkStatus();
  };
  for (std::size_t i = 0; i < packs.rules().size(); ++i) {
    const Rule& rule = packs.rules()[i];
    if (rule.effect != Effect::kPermit) continue;
    if (!words) {
      if (absl::Status added = add(i, {}, rules.BoxOf(i)); !added.ok()) return added;
      continue;
    }
    for (const ValueTest& test : rule.tests) {
      if (test.attribute != *id) continue;
      const Vocabulary& bases = packs.schema().vocabularies[attribute->vocabulary];
      for (std::size_t value = 0; value < bases.values.size(); ++value) {
        const auto basis = static_cast<ValueId>(value);
        if (!test.Passes(basis) || StandsOn(bases.values[value], date)) continue;
        const absl::Status added = add(i, bases.values[value].name, rules.With(*id, basis));
        if (!added.ok()) return added;
      }
    }
  }
  return missing;
}

}  // namespace sluis::policies
