// The rules of a pack set as sets of bits: the rules that match a request are the intersection of
// one set per attribute.
//
// For every attribute and every value that rules can tell apart there is the set of rules that this
// value does not rule out. Guarantee: the answers are those of the plain evaluator, rule by rule,
// for every request (tests/policies/engines_agree_test.cc asks until it would be found otherwise).
// Nothing here allocates while it decides. Made once per pack set; immutable; safe to share. It
// keeps no reference to what it was made from. Values must be in the range of their attribute, as
// those of a complete Request are. Internal to this folder: callers use evaluate.h.
#ifndef SLUIS_POLICIES_COMPILED_RULES_H_
#define SLUIS_POLICIES_COMPILED_RULES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "policies/attribute.h"
#include "policies/obligation_slots.h"
#include "policies/rule.h"
#include "policies/rule_bits.h"

namespace sluis::policies {

// Bit i: the i-th attribute.
using AttributeBits = uint64_t;

struct MatchingRules {
  // `requires_` also holds the permits that only might match, when something is not known.
  RuleBits permits, forbids, requires_;

  bool permitted() const { return !forbids.any() && permits.any(); }
};

class CompiledRules {
 public:
  CompiledRules(const Schema& schema, std::span<const Rule> rules);

  MatchingRules Match(std::span<const ValueId> values) const;
  // The same when the values of these attributes count for nothing: a permit that tests one does
  // not match, a forbid or a require matches when only such tests stand in its way.
  MatchingRules MatchWithout(std::span<const ValueId> values, AttributeBits unknown) const;

  // Fields that these rules leave visible: granted by a permit and removed by nothing. Bit per
  // FieldId.
  uint64_t VisibleFields(const MatchingRules& matching) const;

  // The permit with the fewest tests in the way, the first among equals; nothing when there is no
  // permit at all.
  std::optional<std::size_t> NearestPermit(std::span<const ValueId> values) const;

  const ObligationSlots& slots() const { return slots_; }
  uint64_t GrantsOf(std::size_t rule) const { return grants_[rule]; }
  const RuleBits& permits() const { return permits_; }
  const RuleBits& forbids() const { return forbids_; }
  const RuleBits& required() const { return requires_; }

 private:
  struct Column {
    bool tested = false;               // by any rule
    std::vector<int32_t> starts = {};  // integers: the first of each interval that rules tell apart
    RuleBits untested = {};            // rules that do not test this attribute
    std::vector<RuleBits> pass = {};   // by class of value; the last one is `none`
  };

  const RuleBits& PassOf(std::size_t attribute, ValueId value) const;

  std::size_t rules_ = 0;
  std::vector<Column> columns_;
  std::vector<std::size_t> tested_;  // the attributes that some rule tests
  RuleBits all_, permits_, forbids_, requires_;
  std::vector<uint64_t> grants_;
  ObligationSlots slots_;
};

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_COMPILED_RULES_H_
