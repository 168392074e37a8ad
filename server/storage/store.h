#ifndef SLUIS_SERVER_STORAGE_STORE_H_
#define SLUIS_SERVER_STORAGE_STORE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace sluis::storage {

// One change of one row. No value deletes the row.
struct Write {
  std::string key;
  std::optional<std::string> value;
};

// A read-only view of a store at one moment.
//
// Guarantee: every read of one snapshot sees the same state, that of whole batches only.
// Not guaranteed: that it is the newest state. Thread-safe. Must not outlive its store.
class Snapshot {
 public:
  virtual ~Snapshot() = default;

  // The value of `key`, or nothing. DATA_LOSS when the store's own checks fail.
  virtual absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const = 0;

  // Calls `visit` for each row with from <= key < until in ascending byte order (descending with
  // `Reverse`) until it returns false. An empty `until` means no upper bound. The views live only
  // during the call.
  using Visitor = std::function<bool(std::string_view key, std::string_view value)>;
  virtual absl::Status Scan(std::string_view from, std::string_view until,
                            const Visitor& visit) const = 0;
  virtual absl::Status ScanReverse(std::string_view from, std::string_view until,
                                   const Visitor& visit) const = 0;
};

// An ordered map of byte strings with atomic, durable batches. Implemented twice: RocksDB and
// memory.
//
// Guarantee: when Apply returns OK the whole batch is on stable storage; otherwise none of it is
// visible after a reopen, or all of it (the caller must then stop: see Sequencer). Thread-safe;
// batches applied at once take effect one after the other, in an order that nobody promises: who
// compares before writing serialises what writes those rows.
class Store {
 public:
  virtual ~Store() = default;

  virtual std::unique_ptr<Snapshot> NewSnapshot() const = 0;

  // Newest committed value of one row; cheaper than a snapshot.
  virtual absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const = 0;

  // Applies all writes, in order, in one atomic batch that is synced before this returns.
  virtual absl::Status Apply(std::span<const Write> writes) = 0;

  // Makes a consistent copy in `folder`, which must not exist yet. UNIMPLEMENTED in memory.
  virtual absl::Status CopyTo(const std::string& folder) = 0;
};

// The first key after every key that starts with `prefix`; empty when there is none.
std::string PrefixEnd(std::string_view prefix);

}  // namespace sluis::storage

#endif  // SLUIS_SERVER_STORAGE_STORE_H_
