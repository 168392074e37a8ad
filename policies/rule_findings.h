// Rules that do nothing: found exactly, over every possible request.
//
// A permit or a require is dead when no permitted request meets it, a forbid is vacuous when no
// permit lies under it. A rule is redundant when every request has the same outcome, the same
// fields with the same treatment and the same obligations without it, as long as the other rules
// stay: of two equal rules each is redundant, and taking one away makes the other needed.
// Thread-safe. Errors: RESOURCE_EXHAUSTED as of RuleSpace.
#ifndef SLUIS_POLICIES_RULE_FINDINGS_H_
#define SLUIS_POLICIES_RULE_FINDINGS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "policies/rule_space.h"

namespace sluis::policies {

enum class FindingKind { kDead, kVacuous, kRedundant };

// "dead", "vacuous", "redundant".
std::string_view FindingName(FindingKind kind);

struct RuleFinding {
  std::string rule;
  FindingKind kind = FindingKind::kDead;
  // A request that shows it, "attribute=value, ...": one that the rule matches and that is denied
  // (dead), that nothing would permit (vacuous), that another permit permits as well, another
  // forbid forbids as well, or whose obligations are as strict without it (redundant). Empty when
  // no request can match the rule at all.
  std::string example;
  bool operator==(const RuleFinding&) const = default;
};

// In the order of PackSet::rules().
absl::StatusOr<std::vector<RuleFinding>> FindIdleRules(const RuleSpace& rules);

// A permit that rests on a legal basis no citation of which stands on a day.
struct MissingBasis {
  std::string rule;
  std::string basis;
  // A request that the rule permits on that basis; one that it only matches where a forbid always
  // stands in its way; empty when no request matches it at all.
  std::string example = {};
  bool operator==(const MissingBasis&) const = default;
};

// Permits with a basis that is not in force on `date` (yyyy-mm-dd), in the order of rules, then of
// the vocabulary. A pack does not load when there is one on a day of its validity: this is for
// later days. Every permit when the packs declare no attribute `basis` (with an empty basis).
// RESOURCE_EXHAUSTED as of RuleSpace.
absl::StatusOr<std::vector<MissingBasis>> PermitsWithoutBasis(const RuleSpace& rules,
                                                              std::string_view date);

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_RULE_FINDINGS_H_
