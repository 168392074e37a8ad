#ifndef SLUIS_SERVER_STORAGE_ROCKSDB_STORE_H_
#define SLUIS_SERVER_STORAGE_ROCKSDB_STORE_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/storage/store.h"

namespace sluis::storage {

struct RocksDbOptions {
  // Refuse, with NOT_FOUND, to make a store where there is none.
  bool must_exist = false;
  // Memory for blocks read, in bytes.
  size_t block_cache_bytes = size_t{64} << 20;
  // Memory for rows not yet in a table file, in bytes; bounds the log replayed at the next start.
  size_t write_buffer_bytes = size_t{32} << 20;
};

// Opens, or makes, the store in `folder`; its parent must exist.
//
// Guarantee: that of Store. Every batch is synced before Apply returns; every block read is checked
// against its checksum; what is unreadable at the end of the write-ahead log, where a crash cuts,
// is dropped, and nothing behind it is used. No row expires by itself. CopyTo shares unchanged
// table files with the original by hard links when both lie on one file system.
// Not guaranteed: that the newest batches are still there after someone replaced files; the ledger
// compares with its mark file. Errors: FAILED_PRECONDITION when another process has it open,
// NOT_FOUND, DATA_LOSS when its own checks fail, RESOURCE_EXHAUSTED on a full disk, UNAVAILABLE for
// what else the disk says. No error names a key or holds content. After Apply failed every later
// Apply fails.
absl::StatusOr<std::unique_ptr<Store>> OpenRocksDbStore(const std::string& folder,
                                                        const RocksDbOptions& options = {});

}  // namespace sluis::storage

#endif  // SLUIS_SERVER_STORAGE_ROCKSDB_STORE_H_
