#ifndef SLUIS_SERVER_LEDGER_LEDGER_H_
#define SLUIS_SERVER_LEDGER_LEDGER_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/random.h"
#include "crypto/signature.h"
#include "server/ledger/effect.h"
#include "server/ledger/keyring.h"
#include "server/storage/clock.h"
#include "server/storage/files.h"
#include "server/storage/store.h"

namespace sluis::ledger {

// Why a ledger takes no new work; the words are those of StatusService, empty for kServing.
enum class Serving { kServing, kLedgerBehindMark, kDiskLow, kRestored, kDraining };
const char* ServingCode(Serving serving);

struct LedgerOptions {
  // Origin of the log and name of its key, for example "lindervaart.example/log".
  std::string origin;
  // Folder of everything outside the store: key-encryption keys, mark file, erasure journal,
  // ballast, lock, FORMAT.
  std::string folder;
  // Length of a tick: leaf times are multiples of it, and a checkpoint is made at each tick in
  // which the log grew.
  std::chrono::microseconds tick = std::chrono::seconds(1);
  // A checkpoint is made at least this often.
  std::chrono::microseconds heartbeat = std::chrono::minutes(10);
  // Bound of the queue; a submission beyond it is told RESOURCE_EXHAUSTED.
  size_t queue_capacity = 4096;
  // Most effects in one group.
  size_t group_limit = 256;
  // Below this much free space new work is refused.
  uint64_t low_water_bytes = 256ull << 20;
  // Size of the file that is given up to write the last entries.
  uint64_t ballast_bytes = 16ull << 20;
  // How long copies of key-encryption keys may live elsewhere; an erasure entry states the day
  // after.
  int key_copy_days = 14;
  // Files of the folder; a seam for tests. Null uses the machine's; must otherwise outlive the
  // ledger.
  storage::Files* files = nullptr;
  // Free space of the file system of a folder in bytes; a seam for tests. Empty asks `files`.
  std::function<absl::StatusOr<uint64_t>(const std::string& folder)> free_bytes;
  // Called when a write or sync failed. Must not return; the default prints one line and ends the
  // process with code 70.
  std::function<void(const absl::Status&)> on_fatal;
};

// The newest checkpoint shown: signed, and durable in the mark file before anyone sees it.
struct ShownCheckpoint {
  uint64_t size = 0;
  crypto::Hash root{};
  uint64_t made_at_us = 0;
  // Signed note.
  std::string note;
};

// One organisation's append-only log with the rows that its entries wrote.
//
// Guarantee: an effect that was told OK is durable with its entry, in one batch; no row changes
// without an entry; a checkpoint is shown only after it is durable in the mark file, and never
// contradicts one shown before; a store behind its mark file neither accepts work nor signs. Not
// guaranteed: that the machine's administrator cannot replace store and mark file together; only a
// partner's copy of a checkpoint shows that. Thread-safe. Owns its sequencer thread, which the
// destructor drains.
class Ledger {
 public:
  virtual ~Ledger() = default;

  // Opens or creates the ledger in `store` and `options.folder`, finishes or drops an erasure that
  // was cut short, and compares the store with the mark file. Returns a ledger that is not serving
  // when the check fails; an error only when nothing can be read: FAILED_PRECONDITION (in use by
  // another instance, newer FORMAT), DATA_LOSS, or the disk's. `store`, `clock` and `random` must
  // outlive the ledger.
  static absl::StatusOr<std::unique_ptr<Ledger>> Open(LedgerOptions options, storage::Store& store,
                                                      storage::Clock& clock, crypto::Random& random,
                                                      crypto::SigningKey log_key);

  // Hands a submission to the sequencer; `done` is called exactly once, from the sequencer's thread
  // or this one.
  virtual void Submit(Submission submission) = 0;

  // Refuses new work, finishes what is queued, makes a last checkpoint.
  virtual void Drain() = 0;

  virtual Serving serving() const = 0;
  // For a ledger that is not serving: one line that says why and what to do. For one that serves:
  // why it signs no checkpoint at present, or empty.
  virtual std::string serving_detail() const = 0;

  virtual ShownCheckpoint checkpoint() const = 0;
  virtual std::string verifier_key() const = 0;
  virtual const std::string& origin() const = 0;
  // Entries durable now; more than the checkpoint's size until the next tick. Never shown outside
  // the node.
  virtual uint64_t size() const = 0;

  // For reading only: rows change through Submit, with an entry.
  virtual const storage::Store& store() const = 0;
  virtual Keyring& keyring() = 0;

  // For a ledger that is kRestored: keys that the erasure journal lists and the restored store
  // still holds. The node submits one erasure of them, the only work then accepted; when none is
  // left the ledger serves.
  virtual absl::StatusOr<std::vector<KeyRef>> PendingJournal() const = 0;

  // Makes a checkpoint now if the log grew. For tests and for draining; runs on the sequencer's
  // thread.
  virtual void Tick() = 0;
};

}  // namespace sluis::ledger

#endif  // SLUIS_SERVER_LEDGER_LEDGER_H_
