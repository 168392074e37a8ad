#include "policies/rule_space.h"

#include <utility>

namespace sluis::policies {
namespace {

// False when they have no request in common.
bool Narrow(const Box& by, Box& box) {
  bool some = true;
  for (std::size_t i = 0; i < box.size(); ++i) {
    box[i] &= by[i];
    some = some && box[i] != 0;
  }
  return some;
}

}  // namespace

absl::StatusOr<RuleSpace> RuleSpace::Of(const PackSet& packs, std::size_t steps) {
  std::vector<const ValueTest*> tests;
  for (const Rule& rule : packs.rules()) {
    for (const ValueTest& test : rule.tests) tests.push_back(&test);
  }
  absl::StatusOr<BoxSpace> space = BoxSpace::Create(packs.schema(), tests);
  if (!space.ok()) return space.status();
  RuleSpace rules(packs, *std::move(space), steps);
  for (const Rule& rule : packs.rules()) rules.boxes_.push_back(rules.Where(rule.tests));
  return rules;
}

Box RuleSpace::Where(std::span<const ValueTest> tests) const {
  Box box = space_.All();
  space_.Narrow(tests, box);
  return box;
}

Box RuleSpace::With(AttributeId attribute, ValueId value) const {
  Box box = space_.All();
  box[attribute] &= space_.BitOf(attribute, value);
  return box;
}

absl::StatusOr<std::optional<Box>> RuleSpace::Uncovered(const Box& box,
                                                        const IsOneOf& covers) const {
  std::vector<const Box*> reaching;
  for (std::size_t i = 0; i < boxes_.size(); ++i) {
    if (covers(i) && Intersect(boxes_[i], box)) reaching.push_back(&boxes_[i]);
  }
  std::size_t left = steps_;
  std::optional<Box> found = FindUncovered(box, reaching, &left);
  if (left == 0) {
    return absl::ResourceExhaustedError("policies: this question needs more than " +
                                        std::to_string(steps_) +
                                        " steps: narrow it, or simplify the rules that overlap");
  }
  return found;
}

absl::StatusOr<std::optional<Box>> RuleSpace::Permitted(const Box& box, const IsOneOf& permits,
                                                        const IsOneOf& covers) const {
  const std::vector<Rule>& rules = packs_->rules();
  const auto stops = [&](std::size_t i) { return rules[i].effect == Effect::kForbid || covers(i); };
  for (std::size_t i = 0; i < boxes_.size(); ++i) {
    if (rules[i].effect != Effect::kPermit || !permits(i)) continue;
    Box both = boxes_[i];
    if (!Narrow(box, both)) continue;
    absl::StatusOr<std::optional<Box>> found = Uncovered(both, stops);
    if (!found.ok() || found->has_value()) return found;
  }
  return std::optional<Box>();
}

}  // namespace sluis::policies
