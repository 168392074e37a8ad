#ifndef SLUIS_TESTS_SUPPORT_REQUIRE_H_
#define SLUIS_TESTS_SUPPORT_REQUIRE_H_

#include <cstdlib>

namespace sluis::tests {

// Ends the process, which is how a fuzz target reports a broken property.
inline void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_REQUIRE_H_
