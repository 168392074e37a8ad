#ifndef SLUIS_SERVER_LEDGER_READER_H_
#define SLUIS_SERVER_LEDGER_READER_H_

#include <array>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/merkle.h"
#include "server/ledger/keyring.h"
#include "server/ledger/leaf.h"
#include "server/ledger/part.h"
#include "server/ledger/tree_rows.h"
#include "server/storage/store.h"

namespace sluis::ledger {

// One entry as stored.
struct StoredEntry {
  uint64_t index = 0;
  std::string leaf;    // 184 bytes
  std::string sealed;  // framing of the sealed parts
};

// One part of an entry as it can be told now.
struct OpenedPart {
  enum class State : uint8_t { kClosed = 0, kOpen = 1, kErased = 2, kMissing = 3 };
  State state = State::kMissing;
  Salt salt{};                   // when open
  std::string bytes;             // when open
  uint64_t erased_by_entry = 0;  // when erased
};

// Reads the log as a snapshot holds it. Thread-safe; borrows the snapshot and the keyring. Keeps
// the tiles it read, so one reader for many entries costs less than one for each.
class LogReader {
 public:
  LogReader(std::string origin, const storage::Snapshot& snapshot, const Keyring& keyring);

  // Number of entries in the snapshot.
  absl::StatusOr<uint64_t> Size() const;

  // Called for an entry that the tree holds and the store does not, or not as it was logged: its
  // leaf hash is all that can be told. False stops.
  using DamagedVisitor = std::function<bool(uint64_t index, const crypto::Hash& leaf_hash)>;

  // Visits the entries [first, last) in ascending order until `visit` returns false. Without
  // `damaged` a damaged entry ends the visit with kDataLoss, naming it.
  absl::Status Visit(uint64_t first, uint64_t last,
                     const std::function<bool(const StoredEntry&)>& visit,
                     const DamagedVisitor& damaged = {}) const;
  // The same from last-1 down to first.
  absl::Status VisitReverse(uint64_t first, uint64_t last,
                            const std::function<bool(const StoredEntry&)>& visit) const;

  absl::StatusOr<StoredEntry> Entry(uint64_t index) const;
  // What the tree holds of an entry, without reading the entry. NOT_FOUND beyond the end.
  absl::StatusOr<crypto::Hash> LeafHash(uint64_t index) const;

  // Opens one part: open, erased (naming the entry that erased it), or missing, which is a finding.
  // A part that opens to something its commitment does not cover is missing.
  absl::StatusOr<OpenedPart> Open(const StoredEntry& entry, Part part) const;

  // Head of the first `size` entries, computed from tiles and hash rows.
  absl::StatusOr<crypto::TreeHead> Head(uint64_t size) const;
  absl::StatusOr<std::vector<crypto::Hash>> InclusionProof(uint64_t index, uint64_t size) const;
  absl::StatusOr<std::vector<crypto::Hash>> ConsistencyProof(uint64_t older, uint64_t newer) const;

 private:
  std::string origin_;
  const storage::Snapshot& snapshot_;
  const Keyring& keyring_;
  mutable std::mutex mutex_;
  mutable TreeRows tree_;                 // under mutex_
  mutable std::optional<uint64_t> size_;  // under mutex_; once read
};

}  // namespace sluis::ledger

#endif  // SLUIS_SERVER_LEDGER_READER_H_
