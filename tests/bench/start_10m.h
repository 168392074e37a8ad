#ifndef SLUIS_TESTS_BENCH_START_10M_H_
#define SLUIS_TESTS_BENCH_START_10M_H_

#include "tests/bench/bench.h"

namespace sluis::bench {

// Opens a ledger of ten million entries, store included, as the daemon does at its start; value and
// baseline are seconds. Baseline: opening the store alone. Builds the ledger first, which takes
// minutes and some 9 GB below TMPDIR, so it runs only with --all or when it is named.
absl::StatusOr<Result> Start10m();

}  // namespace sluis::bench

#endif  // SLUIS_TESTS_BENCH_START_10M_H_
