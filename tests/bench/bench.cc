#include "tests/bench/bench.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>

namespace sluis::bench {
namespace {

constexpr size_t kRounds = 5;
constexpr size_t kCostRounds = 21;

struct Round {
  double per_second = 0;
  double cpu_us_per_op = 0;
};

double ProcessCpuSeconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

absl::StatusOr<Round> Measure(const Side& side) {
  if (side.prepare) {
    if (absl::Status prepared = side.prepare(); !prepared.ok()) return prepared;
  }
  const double cpu_before = ProcessCpuSeconds();
  const auto before = std::chrono::steady_clock::now();
  const absl::StatusOr<uint64_t> operations = side.work();
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - before;
  const double cpu = ProcessCpuSeconds() - cpu_before;
  if (!operations.ok()) return operations.status();
  const auto count = static_cast<double>(*operations);
  return Round{count / wall.count(), cpu * 1e6 / count};
}

template <size_t N>
double Median(std::array<double, N> values) {
  std::nth_element(values.begin(), values.begin() + N / 2, values.end());
  return values[N / 2];
}

}  // namespace

absl::StatusOr<Result> Compare(const std::string& name, const std::string& unit, const Side& side,
                               const Side& baseline) {
  std::array<double, kRounds> value{};
  std::array<double, kRounds> cpu{};
  std::array<double, kRounds> base{};
  for (size_t round = 0; round <= kRounds; ++round) {
    const absl::StatusOr<Round> measured = Measure(side);
    if (!measured.ok()) return measured.status();
    const absl::StatusOr<Round> reference = Measure(baseline);
    if (!reference.ok()) return reference.status();
    if (round == 0) continue;  // caches and lazy set-up
    value[round - 1] = measured->per_second;
    cpu[round - 1] = measured->cpu_us_per_op;
    base[round - 1] = reference->per_second;
  }
  Result out;
  out.name = name;
  out.unit = unit;
  out.value = Median(value);
  out.baseline = Median(base);
  out.ratio = out.value / out.baseline;
  out.cpu_us_per_op = Median(cpu);
  return out;
}

absl::StatusOr<Result> CompareCost(const std::string& name, const std::string& unit,
                                   const Side& side, const Side& baseline) {
  std::array<double, kCostRounds> value{};
  std::array<double, kCostRounds> base{};
  std::array<double, kCostRounds> ratio{};
  for (size_t round = 0; round <= kCostRounds; ++round) {
    const absl::StatusOr<Round> measured = Measure(side);
    if (!measured.ok()) return measured.status();
    const absl::StatusOr<Round> reference = Measure(baseline);
    if (!reference.ok()) return reference.status();
    if (round == 0) continue;  // caches and lazy set-up
    value[round - 1] = 1e6 / measured->cpu_us_per_op;
    base[round - 1] = 1e6 / reference->cpu_us_per_op;
    ratio[round - 1] = value[round - 1] / base[round - 1];
  }
  Result out;
  out.name = name;
  out.unit = unit;
  out.value = Median(value);
  out.baseline = Median(base);
  out.ratio = Median(ratio);
  out.cpu_us_per_op = 1e6 / out.value;
  return out;
}

void Keep(const void* value) { asm volatile("" : : "g"(value) : "memory"); }

}  // namespace sluis::bench
