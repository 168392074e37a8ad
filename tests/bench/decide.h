// The rules: deciding under 1,000 of them, the whole record of a decision, and loading them.
#ifndef SLUIS_TESTS_BENCH_DECIDE_H_
#define SLUIS_TESTS_BENCH_DECIDE_H_

#include <vector>

#include "absl/status/statusor.h"
#include "policies/pack.h"
#include "policies/request.h"
#include "tests/bench/bench.h"

namespace sluis::bench {

// What is asked: the same in every run.
struct Thousand {
  policies::PackSet packs;
  std::vector<policies::Request> requests;
};
absl::StatusOr<Thousand> AskedOfAThousand();

// One round of what decide_1000_p99 measures.
double JudgeP99Us(const Thousand& asked);

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
