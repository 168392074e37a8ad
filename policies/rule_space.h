// A pack set as sets of requests: what every question of the analysis is asked of.
//
// Each rule matches one box (value_box.h). Attributes that derive from others take no part: their
// tests have become tests of what they derive from. Immutable; thread-safe; borrows the pack set.
#ifndef SLUIS_POLICIES_RULE_SPACE_H_
#define SLUIS_POLICIES_RULE_SPACE_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "policies/pack.h"
#include "policies/value_box.h"

namespace sluis::policies {

// Whether a rule, by its place in PackSet::rules(), is one of some set.
using IsOneOf = std::function<bool(std::size_t rule)>;

class RuleSpace {
 public:
  // Steps that one question may take unless told otherwise. The questions are exact and their worst
  // case is exponential: beyond this the answer is an error, never a guess.
  static constexpr std::size_t kSteps = 20'000'000;

  // `packs` must outlive it. Errors: InvalidArgument naming an integer attribute that rules cut
  // into too many intervals.
  static absl::StatusOr<RuleSpace> Of(const PackSet& packs, std::size_t steps = kSteps);

  const PackSet& packs() const { return *packs_; }
  const BoxSpace& space() const { return space_; }
  const Box& BoxOf(std::size_t rule) const { return boxes_[rule]; }

  // Requests that pass all these tests; every request when there are none.
  Box Where(std::span<const ValueTest> tests) const;
  // Requests with this value (of an integer: with any of its interval) of an attribute that is
  // given, not derived.
  Box With(AttributeId attribute, ValueId value) const;

  // A request of `box` that none of `covers` matches, or nothing when they match all of it.
  // RESOURCE_EXHAUSTED when that takes more steps than allowed.
  absl::StatusOr<std::optional<Box>> Uncovered(const Box& box, const IsOneOf& covers) const;

  // The same of each permit of `permits` within `box`: a request that is permitted by one of them
  // and that none of `covers` matches. Forbids are always among the covers.
  absl::StatusOr<std::optional<Box>> Permitted(const Box& box, const IsOneOf& permits,
                                               const IsOneOf& covers) const;

  // "attribute=value, ..." of one request of the box.
  std::string Example(const Box& box) const { return space_.Example(box); }

 private:
  RuleSpace(const PackSet& packs, BoxSpace space, std::size_t steps)
      : packs_(&packs), space_(std::move(space)), steps_(steps) {}

  const PackSet* packs_;
  BoxSpace space_;
  std::size_t steps_;
  std::vector<Box> boxes_;
};

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_RULE_SPACE_H_
