#ifndef SLUIS_SERVER_LEDGER_ERASURE_H_
#define SLUIS_SERVER_LEDGER_ERASURE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "crypto/random.h"
#include "server/ledger/bucket_keys.h"
#include "server/ledger/erasure_journal.h"
#include "server/ledger/key_files.h"
#include "server/storage/store.h"

namespace sluis::ledger {

// Destroys keys for good, although a store and a disk never promise to forget a value:
//   1. a new key-encryption key, durable in its own file
//   2. one batch with the erasure entry: the erased key rows go, every other key of the same
//   buckets
//      is wrapped under a new bucket key, every bucket key under the new key-encryption key, and
//      the state row names the new epoch
//   3. the key ids in the erasure journal, durable
//   4. the old key-encryption key is destroyed
// Whatever old rows remain in files of the store, nothing left opens them. A crash before the batch
// leaves a later key file, which the start drops; one after it leaves an older key file and perhaps
// an incomplete journal, which the start destroys and completes: see startup.h.
//
// Not guaranteed: anything about copies of the old key-encryption key made elsewhere (the entry
// states until when these may live), flash cells and snapshots of virtual machines.
// Belongs to the sequencer's thread. Any error of Prepare and Finish must end the process.
class Eraser {
 public:
  // All must outlive this.
  Eraser(const storage::Store& store, BucketKeys& keys, KeyFiles& files, ErasureJournal& journal,
         crypto::Random& random);

  // Adds a key to what the group at hand erases, with the entry that says so. Naming it again does
  // nothing.
  void Name(const KeyRef& key, uint64_t entry_index);
  bool has_work() const { return !named_.empty(); }

  // Step 1, and the rows of step 2 appended to `batch`. Key rows that are in the batch already are
  // wrapped again as well.
  absl::Status Prepare(std::vector<storage::Write>* batch);
  uint64_t next_epoch() const { return rotation_->epoch; }

  // After the batch is durable: steps 3 and 4.
  absl::Status Finish();

 private:
  absl::Status WrapAgain(uint32_t bucket, std::vector<storage::Write>* batch);

  const storage::Store& store_;
  BucketKeys& keys_;
  KeyFiles& files_;
  ErasureJournal& journal_;
  crypto::Random& random_;
  // Bucket and key id → index of the entry that erases it.
  std::map<std::pair<uint32_t, crypto::FixedBytes<16>>, uint64_t> named_;
  std::optional<BucketKeys::Rotation> rotation_;
};

}  // namespace sluis::ledger

#endif  // SLUIS_SERVER_LEDGER_ERASURE_H_
