#ifndef SLUIS_SERVER_STORAGE_MEMORY_STORE_H_
#define SLUIS_SERVER_STORAGE_MEMORY_STORE_H_

#include <memory>

#include "server/storage/store.h"

namespace sluis::storage {

// A store that lives and dies with the object. Snapshots cost nothing; a row that a living snapshot
// may still read keeps its older values. Guarantee: that of Store but for stable storage; CopyTo is
// UNIMPLEMENTED. Thread-safe.
std::unique_ptr<Store> NewMemoryStore();

}  // namespace sluis::storage

#endif  // SLUIS_SERVER_STORAGE_MEMORY_STORE_H_
