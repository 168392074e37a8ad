#ifndef SLUIS_SERVER_LEDGER_LEAF_INDEX_H_
#define SLUIS_SERVER_LEDGER_LEAF_INDEX_H_

#include <cstdint>
#include <mutex>
#include <optional>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "server/ledger/ledger.h"
#include "server/storage/store.h"

namespace sluis::ledger {

// Where the entry with a given leaf hash stands. Derived: built by following the log, kept beside
// the ledger in rows l and u of the derived store, and made again from nothing by Rebuild.
//
// Guarantee: an index found is that of an entry whose leaf hash was computed from the log; a
// rebuild that a crash or an error cut short is begun anew by the next CatchUp; neither holds more
// than 1,025 rows in memory. Not guaranteed: that the newest entries are in it; call CatchUp first.
// Thread-safe. Both references must outlive it.
class LeafIndex {
 public:
  LeafIndex(storage::Store& derived, Ledger& ledger) : derived_(derived), ledger_(ledger) {}

  // Reads the entries added since the last call.
  absl::Status CatchUp();

  // Index of the entry with this leaf hash; nothing when the log read so far has none.
  absl::StatusOr<std::optional<uint64_t>> Find(const crypto::Hash& leaf_hash) const;

  // Forgets everything and reads the log from the beginning.
  absl::Status Rebuild();

 private:
  // Block by block. Needs the mutex.
  absl::Status DeleteAll();

  std::mutex mutex_;
  storage::Store& derived_;
  Ledger& ledger_;
};

}  // namespace sluis::ledger

#endif  // SLUIS_SERVER_LEDGER_LEAF_INDEX_H_
