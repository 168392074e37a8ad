#ifndef SLUIS_TESTS_SUPPORT_COUNTING_SNAPSHOT_H_
#define SLUIS_TESTS_SUPPORT_COUNTING_SNAPSHOT_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "server/storage/store.h"

namespace sluis::tests {

// Counts what is read of another snapshot, which must outlive it: rows by key and rows visited.
// Work is measured by it, where time would depend on the machine. Not thread-safe.
class CountingSnapshot final : public storage::Snapshot {
 public:
  explicit CountingSnapshot(const storage::Snapshot& inner) : inner_(inner) {}

  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override {
    ++rows_;
    return inner_.Get(key);
  }
  absl::Status Scan(std::string_view from, std::string_view until,
                    const Visitor& visit) const override {
    return inner_.Scan(from, until, Counted(visit));
  }
  absl::Status ScanReverse(std::string_view from, std::string_view until,
                           const Visitor& visit) const override {
    return inner_.ScanReverse(from, until, Counted(visit));
  }

  // Rows read so far.
  size_t rows() const { return rows_; }

 private:
  Visitor Counted(const Visitor& visit) const {
    return [this, &visit](std::string_view key, std::string_view value) {
      ++rows_;
      return visit(key, value);
    };
  }

  const storage::Snapshot& inner_;
  mutable size_t rows_ = 0;
};

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_COUNTING_SNAPSHOT_H_
