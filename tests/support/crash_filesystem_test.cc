#include "tests/support/crash_filesystem.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "server/storage/rocksdb_env.h"
#include "tests/support/seeded_random.h"

namespace sluis::tests {
namespace {

using storage::Store;
using storage::Write;

// What a run of crashes showed. Batch n writes four rows of its own and the row "last" = n.
struct Findings {
  int crashes = 0;
  int unopened = 0;      // stores that did not open again
  int refused = 0;       // of a disk that reordered: opened only as if it had written in order
  int lost = 0;          // crashes that took an acknowledged batch
  int torn = 0;          // stores that held a part of a batch
  uint64_t batches = 0;  // acknowledged in all
};

std::string RowOf(uint64_t batch, int row) {
  return "row" + std::to_string(batch) + "/" + std::to_string(row);
}

absl::Status ApplyBatch(Store& store, uint64_t batch) {
  std::vector<Write> writes;
  for (int row = 0; row < 4; ++row) {
    writes.push_back({RowOf(batch, row), std::string(1000, static_cast<char>('a' + row))});
  }
  writes.push_back({"last", std::to_string(batch)});
  return store.Apply(writes);
}

uint64_t Last(const Store& store) {
  const auto last = store.Get("last");
  EXPECT_TRUE(last.ok()) << last.status();
  return last.ok() && *last ? std::stoull(**last) : 0;
}

bool IsWhole(const Store& store, uint64_t last, uint64_t attempted) {
  for (uint64_t batch = 1; batch <= attempted; ++batch) {
    for (int row = 0; row < 4; ++row) {
      const auto value = store.Get(RowOf(batch, row));
      if (!value.ok() || value->has_value() != (batch <= last)) return false;
    }
  }
  return true;
}

// Crashes one store again and again, each time at a random operation, while batches are applied.
Findings CrashOften(Survival how, int crashes, bool sync, bool ignore_syncs) {
  Findings findings;
  SeededRandom random(static_cast<uint64_t>(how) + 1);
  auto disk = std::make_shared<SimulatedDisk>();
  std::shared_ptr<SimulatedDisk> in_order;  // the same crash of a disk that does not reorder
  uint64_t acknowledged = 0;
  uint64_t attempted = 0;
  for (; findings.crashes < crashes; ++findings.crashes) {
    disk->IgnoreSyncs(ignore_syncs);
    const auto env = NewCrashEnv(disk);
    // Small enough that tables are written and merged meanwhile.
    const storage::RocksDbOptions options{.write_buffer_bytes = 64 << 10};
    auto store = storage::OpenRocksDbStoreOn({env.get(), sync}, "/store", options);
    std::unique_ptr<rocksdb::Env> env_in_order;
    if (!store.ok() && how == Survival::kSubset && in_order != nullptr && !ignore_syncs) {
      // The library may refuse what reordered writes left, rather than guess; nothing that it
      // acknowledged is gone.
      ++findings.refused;
      disk = in_order;
      env_in_order = NewCrashEnv(disk);
      store = storage::OpenRocksDbStoreOn({env_in_order.get(), sync}, "/store", options);
    }
    if (!store.ok()) {
      ++findings.unopened;
    } else {
      const uint64_t last = Last(**store);
      if (last < acknowledged) ++findings.lost;
      if (last > attempted || !IsWhole(**store, last, attempted)) ++findings.torn;
      acknowledged = attempted = last;
    }
    if (!store.ok() || attempted > 200) {
      store = absl::UnavailableError("closed before its environment goes");
      disk = std::make_shared<SimulatedDisk>();
      in_order = nullptr;
      acknowledged = attempted = 0;
      continue;
    }
    disk->PowerOffAfter(random.Below(120));
    while (ApplyBatch(**store, ++attempted).ok()) {
      acknowledged = attempted;
      ++findings.batches;
    }
    const uint64_t seed = random.Below(UINT32_MAX);
    const auto survivors = disk->AfterCrash(how, seed);
    in_order = disk->AfterCrash(Survival::kPrefix, seed);
    store = absl::UnavailableError("closed before its environment goes");
    disk = survivors;
  }
  return findings;
}

class StoreUnderCrashes : public ::testing::TestWithParam<Survival> {};

TEST_P(StoreUnderCrashes, LosesNothingAcknowledged) {
  const Findings findings = CrashOften(GetParam(), 100, /*sync=*/true, /*ignore_syncs=*/false);
  EXPECT_EQ(findings.lost, 0);
  EXPECT_EQ(findings.torn, 0);
  EXPECT_EQ(findings.unopened, 0);
  EXPECT_LE(findings.refused, GetParam() == Survival::kSubset ? 2 : 0);
  EXPECT_GT(findings.batches, 1000u);  // the run did work
}

TEST_P(StoreUnderCrashes, WithoutSyncItLosesAndThatIsSeen) {
  EXPECT_GT(CrashOften(GetParam(), 30, /*sync=*/false, /*ignore_syncs=*/false).lost, 5);
}

TEST_P(StoreUnderCrashes, OnADiskThatLiesItLosesAndThatIsSeen) {
  const Findings findings = CrashOften(GetParam(), 30, /*sync=*/true, /*ignore_syncs=*/true);
  EXPECT_GT(findings.lost + findings.unopened, 5);
}

INSTANTIATE_TEST_SUITE_P(Survivals, StoreUnderCrashes, ::testing::ValuesIn(kSurvivals),
                         [](const auto& about) {
                           switch (about.param) {
                             case Survival::kSyncedOnly:
                               return "SyncedOnly";
                             case Survival::kPrefix:
                               return "Prefix";
                             case Survival::kSubset:
                               return "Subset";
                           }
                           return "";
                         });

// Power fails at every single operation of a first open: the next open must still succeed.
TEST(StoreUnderCrashes, AFirstOpenMayBeCutAnywhere) {
  bool finished = false;
  for (uint64_t step = 0; !finished; ++step) {
    const auto disk = std::make_shared<SimulatedDisk>();
    const auto env = NewCrashEnv(disk);
    disk->PowerOffAfter(step);
    finished = storage::OpenRocksDbStoreOn({env.get()}, "/store").ok();
    for (const Survival how : kSurvivals) {
      const auto survivors = disk->AfterCrash(how, step);
      const auto new_env = NewCrashEnv(survivors);
      const auto store = storage::OpenRocksDbStoreOn({new_env.get()}, "/store");
      EXPECT_TRUE(store.ok()) << "step " << step << ": " << store.status();
    }
    ASSERT_LT(step, 200u);
  }
}

TEST(StoreUnderCrashes, ACopyThatReturnedSurvives) {
  const auto disk = std::make_shared<SimulatedDisk>();
  const auto env = NewCrashEnv(disk);
  const auto store = storage::OpenRocksDbStoreOn({env.get()}, "/store");
  ASSERT_TRUE(store.ok());
  ASSERT_TRUE(ApplyBatch(**store, 1).ok());
  ASSERT_TRUE((*store)->CopyTo("/copy").ok());
  const auto survivors = disk->AfterCrash(Survival::kSyncedOnly, 0);
  const auto new_env = NewCrashEnv(survivors);
  const auto copy = storage::OpenRocksDbStoreOn({new_env.get()}, "/copy", {.must_exist = true});
  ASSERT_TRUE(copy.ok()) << copy.status();
  EXPECT_TRUE(IsWhole(**copy, 1, 2));
}

TEST(StoreUnderCrashes, AFullDiskIsSaidAsSuch) {
  const auto disk = std::make_shared<SimulatedDisk>();
  const auto env = NewCrashEnv(disk);
  const auto store = storage::OpenRocksDbStoreOn({env.get()}, "/store");
  ASSERT_TRUE(store.ok());
  disk->SetCapacity(0);
  EXPECT_EQ(ApplyBatch(**store, 1).code(), absl::StatusCode::kResourceExhausted);
}

TEST(StoreUnderCrashes, AfterAFailedSyncNoBatchIsAcknowledged) {
  const auto disk = std::make_shared<SimulatedDisk>();
  const auto env = NewCrashEnv(disk);
  const auto store = storage::OpenRocksDbStoreOn({env.get()}, "/store");
  ASSERT_TRUE(store.ok());
  ASSERT_TRUE(ApplyBatch(**store, 1).ok());
  disk->FailNth(SimulatedDisk::Operation::kSync, 1);
  EXPECT_EQ(ApplyBatch(**store, 2).code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(ApplyBatch(**store, 3).ok());
}

}  // namespace
}  // namespace sluis::tests
