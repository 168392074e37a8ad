#ifndef SLUIS_TESTS_BENCH_TOKEN_LOOKUP_H_
#define SLUIS_TESTS_BENCH_TOKEN_LOOKUP_H_

#include "tests/bench/bench.h"

namespace sluis::bench {

inline constexpr double kTokenLookupBarUs = 50;

// Looks up match tokens, every other one of them there, in an index of ten million; value is the
// 99th percentile of single look-ups, in microseconds, baseline its bar. Takes some 800 MB of
// memory while the index is made, so it runs only with --all or when it is named.
absl::StatusOr<Result> TokenLookup10m();

}  // namespace sluis::bench

#endif  // SLUIS_TESTS_BENCH_TOKEN_LOOKUP_H_
