#ifndef SLUIS_TESTS_SUPPORT_FAULTY_FILES_H_
#define SLUIS_TESTS_SUPPORT_FAULTY_FILES_H_

#include <memory>

#include "server/storage/files.h"
#include "tests/support/simulated_disk.h"

namespace sluis::tests {

// The files of a simulated disk, for code that writes beside a store: what is not synced is lost by
// SimulatedDisk::AfterCrash, and any operation can be made to fail. Same contract as Files.
std::unique_ptr<storage::Files> NewFaultyFiles(std::shared_ptr<SimulatedDisk> disk);

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_FAULTY_FILES_H_
