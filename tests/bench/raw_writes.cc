#include "tests/bench/raw_writes.h"

#include "server/storage/rocksdb_store.h"

namespace sluis::bench {

Side RawWrites::side() {
  Side raw;
  raw.prepare = [this]() -> absl::Status {
    store_.reset();
    folder_.emplace();
    absl::StatusOr<std::unique_ptr<storage::Store>> opened =
        storage::OpenRocksDbStore(folder_->PathOf("store"));
    if (!opened.ok()) return opened.status();
    store_ = *std::move(opened);
    return absl::OkStatus();
  };
  raw.work = [this]() -> absl::StatusOr<uint64_t> {
    for (const Batch& batch : batches_) {
      if (absl::Status applied = store_->Apply(batch); !applied.ok()) return applied;
    }
    return operations_;
  };
  return raw;
}

}  // namespace sluis::bench
