#ifndef SLUIS_SERVER_LEDGER_DISK_GUARD_H_
#define SLUIS_SERVER_LEDGER_DISK_GUARD_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "server/ledger/data_folder.h"

namespace sluis::ledger {

// Watches the free space of the ledger's folder and keeps the ballast: a file that is given up when
// space is almost gone, so that what is queued can still be written, and made again when there is
// room. Belongs to the sequencer's thread.
class DiskGuard {
 public:
  // Free bytes of a folder. `folder` must outlive this.
  using FreeBytes = std::function<absl::StatusOr<uint64_t>()>;
  DiskGuard(DataFolder& folder, FreeBytes free_bytes, uint64_t low_water_bytes,
            uint64_t ballast_bytes);

  // Whether new work must be refused: below the low-water mark, or above it but not yet with room
  // for the ballast, or when the space cannot be told.
  bool IsLow();

 private:
  DataFolder& folder_;
  const FreeBytes free_bytes_;
  const uint64_t low_water_bytes_;
  const uint64_t ballast_bytes_;
  bool has_ballast_ = false;
};

}  // namespace sluis::ledger

#endif  // SLUIS_SERVER_LEDGER_DISK_GUARD_H_
