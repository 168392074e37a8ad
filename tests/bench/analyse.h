// The analysis of rules: what a privacy officer waits for.
#ifndef SLUIS_TESTS_BENCH_ANALYSE_H_
#define SLUIS_TESTS_BENCH_ANALYSE_H_

#include "absl/status/statusor.h"
#include "tests/bench/bench.h"

namespace sluis::bench {

// Counts, invariants, idle rules and the whole matrix of the example pack, in milliseconds;
// baseline: loading it.
absl::StatusOr<Result> AnalyseExample();

// The same of 1,000 generated rules over its words, in seconds.
absl::StatusOr<Result> Analyse1000();

}  // namespace sluis::bench

#endif  // SLUIS_TESTS_BENCH_ANALYSE_H_
