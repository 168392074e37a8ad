#ifndef SLUIS_TESTS_BENCH_RECORD_UNARY_H_
#define SLUIS_TESTS_BENCH_RECORD_UNARY_H_

#include "tests/bench/bench.h"

namespace sluis::bench {

// A user records a new signal on the own node: authenticate, decide, seal, store, entry durable,
// answer. The load comes from a process of its own with 4 channels and 64 calls outstanding.
// Baseline: an echo of the same sizes over the same mutual TLS with the same client.
absl::StatusOr<Result> RecordUnary();

// Least echo rate on a quiet two-core machine; below it the run says nothing and is marked invalid.
inline constexpr double kLeastEcho = 20'000;

}  // namespace sluis::bench

#endif  // SLUIS_TESTS_BENCH_RECORD_UNARY_H_
