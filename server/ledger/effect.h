#ifndef SLUIS_SERVER_LEDGER_EFFECT_H_
#define SLUIS_SERVER_LEDGER_EFFECT_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "crypto/bytes.h"
#include "server/ledger/keyring.h"
#include "server/ledger/sealed_entry.h"
#include "server/storage/store.h"

namespace sluis::ledger {

// Stamp of a row that does not exist.
inline constexpr uint64_t kAbsent = 0;

// A row must still carry this stamp when the effect commits. Every row that an effect writes is
// stored as u64 stamp ‖ bytes, the stamp being 1 + the index of the entry that wrote it (see
// row.h).
struct Precondition {
  std::string key;
  uint64_t stamp = kAbsent;
};

// One change of a row; the sequencer puts the stamp in front. No value deletes the row.
using RowWrite = storage::Write;

// What one act does to the ledger. It holds its entry by value: there is no effect without an
// entry.
struct Effect {
  SealedEntry entry;
  std::vector<Precondition> preconditions;
  std::vector<RowWrite> writes;
  // Rows that carry no stamp: wrapped keys.
  std::vector<storage::Write> key_rows;
  std::vector<KeyUse> keys;
  // Keys that this effect destroys. Not empty makes it an erasure: it runs in a group of its own
  // (erasure.h).
  std::vector<KeyRef> erase;
};

// Where an effect stands in the log once it is durable. Only the writer of groups, which the
// sequencer alone can reach, makes one, and nobody changes one: who has it was told so.
class Logged {
 public:
  // NOLINTBEGIN(cppcoreguidelines-avoid-const-or-ref-data-members): that is what it is for
  const uint64_t index;
  const uint64_t logged_at_us;
  const crypto::Hash leaf_hash;
  // NOLINTEND(cppcoreguidelines-avoid-const-or-ref-data-members)

 private:
  friend class GroupWriter;
  Logged(uint64_t at, uint64_t time_us, const crypto::Hash& hash)
      : index(at), logged_at_us(time_us), leaf_hash(hash) {}
};

// What the sequencer tells about a submission:
//   OK                  every effect is durable; one Logged per effect
//   ABORTED             a precondition no longer holds: nothing was written, plan again on a fresh
//   snapshot RESOURCE_EXHAUSTED  the queue is full: nothing was written, try later UNAVAILABLE not
//   serving (disk low, draining, behind the mark): nothing was written
// After a write or sync error nobody is told anything: the process ends.
using Done = std::function<void(absl::Status status, std::vector<Logged> logged)>;

// An indivisible list of effects, at most 256: all in one group or none.
struct Submission {
  std::vector<Effect> effects;
  Done done;
};

}  // namespace sluis::ledger

#endif  // SLUIS_SERVER_LEDGER_EFFECT_H_
