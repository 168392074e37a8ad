#include "tests/bench/start_10m.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include "server/storage/rocksdb_store.h"
#include "tests/support/long_ledger.h"
#include "tests/support/temp_folder.h"

namespace sluis::bench {
namespace {

constexpr uint64_t kEntries = 10'000'000;
constexpr int kRounds = 5;

double CpuUs() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto us = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
  };
  return us(usage.ru_utime) + us(usage.ru_stime);
}

double Seconds(std::chrono::steady_clock::time_point since) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - since).count();
}

absl::Status Build(const tests::TempFolder& folder) {
  auto store = storage::OpenRocksDbStore(folder.PathOf("store"));
  if (!store.ok()) return store.status();
  auto ledger = tests::OpenLongLedger(**store, folder.PathOf("ledger"));
  if (!ledger.ok()) return ledger.status();
  return tests::GrowLedger(**ledger, kEntries, [](uint64_t size) {
    std::fprintf(stderr, "start_10m: %llu entries\n", static_cast<unsigned long long>(size));
  });
}

double MedianOf(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

absl::StatusOr<Result> Start10m() {
  const tests::TempFolder folder;
  if (absl::Status built = Build(folder); !built.ok()) return built;
  std::vector<double> whole, alone, cpu;
  for (int round = 0; round < kRounds; ++round) {
    {
      const auto begin = std::chrono::steady_clock::now();
      auto store = storage::OpenRocksDbStore(folder.PathOf("store"), {.must_exist = true});
      if (!store.ok()) return store.status();
      alone.push_back(Seconds(begin));
    }
    const double cpu_before = CpuUs();
    const auto begin = std::chrono::steady_clock::now();
    auto store = storage::OpenRocksDbStore(folder.PathOf("store"), {.must_exist = true});
    if (!store.ok()) return store.status();
    auto ledger = tests::OpenLongLedger(**store, folder.PathOf("ledger"));
    if (!ledger.ok()) return ledger.status();
    whole.push_back(Seconds(begin));
    cpu.push_back(CpuUs() - cpu_before);
    if ((*ledger)->size() != kEntries || (*ledger)->serving() != ledger::Serving::kServing) {
      return absl::InternalError("the ledger did not come up whole");
    }
  }
  Result result;
  result.name = "start_10m";
  result.unit = "s";
  result.value = MedianOf(whole);
  result.baseline = MedianOf(alone);
  result.ratio = result.baseline / result.value;
  result.cpu_us_per_op = MedianOf(cpu);
  return result;
}

}  // namespace sluis::bench
