// The tests that a pack carries: examples that its parties agreed on, run whenever it is loaded.
#ifndef SLUIS_POLICIES_PACK_TEST_H_
#define SLUIS_POLICIES_PACK_TEST_H_

#include <cstddef>
#include <span>

#include "absl/status/status.h"
#include "policies/pack.h"

namespace sluis::policies {

inline constexpr std::size_t kMaxPackTests = 500;  // per pack

// Runs the tests of the last of `layers` on `packs`, which must be resolved from these layers. A
// request is the base of the layers (lower ones override) plus the test's own values, each taken as
// coming from its declared source. The first test that fails: InvalidArgument naming file, line,
// column and test.
absl::Status RunPackTests(std::span<const Pack> layers, const PackSet& packs);

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_PACK_TEST_H_
