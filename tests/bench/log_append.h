#ifndef SLUIS_TESTS_BENCH_LOG_APPEND_H_
#define SLUIS_TESTS_BENCH_LOG_APPEND_H_

#include "tests/bench/bench.h"

namespace sluis::bench {

// Appends entries that are sealed already (671 bytes of sealed parts beside the leaf) through the
// ledger: leaf, hashes, tiles, segment, one synced RocksDB batch of 256. Baseline: the very same
// rows, recorded from the ledger, put into a store of the same kind batch by batch.
absl::StatusOr<Result> LogAppend();

}  // namespace sluis::bench

#endif  // SLUIS_TESTS_BENCH_LOG_APPEND_H_
