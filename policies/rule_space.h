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
#include "policies/rule_bits.h"
#include "policies/value_box.h"

namespace sluis::policies {

// Is there a request within `within` that none of `covers` matches and, when there are `permits`,
// that one of these matches?
struct RequestQuestion {
  Box within;
  std::optional<RuleBits> permits;
  RuleBits covers;
};

class RuleSpace {
 public:
  // Steps that one question may take unless told otherwise. The questions are exact and their worst
  // case is exponential: beyond this the answer is an error, never a guess. A step is at most some
  // hundred operations on sets of a thousand rules, whatever the pack: with more rules or more
  // values to try, the same search takes more of them, and so does setting a question up.
  static constexpr std::size_t kSteps = 20'000'000;

  // `packs` must outlive it. `more` are tests that Where will be asked about besides those of the
  // rules. Errors: InvalidArgument naming an integer attribute that these cut into too many
  // intervals.
  static absl::StatusOr<RuleSpace> Of(const PackSet& packs, std::size_t steps = kSteps,
                                      std::span<const ValueTest* const> more = {});

  const PackSet& packs() const { return *packs_; }
  // That one question may take.
  std::size_t steps() const { return steps_; }
  const BoxSpace& space() const { return space_; }
  const Box& BoxOf(std::size_t rule) const { return boxes_[rule]; }
  const RuleBits& permits() const { return permits_; }
  const RuleBits& forbids() const { return forbids_; }
  // The rules, by their place in PackSet::rules(), of which this is true.
  RuleBits RulesThat(const std::function<bool(std::size_t rule)>& are) const;

  // Requests that pass all these tests; every request when there are none.
  Box Where(std::span<const ValueTest> tests) const;
  // Requests with this value (of an integer: with any of its interval); of a derived attribute,
  // those from which it follows.
  Box With(AttributeId attribute, ValueId value) const;

  // Such a request, as a box of which every request is one. Takes at most *steps and lowers it by
  // what it took; with 0 on return nothing means nothing.
  std::optional<Box> Find(const RequestQuestion& question, std::size_t* steps) const;

  // A request of `box` that none of `covers` matches; nothing when they match all of it.
  // RESOURCE_EXHAUSTED when that takes more steps than allowed.
  absl::StatusOr<std::optional<Box>> Uncovered(const Box& box, const RuleBits& covers) const;
  // A request of `box` that one of `permits` permits and that no forbid and none of `covers`
  // matches.
  absl::StatusOr<std::optional<Box>> Permitted(const Box& box, const RuleBits& permits,
                                               const RuleBits& covers) const;

  // "attribute=value, ..." of one request of the box.
  std::string Example(const Box& box) const { return space_.Example(box); }

 private:
  friend class RequestSearch;
  RuleSpace(const PackSet& packs, BoxSpace space, std::size_t steps)
      : packs_(&packs), space_(std::move(space)), steps_(steps) {}

  void AddRules();
  absl::StatusOr<std::optional<Box>> Answer(const RequestQuestion& question) const;

  const PackSet* packs_;
  BoxSpace space_;
  std::size_t steps_;
  std::vector<Box> boxes_;
  RuleBits permits_, forbids_;
  // By attribute and bit of a box: the rules whose box has that bit.
  std::vector<std::vector<RuleBits>> having_;
};

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_RULE_SPACE_H_
