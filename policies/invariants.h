// Promises about every possible request, checked when packs are loaded.
//
//   never:  {field: F, where: ...}            no decision shows F
//   never:  {decision: permit, where: ...}    no decision permits
//   always: {obligation: O, where: ...}       every permit carries O
//
// The check is exact: for each permit it looks for a request that matches it and that neither a
// forbid nor a rule keeping the promise reaches. The worst case is exponential, so it takes at most
// kInvariantSteps and says so rather than guess.
#ifndef SLUIS_POLICIES_INVARIANTS_H_
#define SLUIS_POLICIES_INVARIANTS_H_

#include <cstddef>
#include <span>

#include "absl/status/status.h"
#include "policies/pack.h"

namespace sluis::policies {

inline constexpr std::size_t kMaxInvariants = 200;         // per pack
inline constexpr std::size_t kInvariantSteps = 2'000'000;  // over all invariants of a pack set

// Checks the invariants that `layers` declare on the rules of `packs`. A broken one:
// InvalidArgument naming file, line, column, invariant, permit and an example of a request.
absl::Status CheckInvariants(std::span<const Pack> layers, const PackSet& packs);

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_INVARIANTS_H_
