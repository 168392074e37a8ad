#include "policies/pack_diff.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "policies/compiled_rules.h"
#include "policies/paired_space.h"

namespace sluis::policies {
namespace {

// Of all states together: some 300 MB, and a part of it again for a moment while the table grows.
constexpr std::size_t kMostWords = 30'000'000;
// What a state takes beside its words.
constexpr std::size_t kWordsBeside = 16;

constexpr std::array<std::string_view, kDifferenceKinds> kNames = {
    "newly_permitted", "no_longer_permitted", "fields", "obligations"};

using Counts = std::array<absl::uint128, kDifferenceKinds>;

// What is left to decide on either side: rules that are not ruled out yet; none where a word is not
// known or a forbid has matched.
struct State {
  std::size_t level = 0;
  Both<bool> denied{};
  Both<RuleBits> possible{};

  // The same for the same state only, in no more memory than its rules need.
  std::vector<uint64_t> Key() const {
    std::vector<uint64_t> key = {level * 4 + (denied[0] ? 2 : 0) + (denied[1] ? 1 : 0)};
    for (const RuleBits& rules : possible) rules.AppendTo(key);
    key.shrink_to_fit();
    return key;
  }
};

// What a permit shows and asks, in words.
struct Shown {
  std::vector<std::string> fields, obligations;
};

Shown ShownBy(const PackSet& packs, const RuleBits& matching) {
  const CompiledRules& compiled = packs.compiled();
  std::vector<int32_t> joined(compiled.slots().size());
  uint64_t granted = 0;
  matching.ForEach([&](std::size_t rule) {
    granted |= compiled.GrantsOf(rule);
    compiled.slots().JoinInto(rule, joined);
  });
  Shown shown;
  FieldTreatments treatments;
  for (const Obligation& obligation : compiled.slots().Joined(joined)) {
    if (const auto* found = std::get_if<FieldTreatments>(&obligation)) treatments = *found;
    shown.obligations.push_back(ObligationText(obligation));
  }
  for (std::size_t i = 0; i < packs.schema().fields.size(); ++i) {
    if (((granted >> i) & 1) == 0) continue;
    const std::string& name = packs.schema().fields[i].name;
    const auto found = treatments.fields.find(name);
    const Treatment treatment = found == treatments.fields.end() ? Treatment{} : found->second;
    if (treatment.kind == Treatment::Kind::kRemove) continue;
    shown.fields.push_back(name + ":" + TreatmentText(treatment));
  }
  std::sort(shown.fields.begin(), shown.fields.end());
  return shown;
}

class Comparison {
 public:
  explicit Comparison(const PairedSpace& space) : space_(space) {
    tested_.resize(space.levels().size() + 1);
    classes_.assign(space.levels().size() + 1, 1);
    unknown_.assign(space.levels().size() + 1, false);
    for (std::size_t i = space.levels().size(); i-- > 0;) {
      const PairedLevel& level = space.levels()[i];
      beyond_ = beyond_ || classes_[i + 1] > absl::Uint128Max() / level.classes;
      classes_[i] = classes_[i + 1] * level.classes;
      unknown_[i] = unknown_[i + 1] || !level.AllKnown();
      for (std::size_t version = 0; version < kVersions; ++version) {
        tested_[i][version] = level.tested[version] | tested_[i + 1][version];
      }
    }
  }

  absl::StatusOr<PackDiff> Run() {
    if (beyond_) {
      return absl::ResourceExhaustedError(
          "policies: there are more classes of requests than can be counted: test fewer "
          "attributes");
    }
    State start;
    for (std::size_t version = 0; version < kVersions; ++version) {
      start.possible[version] = space_.all(version);
    }
    const Counts counts = Visit(std::move(start));
    if (words_ > kMostWords) {
      return absl::ResourceExhaustedError(
          "policies: these versions differ in too many ways to be counted: compare versions that "
          "lie closer together");
    }
    for (std::size_t kind = 0; kind < kDifferenceKinds; ++kind) {
      diff_.by_kind[kind].classes = counts[kind];
    }
    diff_.classes = classes_.front();
    return std::move(diff_);
  }

 private:
  Counts Visit(State state);
  std::optional<DifferenceKind> Compare(const State& state) const;
  void Show(DifferenceKind kind, std::size_t level);

  const PairedSpace& space_;
  std::vector<Both<RuleBits>> tested_;  // at this level or later
  std::vector<absl::uint128> classes_;
  bool beyond_ = false;        // more of them than 128 bits count
  std::vector<bool> unknown_;  // whether a word of this level or later is unknown to one of them
  std::vector<std::string_view> path_;
  absl::flat_hash_map<std::vector<uint64_t>, Counts> states_;
  std::size_t words_ = 0;  // of states_
  PackDiff diff_;
};

std::optional<DifferenceKind> Comparison::Compare(const State& state) const {
  if (state.denied[0] && state.denied[1]) return std::nullopt;
  if (state.denied[0]) return DifferenceKind::kNewlyPermitted;
  if (state.denied[1]) return DifferenceKind::kNoLongerPermitted;
  const Shown before = ShownBy(space_.packs(0), state.possible[0]);
  const Shown after = ShownBy(space_.packs(1), state.possible[1]);
  if (before.fields != after.fields) return DifferenceKind::kFields;
  if (before.obligations != after.obligations) return DifferenceKind::kObligations;
  return std::nullopt;
}

void Comparison::Show(DifferenceKind kind, std::size_t level) {
  std::string& example = diff_.by_kind[static_cast<std::size_t>(kind)].example;
  if (!example.empty()) return;
  std::vector<std::string_view> words = path_;
  for (std::size_t i = level; i < space_.levels().size(); ++i) {
    words.push_back(space_.levels()[i].groups.front().word);
  }
  example = space_.Example(words);
}

Counts Comparison::Visit(State state) {
  Counts counts{};
  for (std::size_t version = 0; version < kVersions; ++version) {
    const CompiledRules& compiled = space_.packs(version).compiled();
    RuleBits matched = state.possible[version];
    matched.Remove(tested_[state.level][version]);
    if (!state.denied[version] && !matched.Intersects(compiled.forbids()) &&
        state.possible[version].Intersects(compiled.permits())) {
      continue;
    }
    state.denied[version] = true;
    state.possible[version] = {};
  }
  if (state.denied[0] && state.denied[1]) return counts;
  const bool unknown = unknown_[state.level];
  const bool alike = !state.denied[0] && !state.denied[1] &&
                     !state.possible[0].Intersects(space_.own(0)) &&
                     !state.possible[1].Intersects(space_.own(1));
  if (alike && !unknown) return counts;
  const bool decided = !unknown && !state.possible[0].Intersects(tested_[state.level][0]) &&
                       !state.possible[1].Intersects(tested_[state.level][1]);
  if (decided) {
    if (const auto kind = Compare(state)) {
      counts[static_cast<std::size_t>(*kind)] = classes_[state.level];
      Show(*kind, state.level);
    }
    return counts;
  }
  std::vector<uint64_t> key = state.Key();
  const auto known = states_.find(key);
  if (known != states_.end()) return known->second;
  for (const PairedGroup& group : space_.levels()[state.level].groups) {
    if (words_ > kMostWords) break;
    State next{state.level + 1, state.denied, state.possible};
    for (std::size_t version = 0; version < kVersions; ++version) {
      next.possible[version] &= group.possible[version];
    }
    path_.push_back(group.word);
    const Counts part = Visit(std::move(next));
    path_.pop_back();
    for (std::size_t kind = 0; kind < kDifferenceKinds; ++kind) {
      counts[kind] += group.weight * part[kind];
    }
  }
  words_ += key.size() + kWordsBeside;
  states_.emplace(std::move(key), counts);
  return counts;
}

}  // namespace

std::string_view DifferenceName(DifferenceKind kind) {
  return kNames[static_cast<std::size_t>(kind)];
}

bool PackDiff::any() const {
  return std::any_of(by_kind.begin(), by_kind.end(),
                     [](const Difference& one) { return one.classes != 0; });
}

absl::StatusOr<PackDiff> ComparePacks(const PackSet& before, const PackSet& after) {
  const absl::StatusOr<PairedSpace> space = PairedSpace::Of(before, after);
  if (!space.ok()) return space.status();
  return Comparison(*space).Run();
}

}  // namespace sluis::policies
