#ifndef SLUIS_TESTS_BENCH_DEMO_AGAIN_H_
#define SLUIS_TESTS_BENCH_DEMO_AGAIN_H_

#include "tests/bench/bench.h"

namespace sluis::bench {

// What the product promises of the demonstration when the programs are built.
inline constexpr double kDemoBarS = 60;

// Runs the demonstration once with the programs of this build, from nothing to its closing table;
// value in seconds, baseline: that bar. A step that does not go as told is an error.
absl::StatusOr<Result> DemoAgain();

}  // namespace sluis::bench

#endif  // SLUIS_TESTS_BENCH_DEMO_AGAIN_H_
