#include "policies/class_count.h"

#include <algorithm>
#include <bit>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "policies/rule_bits.h"

namespace sluis::policies {
namespace {

// Of all states together: some 300 MB, and a part of it again for a moment while the table grows.
constexpr std::size_t kMostWords = 30'000'000;
// What a state takes beside its words.
constexpr std::size_t kWordsBeside = 10;

// Values of one attribute that leave the same rules possible.
struct Group {
  RuleBits possible;
  absl::uint128 weight = 0;
};

struct Level {
  std::vector<Group> groups;
  RuleBits tested_from_here;  // by this level or a later one
  absl::uint128 classes_from_here = 0;
};

// What is left to decide: rules that neither matched nor were ruled out yet.
struct State {
  std::size_t level = 0;
  bool permitted = false;  // some permit has matched; only forbids matter now
  RuleBits possible;

  // The same for the same state only, in no more memory than its rules need.
  std::vector<uint64_t> Key() const {
    std::vector<uint64_t> key = {level * 2 + (permitted ? 1 : 0)};
    possible.AppendTo(key);
    key.shrink_to_fit();
    return key;
  }
};

class Counter {
 public:
  explicit Counter(const RuleSpace& rules) {
    const std::vector<Rule>& list = rules.packs().rules();
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (IsEmpty(rules.BoxOf(i))) continue;
      if (list[i].effect == Effect::kPermit) permits_.Add(i);
      if (list[i].effect == Effect::kForbid) forbids_.Add(i);
    }
    AddLevels(rules);
  }

  absl::StatusOr<ClassCount> Count() {
    if (beyond_) {
      return absl::ResourceExhaustedError(
          "policies: there are more classes of requests than can be counted: test fewer "
          "attributes");
    }
    ClassCount count;
    count.classes = levels_.front().classes_from_here;
    count.permitted = Permitted({0, false, permits_ | forbids_});
    if (words_ > kMostWords) {
      return absl::ResourceExhaustedError(
          "policies: these rules overlap in too many ways to be counted: fewer tests of the same "
          "attributes would do");
    }
    return count;
  }

 private:
  void AddLevels(const RuleSpace& rules);
  absl::uint128 Permitted(State state);

  RuleBits permits_, forbids_;
  std::vector<Level> levels_;
  bool beyond_ = false;  // more classes than 128 bits count
  absl::flat_hash_map<std::vector<uint64_t>, absl::uint128> states_;
  std::size_t words_ = 0;  // of states_
};

// The attributes that tell most rules apart first: what they rule out need not be looked at again.
void Counter::AddLevels(const RuleSpace& rules) {
  struct Column {
    std::vector<Group> groups;
    RuleBits tested;
    absl::uint128 classes = 0;
  };
  std::vector<Column> columns;
  const Box& all = rules.space().All();
  for (std::size_t attribute = 0; attribute < all.size(); ++attribute) {
    Column column;
    for (std::size_t rule = 0; rule < rules.packs().rules().size(); ++rule) {
      if (rules.BoxOf(rule)[attribute] != all[attribute]) column.tested.Add(rule);
    }
    if (!column.tested.any()) continue;
    for (uint64_t left = all[attribute]; left != 0; left &= left - 1) {
      const uint64_t bit = left & (~left + 1);
      Group group;
      (permits_ | forbids_).ForEach([&](std::size_t rule) {
        if ((rules.BoxOf(rule)[attribute] & bit) != 0) group.possible.Add(rule);
      });
      ++column.classes;
      const auto same =
          std::find_if(column.groups.begin(), column.groups.end(),
                       [&group](const Group& other) { return other.possible == group.possible; });
      if (same != column.groups.end()) {
        ++same->weight;
      } else {
        group.weight = 1;
        column.groups.push_back(group);
      }
    }
    columns.push_back(std::move(column));
  }
  std::stable_sort(columns.begin(), columns.end(), [](const Column& a, const Column& b) {
    return a.tested.count() > b.tested.count();
  });
  levels_.push_back({{}, {}, 1});
  for (auto column = columns.rbegin(); column != columns.rend(); ++column) {
    const Level& after = levels_.back();
    beyond_ = beyond_ || after.classes_from_here > absl::Uint128Max() / column->classes;
    levels_.push_back({std::move(column->groups), column->tested | after.tested_from_here,
                       column->classes * after.classes_from_here});
  }
  std::reverse(levels_.begin(), levels_.end());
}

absl::uint128 Counter::Permitted(State state) {
  const Level& level = levels_[state.level];
  RuleBits matched = state.possible;
  matched.Remove(level.tested_from_here);
  if (matched.Intersects(forbids_)) return 0;
  if (!state.permitted && !state.possible.Intersects(permits_)) return 0;
  if (state.permitted || matched.Intersects(permits_)) {
    state.permitted = true;
    state.possible &= forbids_;
    if (!state.possible.any()) return level.classes_from_here;
  }
  std::vector<uint64_t> key = state.Key();
  const auto known = states_.find(key);
  if (known != states_.end()) return known->second;
  absl::uint128 sum = 0;
  for (const Group& group : level.groups) {
    if (words_ > kMostWords) break;
    sum += group.weight *
           Permitted({state.level + 1, state.permitted, state.possible & group.possible});
  }
  words_ += key.size() + kWordsBeside;
  states_.emplace(std::move(key), sum);
  return sum;
}

}  // namespace

absl::StatusOr<ClassCount> CountClasses(const RuleSpace& rules) { return Counter(rules).Count(); }

}  // namespace sluis::policies
