#ifndef SLUIS_SERVER_LEDGER_CHECKPOINTER_H_
#define SLUIS_SERVER_LEDGER_CHECKPOINTER_H_

#include <chrono>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "crypto/merkle.h"
#include "crypto/note.h"
#include "crypto/signature.h"
#include "server/ledger/ledger.h"
#include "server/ledger/mark_file.h"
#include "server/ledger/mutex.h"
#include "server/storage/clock.h"
#include "server/storage/store.h"

namespace sluis::ledger {

// Makes the log's checkpoints, and is the only code that uses the log key.
//
// Guarantee: before signing, the root is computed twice, from the writer's memory and from the rows
// of the store, the tiles filled since the last checkpoint are read back, and the tree is checked
// to extend the last one shown; a checkpoint is shown only when it is durable in the mark file.
// Not guaranteed: that older tiles are still whole; reading them tells. Update belongs to the
// sequencer's thread, shown() and held_back() to any.
class Checkpointer {
 public:
  // `store`, `clock` and `mark` must outlive this. `log_key` is that of `verifier`.
  Checkpointer(crypto::VerifierKey verifier, crypto::SigningKey log_key, MarkFile& mark,
               const storage::Store& store, const storage::Clock& clock,
               std::chrono::microseconds heartbeat);

  // Takes over the checkpoint shown before the restart, verified by the caller.
  void Adopt(ShownCheckpoint shown);

  // Makes a checkpoint of the writer's tree when it grew, when none was made for a heartbeat, or
  // when there is none at all. DATA_LOSS when the two roots, or the last checkpoint and the tree,
  // disagree: nothing is signed and the process must end, as after an error of the mark file.
  absl::Status Update(const crypto::CompactRange& range);

  ShownCheckpoint shown() const;
  // Why no checkpoint is made at present, or empty: the clock stands before the last one.
  std::string held_back() const;

 private:
  absl::Status Check(const crypto::TreeHead& head, const ShownCheckpoint& last) const;

  const crypto::VerifierKey verifier_;
  const crypto::SigningKey log_key_;
  MarkFile& mark_;
  const storage::Store& store_;
  const storage::Clock& clock_;
  const uint64_t heartbeat_us_;
  mutable Mutex mutex_;
  ShownCheckpoint shown_ SLUIS_GUARDED_BY(mutex_);
  std::string held_back_ SLUIS_GUARDED_BY(mutex_);
};

}  // namespace sluis::ledger

#endif  // SLUIS_SERVER_LEDGER_CHECKPOINTER_H_
