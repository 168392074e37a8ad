// Opening a ledger does not read the log: what it reads is counted, on a log of 200,000 entries.

#include <gtest/gtest.h>

#include <atomic>

#include "server/storage/memory_store.h"
#include "tests/support/faulty_files.h"
#include "tests/support/long_ledger.h"
#include "tests/support/simulated_disk.h"

namespace sluis::fault {
namespace {

// Counts the rows that are read from another store, and their bytes.
class CountingStore final : public storage::Store {
 public:
  struct Reads {
    std::atomic<uint64_t> rows = 0;
    std::atomic<uint64_t> bytes = 0;
    void Add(std::string_view key, std::string_view value) {
      ++rows;
      bytes += key.size() + value.size();
    }
  };

  std::unique_ptr<storage::Snapshot> NewSnapshot() const override {
    return std::make_unique<CountingSnapshot>(inner_->NewSnapshot(), reads_);
  }
  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override {
    auto value = inner_->Get(key);
    if (value.ok()) reads_.Add(key, value->value_or(""));
    return value;
  }
  absl::Status Apply(std::span<const storage::Write> writes) override {
    return inner_->Apply(writes);
  }
  absl::Status CopyTo(const std::string& folder) override { return inner_->CopyTo(folder); }

  Reads& reads() { return reads_; }

 private:
  class CountingSnapshot final : public storage::Snapshot {
   public:
    CountingSnapshot(std::unique_ptr<storage::Snapshot> inner, Reads& reads)
        : inner_(std::move(inner)), reads_(reads) {}
    absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override {
      auto value = inner_->Get(key);
      if (value.ok()) reads_.Add(key, value->value_or(""));
      return value;
    }
    absl::Status Scan(std::string_view from, std::string_view until,
                      const Visitor& visit) const override {
      return inner_->Scan(from, until, Counted(visit));
    }
    absl::Status ScanReverse(std::string_view from, std::string_view until,
                             const Visitor& visit) const override {
      return inner_->ScanReverse(from, until, Counted(visit));
    }

   private:
    Visitor Counted(const Visitor& visit) const {
      return [this, &visit](std::string_view key, std::string_view value) {
        reads_.Add(key, value);
        return visit(key, value);
      };
    }
    const std::unique_ptr<storage::Snapshot> inner_;
    Reads& reads_;
  };

  const std::unique_ptr<storage::Store> inner_ = storage::NewMemoryStore();
  mutable Reads reads_;
};

struct Read {
  uint64_t rows = 0;
  uint64_t bytes = 0;
};

// What opening reads of a ledger of that many entries.
Read ReadAtOpening(uint64_t size) {
  CountingStore store;
  const auto files = tests::NewFaultyFiles(std::make_shared<tests::SimulatedDisk>());
  {
    auto ledger = tests::OpenLongLedger(store, "/ledger", files.get());
    EXPECT_TRUE(ledger.ok()) << ledger.status();
    EXPECT_EQ(tests::GrowLedger(**ledger, size), absl::OkStatus());
    EXPECT_EQ((*ledger)->checkpoint().size, size);
  }
  store.reads().rows = 0;
  store.reads().bytes = 0;
  auto ledger = tests::OpenLongLedger(store, "/ledger", files.get());
  EXPECT_TRUE(ledger.ok()) << ledger.status();
  const Read read{store.reads().rows, store.reads().bytes};
  EXPECT_EQ((*ledger)->serving(), ledger::Serving::kServing);
  EXPECT_EQ((*ledger)->size(), size);
  std::printf("opening a ledger of %llu entries reads %llu rows, %llu bytes\n",
              static_cast<unsigned long long>(size), static_cast<unsigned long long>(read.rows),
              static_cast<unsigned long long>(read.bytes));
  return read;
}

// The right edge of the tree, at most a tile of rows per level and reader; never the segments.
TEST(StartTest, OpeningReadsTheRightEdgeOnly) {
  const Read little = ReadAtOpening(2'000);
  const Read much = ReadAtOpening(200'000);
  EXPECT_LE(much.rows, little.rows + 1024);
  EXPECT_LE(much.bytes, 256u << 10);
}

}  // namespace
}  // namespace sluis::fault
