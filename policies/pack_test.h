// The tests that a pack carries: examples that its parties agreed on, run whenever it is loaded.
#ifndef SLUIS_POLICIES_PACK_TEST_H_
#define SLUIS_POLICIES_PACK_TEST_H_

#include <cstddef>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "policies/pack.h"

namespace sluis::policies {

inline constexpr std::size_t kMaxPackTests = 500;  // per pack

// Runs the tests of the last of `layers` on `packs`, which must be resolved from these layers. A
// request is the base of the layers (lower ones override) plus the test's own values, each taken as
// coming from its declared source. The first test that fails: InvalidArgument naming file, line,
// column and test.
absl::Status RunPackTests(std::span<const Pack> layers, const PackSet& packs);

struct PackTestRun {
  std::size_t ran = 0;
  std::vector<absl::Status> failed;  // as RunPackTests says them, in the order of the file
};

// The same without stopping at the first. Errors: what keeps tests from being run at all.
absl::StatusOr<PackTestRun> RunEachPackTest(std::span<const Pack> layers, const PackSet& packs);

// The tests of each of these layers, on the layers down to its own. Not checked: the invariants.
// Errors: as of PackSet::Load for what is wrong beside the tests.
absl::StatusOr<std::vector<PackTestRun>> RunAllPackTests(std::span<const Pack> layers);

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_PACK_TEST_H_
