// One result as it stands in results.json.
//
// Guarantee: name, value, unit, baseline, ratio and cpu_us_per_op are always there; `bar` and
// `goal` hold what there is of value (at least), most and ratio, and are absent where there is
// nothing; `p50` where the value is another percentile; `invalid`, with the reason, only in a run
// that says nothing. What could not be measured here has its name and `not_measured`, with the
// reason, alone. Thread-safety: pure.
#ifndef SLUIS_TESTS_BENCH_RESULT_JSON_H_
#define SLUIS_TESTS_BENCH_RESULT_JSON_H_

#include <nlohmann/json.hpp>

#include "tests/bench/bench.h"

namespace sluis::bench {

nlohmann::json ToJson(const Result& result, const Bar& bar = {});

}  // namespace sluis::bench

#endif  // SLUIS_TESTS_BENCH_RESULT_JSON_H_
