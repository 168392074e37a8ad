// What every measurement answers with, and how a rate is measured.
//
// Measured and baseline runs alternate, so that a machine that slows down slows both; the figures
// are medians of five. Thread-safety: one measurement at a time.
#ifndef SLUIS_TESTS_BENCH_BENCH_H_
#define SLUIS_TESTS_BENCH_BENCH_H_

#include <cstdint>
#include <functional>
#include <limits>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace sluis::bench {

struct Result {
  std::string name;
  double value = 0;          // operations per second of wall time, or what `unit` says
  std::string unit;          // of value and baseline
  double baseline = 0;       // the same for the baseline, in the same run
  double ratio = 0;          // value / baseline
  double cpu_us_per_op = 0;  // processor time of the process, all threads
  double p50 = 0;            // where value is another percentile; 0 elsewhere
  std::string invalid = {};  // why the run says nothing; empty when it does
  // Why there are no figures at all, on a machine that lacks what is measured. Misses no bar.
  std::string not_measured = {};
};

// What the product promises of a measurement on a quiet two-core machine, and what it would like to
// reach; 0 for no goal.
struct Bar {
  double least = 0;
  double most = std::numeric_limits<double>::infinity();
  double least_ratio = 0;
  double goal = 0;
  double goal_ratio = 0;
};

// Work that is measured: does it once and says how many operations that was.
using Work = std::function<absl::StatusOr<uint64_t>()>;

struct Side {
  Work work;
  // Before each round, not measured. May be empty.
  std::function<absl::Status()> prepare = {};
};

// Five rounds of both, after one of each that is not counted.
absl::StatusOr<Result> Compare(const std::string& name, const std::string& unit, const Side& side,
                               const Side& baseline);

// For work of one thread that waits for nothing: operations per second of processor time, which
// others on the machine change less, and the median of the ratios of 21 rounds, each of which has
// met the same machine twice.
absl::StatusOr<Result> CompareCost(const std::string& name, const std::string& unit,
                                   const Side& side, const Side& baseline);

// Keeps a value that nothing reads from being optimised away.
void Keep(const void* value);

// One measurement; the text of --help.
struct Bench {
  const char* name;
  const char* what;
  absl::StatusOr<Result> (*run)();
  Bar bar = {};
  bool long_one = false;  // only with --all or when named
};

}  // namespace sluis::bench

#endif  // SLUIS_TESTS_BENCH_BENCH_H_
