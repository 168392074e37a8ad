#ifndef SLUIS_SERVER_STORAGE_ROCKSDB_ENV_H_
#define SLUIS_SERVER_STORAGE_ROCKSDB_ENV_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "rocksdb/env.h"
#include "server/storage/rocksdb_store.h"

namespace sluis::storage {

// What tests put under a store to prove what survives. The only header of ours that shows RocksDB;
// the programs do not include it.
struct RocksDbEnvironment {
  // The machine as RocksDB sees it; must outlive the store. Null: the real one.
  rocksdb::Env* env = nullptr;
  // False leaves the sync out: the mutant that the crash tests must notice.
  bool sync = true;
};

absl::StatusOr<std::unique_ptr<Store>> OpenRocksDbStoreOn(const RocksDbEnvironment& environment,
                                                          const std::string& folder,
                                                          const RocksDbOptions& options = {});

}  // namespace sluis::storage

#endif  // SLUIS_SERVER_STORAGE_ROCKSDB_ENV_H_
