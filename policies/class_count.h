// How many requests there are, and how many of them are permitted: exactly.
//
// Requests that no rule tells apart count as one: an attribute that nothing tests adds nothing, an
// integer counts once per interval between tested bounds, and every other value counts as itself.
// Thread-safe. Needs the rules only while it runs.
#ifndef SLUIS_POLICIES_CLASS_COUNT_H_
#define SLUIS_POLICIES_CLASS_COUNT_H_

#include "absl/numeric/int128.h"
#include "absl/status/statusor.h"
#include "policies/rule_space.h"

namespace sluis::policies {

struct ClassCount {
  absl::uint128 classes = 0;
  absl::uint128 permitted = 0;
};

// RESOURCE_EXHAUSTED when the rules overlap in too many ways for the memory it allows itself.
absl::StatusOr<ClassCount> CountClasses(const RuleSpace& rules);

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_CLASS_COUNT_H_
