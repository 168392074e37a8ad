#ifndef SLUIS_TESTS_BENCH_EXCHANGE_P95_H_
#define SLUIS_TESTS_BENCH_EXCHANGE_P95_H_

#include "tests/bench/bench.h"

namespace sluis::bench {

// From share to readable between two idle nodes with the default tick, one signal at a time, over
// gRPC, mutual TLS and RocksDB: Offer, Receipt under the next checkpoint, Key; until a person of
// the recipient has opened it and holds its text.
//
// The clock runs from the end of the cooling-off time, because the shipped rules ask one of every
// share and no setting takes it away: the partnership is in exercise, where
// `partnership.exercise_cooling_off_s` shortens it to one second. Each share begins at a random
// moment of the tick. The recipient looks into its list every 20 ms, which is part of the figure.
// value: the 95th percentile, milliseconds; baseline: 3 ticks + 200 ms; ratio: baseline / value.
absl::StatusOr<Result> ExchangeP95();

inline constexpr double kExchangeBarMs = 3200;

}  // namespace sluis::bench

#endif  // SLUIS_TESTS_BENCH_EXCHANGE_P95_H_
