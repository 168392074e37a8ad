#ifndef SLUIS_SERVER_CORE_LAZY_SNAPSHOT_H_
#define SLUIS_SERVER_CORE_LAZY_SNAPSHOT_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "server/storage/store.h"

namespace sluis::core {

// A snapshot that is taken at the first read: many calls need none. Not thread-safe; borrows the
// store.
class LazySnapshot final : public storage::Snapshot {
 public:
  explicit LazySnapshot(const storage::Store& store) : store_(store) {}

  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override {
    return Taken().Get(key);
  }
  absl::Status Scan(std::string_view from, std::string_view until,
                    const Visitor& visit) const override {
    return Taken().Scan(from, until, visit);
  }
  absl::Status ScanReverse(std::string_view from, std::string_view until,
                           const Visitor& visit) const override {
    return Taken().ScanReverse(from, until, visit);
  }

 private:
  const storage::Snapshot& Taken() const {
    if (!snapshot_) snapshot_ = store_.NewSnapshot();
    return *snapshot_;
  }

  const storage::Store& store_;
  mutable std::unique_ptr<storage::Snapshot> snapshot_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_LAZY_SNAPSHOT_H_
