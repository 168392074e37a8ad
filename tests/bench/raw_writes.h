// What a ledger writes, kept as batches and written again with nothing above the store: the
// baseline of measurements that end in a ledger.
#ifndef SLUIS_TESTS_BENCH_RAW_WRITES_H_
#define SLUIS_TESTS_BENCH_RAW_WRITES_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/storage/store.h"
#include "tests/bench/bench.h"
#include "tests/support/temp_folder.h"

namespace sluis::bench {

using Batch = std::vector<storage::Write>;

// Passes everything on and keeps the batches. Batches are applied by one thread at a time.
class RecordingStore final : public storage::Store {
 public:
  // `inner` must outlive this.
  explicit RecordingStore(storage::Store& inner) : inner_(inner) {}

  std::unique_ptr<storage::Snapshot> NewSnapshot() const override { return inner_.NewSnapshot(); }
  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override {
    return inner_.Get(key);
  }
  absl::Status CopyTo(const std::string& folder) override { return inner_.CopyTo(folder); }
  absl::Status Apply(std::span<const storage::Write> writes) override {
    batches_.emplace_back(writes.begin(), writes.end());
    return inner_.Apply(writes);
  }

  void Forget() { batches_.clear(); }
  std::vector<Batch> Take() { return std::exchange(batches_, {}); }

 private:
  storage::Store& inner_;
  std::vector<Batch> batches_;
};

// Writes these batches, each synced, into a fresh RocksDB store on every run.
class RawWrites {
 public:
  // `operations`: how many of what is measured the batches stand for.
  RawWrites(std::vector<Batch> batches, uint64_t operations)
      : batches_(std::move(batches)), operations_(operations) {}

  // Borrows this.
  Side side();

 private:
  const std::vector<Batch> batches_;
  const uint64_t operations_;
  std::optional<tests::TempFolder> folder_;
  std::unique_ptr<storage::Store> store_;
};

}  // namespace sluis::bench

#endif  // SLUIS_TESTS_BENCH_RAW_WRITES_H_
