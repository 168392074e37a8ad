// The rules: deciding under 1,000 of them, the whole record of a decision, and loading them.
#ifndef SLUIS_TESTS_BENCH_DECIDE_H_
#define SLUIS_TESTS_BENCH_DECIDE_H_

#include "absl/status/statusor.h"
#include "tests/bench/bench.h"

namespace sluis::bench {

// The 99th percentile of one decision without its record, in microseconds; baseline: the plain
// evaluator on the same requests.
absl::StatusOr<Result> Decide1000P99();

// The same with the whole record.
absl::StatusOr<Result> DecideRecord1000P99();

// Reading, checking and compiling a pack of 1,000 rules, in seconds; baseline: reading its YAML
// alone.
absl::StatusOr<Result> PackLoad1000();

}  // namespace sluis::bench

#endif  // SLUIS_TESTS_BENCH_DECIDE_H_
