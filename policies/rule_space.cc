#include "policies/rule_space.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace sluis::policies {
namespace {

constexpr std::size_t kBits = 64;
// Operations on sets of RuleBits::kBlockRules rules that are worth a step.
constexpr std::size_t kOperationsPerStep = 64;

}  // namespace

// Chooses one attribute after the other, and keeps what is left of permits and covers.
class RequestSearch {
 public:
  RequestSearch(const RuleSpace& rules, const RequestQuestion& question, std::size_t* steps)
      : rules_(rules), steps_(steps), needs_permit_(question.permits.has_value()) {
    found_ = question.within;
  }

  std::optional<Box> Run(const RequestQuestion& question) {
    if (IsEmpty(found_)) return std::nullopt;
    Left left{question.permits.value_or(RuleBits()), question.covers};
    blocks_ = std::max(left.permits.blocks(), left.covers.blocks());
    std::size_t values = 0;
    for (const uint64_t bits : found_) values += static_cast<std::size_t>(std::popcount(bits));
    if (!Pay(kOperationsPerValue * values)) return std::nullopt;
    for (std::size_t attribute = 0; attribute < found_.size(); ++attribute) {
      if (found_[attribute] == rules_.space().All()[attribute]) continue;
      RuleBits having;
      for (uint64_t bits = found_[attribute]; bits != 0; bits &= bits - 1) {
        having |= rules_.having_[attribute][static_cast<std::size_t>(std::countr_zero(bits))];
      }
      left.permits &= having;
      left.covers &= having;
    }
    Order(left);
    if (!Search(0, left)) return std::nullopt;
    return std::move(found_);
  }

 private:
  // What Run and Order do with each value, and Choices with each value of one attribute.
  static constexpr std::size_t kOperationsPerValue = 3;

  // Rules that the choices so far do not rule out.
  struct Left {
    RuleBits permits, covers;
  };
  struct Choice {
    uint64_t bit = 0;
    Left left;
  };
  struct Level {
    std::size_t attribute = 0;
    RuleBits tested;            // rules that some value of it rules out
    RuleBits tested_from_here;  // or of a later one
    std::size_t covers = 0;     // of them that are covers
  };

  // The attributes that rule most of these out first; those that rule out none are not looked at.
  void Order(const Left& left) {
    const RuleBits all = left.permits | left.covers;
    for (std::size_t attribute = 0; attribute < found_.size(); ++attribute) {
      Level level{attribute, {}, {}, 0};
      for (uint64_t bits = found_[attribute]; bits != 0; bits &= bits - 1) {
        RuleBits out = all;
        out.Remove(rules_.having_[attribute][static_cast<std::size_t>(std::countr_zero(bits))]);
        level.tested |= out;
      }
      level.covers = (level.tested & left.covers).count();
      if (level.tested.any()) levels_.push_back(level);
    }
    std::stable_sort(levels_.begin(), levels_.end(),
                     [](const Level& a, const Level& b) { return a.covers > b.covers; });
    RuleBits later;
    for (auto level = levels_.rbegin(); level != levels_.rend(); ++level) {
      later |= level->tested;
      level->tested_from_here = later;
    }
  }

  // Fewest covers first: the likeliest to lead to an answer, and what fails with few fails with
  // more.
  std::vector<Choice> Choices(const Level& level, const Left& left) const {
    std::vector<std::pair<std::size_t, std::size_t>> order;  // covers that are left, value
    for (uint64_t bits = found_[level.attribute]; bits != 0; bits &= bits - 1) {
      const auto at = static_cast<std::size_t>(std::countr_zero(bits));
      order.emplace_back((left.covers & rules_.having_[level.attribute][at]).count(), at);
    }
    std::sort(order.begin(), order.end());
    std::vector<Choice> choices;
    choices.reserve(order.size());
    for (const auto& [covers, at] : order) {
      const RuleBits& having = rules_.having_[level.attribute][at];
      choices.push_back({uint64_t{1} << at, {left.permits & having, left.covers & having}});
    }
    return choices;
  }

  // Takes off the steps that these operations on sets of rules are worth; false when none are left.
  bool Pay(std::size_t operations) {
    owed_ += operations * blocks_;
    const std::size_t paid = std::min(*steps_, owed_ / kOperationsPerStep);
    owed_ %= kOperationsPerStep;
    *steps_ -= paid;
    return *steps_ != 0;
  }

  bool Search(std::size_t at, const Left& left) {
    if (needs_permit_ && !left.permits.any()) return false;
    RuleBits matched = left.covers;
    if (at < levels_.size()) matched.Remove(levels_[at].tested_from_here);
    if (matched.any()) return false;
    if (!left.covers.any()) {
      return !needs_permit_ || Narrow(rules_.BoxOf(left.permits.first()), found_);
    }
    if (*steps_ == 0 || --*steps_ == 0) return false;
    const Level& level = levels_[at];
    const uint64_t before = found_[level.attribute];
    if (!Pay(kOperationsPerValue * static_cast<std::size_t>(std::popcount(before)))) return false;
    const std::vector<Choice> choices = Choices(level, left);
    for (std::size_t i = 0; i < choices.size(); ++i) {
      const Choice& choice = choices[i];
      if (!Pay(2 * i)) return false;
      const bool hopeless =
          std::any_of(choices.begin(), choices.begin() + static_cast<std::ptrdiff_t>(i),
                      [&choice](const Choice& failed) {
                        return choice.left.permits.Within(failed.left.permits) &&
                               failed.left.covers.Within(choice.left.covers);
                      });
      if (hopeless) continue;
      found_[level.attribute] = choice.bit;
      if (Search(at + 1, choice.left)) return true;
      if (*steps_ == 0) return false;
    }
    found_[level.attribute] = before;
    return false;
  }

  const RuleSpace& rules_;
  std::size_t* steps_;
  bool needs_permit_;
  std::size_t blocks_ = 0;  // of the largest set there is to work on
  std::size_t owed_ = 0;    // operations not yet worth a step
  std::vector<Level> levels_;
  Box found_;
};

absl::StatusOr<RuleSpace> RuleSpace::Of(const PackSet& packs, std::size_t steps,
                                        std::span<const ValueTest* const> more) {
  std::vector<const ValueTest*> tests(more.begin(), more.end());
  for (const Rule& rule : packs.rules()) {
    for (const ValueTest& test : rule.tests) tests.push_back(&test);
  }
  absl::StatusOr<BoxSpace> space = BoxSpace::Create(packs.schema(), tests);
  if (!space.ok()) return space.status();
  RuleSpace rules(packs, *std::move(space), steps);
  rules.AddRules();
  return rules;
}

void RuleSpace::AddRules() {
  having_.assign(space_.All().size(), std::vector<RuleBits>(kBits));
  for (std::size_t i = 0; i < packs_->rules().size(); ++i) {
    const Rule& rule = packs_->rules()[i];
    boxes_.push_back(Where(rule.tests));
    if (IsEmpty(boxes_.back())) continue;
    if (rule.effect == Effect::kPermit) permits_.Add(i);
    if (rule.effect == Effect::kForbid) forbids_.Add(i);
    for (std::size_t attribute = 0; attribute < having_.size(); ++attribute) {
      for (uint64_t bits = boxes_.back()[attribute]; bits != 0; bits &= bits - 1) {
        having_[attribute][static_cast<std::size_t>(std::countr_zero(bits))].Add(i);
      }
    }
  }
}

RuleBits RuleSpace::RulesThat(const std::function<bool(std::size_t rule)>& are) const {
  RuleBits rules;
  for (std::size_t i = 0; i < boxes_.size(); ++i) {
    if (are(i)) rules.Add(i);
  }
  return rules;
}

Box RuleSpace::Where(std::span<const ValueTest> tests) const {
  Box box = space_.All();
  space_.Narrow(tests, box);
  return box;
}

Box RuleSpace::With(AttributeId attribute, ValueId value) const {
  if (packs_->schema().attributes[attribute].derivation) {
    ValueTest test;
    test.attribute = attribute;
    test.values = uint64_t{1} << static_cast<uint32_t>(value);
    return Where({&test, 1});
  }
  Box box = space_.All();
  box[attribute] &= space_.BitOf(attribute, value);
  return box;
}

std::optional<Box> RuleSpace::Find(const RequestQuestion& question, std::size_t* steps) const {
  return RequestSearch(*this, question, steps).Run(question);
}

absl::StatusOr<std::optional<Box>> RuleSpace::Answer(const RequestQuestion& question) const {
  std::size_t steps = steps_;
  std::optional<Box> found = Find(question, &steps);
  if (steps == 0) {
    return absl::ResourceExhaustedError("policies: this question needs more than " +
                                        std::to_string(steps_) +
                                        " steps: narrow it, or simplify the rules that overlap");
  }
  return found;
}

absl::StatusOr<std::optional<Box>> RuleSpace::Uncovered(const Box& box,
                                                        const RuleBits& covers) const {
  return Answer({box, std::nullopt, covers});
}

absl::StatusOr<std::optional<Box>> RuleSpace::Permitted(const Box& box, const RuleBits& permits,
                                                        const RuleBits& covers) const {
  return Answer({box, permits & permits_, covers | forbids_});
}

}  // namespace sluis::policies
