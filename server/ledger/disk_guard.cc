#include "server/ledger/disk_guard.h"

#include <utility>

namespace sluis::ledger {

DiskGuard::DiskGuard(DataFolder& folder, FreeBytes free_bytes, uint64_t low_water_bytes,
                     uint64_t ballast_bytes)
    : folder_(folder),
      free_bytes_(std::move(free_bytes)),
      low_water_bytes_(low_water_bytes),
      ballast_bytes_(ballast_bytes),
      has_ballast_(folder.HasBallast().value_or(false)) {}

bool DiskGuard::IsLow() {
  const absl::StatusOr<uint64_t> free = free_bytes_();
  if (!free.ok()) return true;
  if (has_ballast_ && *free < low_water_bytes_ / 4) has_ballast_ = !folder_.GiveUpBallast().ok();
  const uint64_t wanted = low_water_bytes_ + (has_ballast_ ? 0 : ballast_bytes_);
  if (*free < wanted) return true;
  if (!has_ballast_ && ballast_bytes_ > 0) {
    has_ballast_ = folder_.MakeBallast(ballast_bytes_).ok();
    return !has_ballast_;
  }
  return false;
}

}  // namespace sluis::ledger
