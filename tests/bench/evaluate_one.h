#ifndef SLUIS_TESTS_BENCH_EVALUATE_ONE_H_
#define SLUIS_TESTS_BENCH_EVALUATE_ONE_H_

#include "tests/bench/bench.h"

namespace sluis::bench {

inline constexpr double kEvaluateBarMs = 20;

// One person, asked about by a person of a node that holds the key with four others, three of whom
// are needed: from the signed question that is handed to the asker until its element is given out.
//
// In that time the asker logs the question and the end durably and each holder that it asks logs
// its entry and row durably, in RocksDB on this machine; questions travel over gRPC and mutual TLS
// on the loopback device, and every answer is verified. The asker is one of the five and may answer
// itself. One question at a time, each under a case of its own. What the person did before is not
// in it: the draft and the signature. All five nodes share the processors of this machine.
// value: the 95th percentile, milliseconds; baseline: the bar; ratio: baseline / value.
absl::StatusOr<Result> EvaluateOne();

}  // namespace sluis::bench

#endif  // SLUIS_TESTS_BENCH_EVALUATE_ONE_H_
