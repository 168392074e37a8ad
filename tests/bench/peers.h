// Other policy engines on the packs and requests of decide_1000_p99, as npm has them.
//
// They are asked less: whether, and not which fields are shown. Crossing into the engine is
// measured with it, loading the policies is not. `ratio` is how many times our time they take.
// Where node or the packages of tests/cedar are missing, nothing is measured, and the result says
// so; an engine that decides otherwise than ours is an error.
#ifndef SLUIS_TESTS_BENCH_PEERS_H_
#define SLUIS_TESTS_BENCH_PEERS_H_

#include "absl/status/statusor.h"
#include "tests/bench/bench.h"

namespace sluis::bench {

// The 99th percentile of one decision of Cedar compiled to WebAssembly, policies parsed before, in
// microseconds; baseline: decide_1000_p99, measured in turns with it.
absl::StatusOr<Result> CedarWasm1000();

// The same of casbin, its policies in memory.
absl::StatusOr<Result> Casbin1000();

}  // namespace sluis::bench

#endif  // SLUIS_TESTS_BENCH_PEERS_H_
