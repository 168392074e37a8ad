#ifndef SLUIS_TESTS_SUPPORT_CRASH_FILESYSTEM_H_
#define SLUIS_TESTS_SUPPORT_CRASH_FILESYSTEM_H_

#include <memory>

#include "rocksdb/env.h"
#include "tests/support/simulated_disk.h"

namespace sluis::tests {

// RocksDB's view of a simulated disk: what it does not sync is lost by SimulatedDisk::AfterCrash.
// Only files are simulated; threads and time are the machine's. RocksDB's own log is discarded.
//
// A crash: disk->PowerOffAfter(0) or later, take disk->AfterCrash(how, seed), destroy the store,
// open a new one on a new environment of the survivors. The environment must outlive its store.
std::unique_ptr<rocksdb::Env> NewCrashEnv(std::shared_ptr<SimulatedDisk> disk);

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_CRASH_FILESYSTEM_H_
