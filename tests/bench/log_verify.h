#ifndef SLUIS_TESTS_BENCH_LOG_VERIFY_H_
#define SLUIS_TESTS_BENCH_LOG_VERIFY_H_

#include "tests/bench/bench.h"

namespace sluis::bench {

// Verifies an export of 400,000 entries with closed parts from a file. Baseline: the same leaf and
// node hash calls over the same bytes in memory.
absl::StatusOr<Result> LogVerify();

}  // namespace sluis::bench

#endif  // SLUIS_TESTS_BENCH_LOG_VERIFY_H_
