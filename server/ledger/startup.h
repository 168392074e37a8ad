#ifndef SLUIS_SERVER_LEDGER_STARTUP_H_
#define SLUIS_SERVER_LEDGER_STARTUP_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/note.h"
#include "crypto/random.h"
#include "server/ledger/erasure_journal.h"
#include "server/ledger/key_files.h"
#include "server/ledger/keyring.h"
#include "server/ledger/ledger.h"
#include "server/ledger/log_state.h"
#include "server/ledger/mark_file.h"
#include "server/storage/store.h"

namespace sluis::ledger {

// What a ledger checks and finishes before it takes work. Free functions over one snapshot; each
// names in its error what the operator must do.

// What the mark file says was shown, and whether the store still stands by it.
struct MarkFinding {
  // Empty when the log was never shown, or when its own key did not sign the mark.
  ShownCheckpoint shown;
  // Why the ledger may not work; empty when it may.
  std::string behind;
};

// Compares the store with its mark: signature, size, root at that size; and the two forms in which
// the store holds its tree. A store with entries but without a mark is behind. Reads the state row
// and the tiles on the right edge only, so that it takes as long for ten million entries as for
// ten.
absl::StatusOr<MarkFinding> CompareWithMark(const std::optional<LogState>& state,
                                            const std::optional<Mark>& mark,
                                            const crypto::VerifierKey& log_key,
                                            const storage::Snapshot& snapshot);

// The key-encryption key of the store's epoch, made when the store is new. An erasure that was cut
// short leaves a neighbouring epoch: a later one is dropped, an older one destroyed. DATA_LOSS when
// the key is missing; FAILED_PRECONDITION, and nothing is destroyed, when the files fit another
// store.
absl::StatusOr<EpochKey> SettleEpoch(const std::optional<LogState>& state, KeyFiles& files,
                                     crypto::Random& random);

// Adds to the journal what the store says is erased and the journal does not hold.
absl::Status CompleteJournal(uint64_t epoch, const storage::Snapshot& snapshot,
                             ErasureJournal* journal);

// Keys among `erased` that the store still holds.
absl::StatusOr<std::vector<KeyRef>> StillHeld(const std::vector<ErasedKey>& erased,
                                              const storage::Snapshot& snapshot);

}  // namespace sluis::ledger

#endif  // SLUIS_SERVER_LEDGER_STARTUP_H_
