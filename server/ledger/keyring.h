#ifndef SLUIS_SERVER_LEDGER_KEYRING_H_
#define SLUIS_SERVER_LEDGER_KEYRING_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/random.h"
#include "crypto/sealing.h"
#include "server/ledger/part.h"
#include "server/storage/store.h"

namespace sluis::ledger {

// Names one wrapped key: its bucket and its random id there.
struct KeyRef {
  uint32_t bucket = 0;
  crypto::FixedBytes<16> key_id{};
};

// Which bucket keys an effect relied on, and in which generation: an erasure replaces the key of a
// bucket, and an effect planned before that must be planned again.
struct KeyUse {
  uint32_t bucket = 0;
  uint64_t generation = 0;
};

// The two keys of a record: one seals the record, the other the subject parts of every entry about
// it. They are wrapped together and die together.
struct RecordKeys {
  KeyRef ref;
  crypto::DataKey data;
  crypto::DataKey subject;
  // Of the bucket when the keys were made or unwrapped; what an effect that relies on them states
  // in its KeyUse.
  uint64_t generation = 0;
};

// The keys that seal the parts of entries, and rows, derived from one parts bucket: one per part,
// so that opening one part to somebody opens no other. Immutable, shared.
struct PartKeys {
  KeyUse use;
  std::array<crypto::DataKey, kPartCount>
      keys;  // in the order of kParts; that of the subject seals only absence

  // Seals rows whose value must not lie open: sealed_row.h.
  crypto::DataKey rows;

  const crypto::DataKey& of(Part part) const { return keys[static_cast<size_t>(part) - 1]; }
};

// A new pair of keys with the row that stores them wrapped.
struct NewRecordKeys {
  RecordKeys keys;
  storage::Write row;
  KeyUse use;
};

// Bucket keys of the epoch, in locked memory. Buckets are given out in memory and become durable
// with the first group of entries that relies on them: the sequencer adds the bucket row to that
// group.
//
// Thread-safe. Guarantee: a key obtained here whose KeyUse is still current at commit can be
// unwrapped after restart.
class Keyring {
 public:
  virtual ~Keyring() = default;

  // Fresh random keys in the wrap bucket of this retention class and month (of `now_us`).
  virtual absl::StatusOr<NewRecordKeys> NewKeys(std::string_view retention_class,
                                                uint64_t now_us) = 0;

  // Unwraps the keys named. NOT_FOUND when an erasure of them is on record, also one after the
  // snapshot was taken; DATA_LOSS when they or their bucket are gone without one, or do not unwrap.
  virtual absl::StatusOr<RecordKeys> Unwrap(const storage::Snapshot& snapshot,
                                            const KeyRef& ref) const = 0;

  // Use of the bucket of `ref` as it stands now. For keys at hand prefer RecordKeys::generation: it
  // also notices an erasure since they were unwrapped.
  virtual absl::StatusOr<KeyUse> UseOf(const KeyRef& ref) const = 0;

  // Keys of the parts bucket of this retention class and month (of `now_us`).
  virtual absl::StatusOr<std::shared_ptr<const PartKeys>> PartKeysFor(
      std::string_view retention_class, uint64_t now_us) = 0;
  // Keys of an existing parts bucket, for opening. NOT_FOUND when there is none of this number.
  virtual absl::StatusOr<std::shared_ptr<const PartKeys>> PartKeysOf(uint32_t bucket) const = 0;

  // Index of the entry that erased these keys, as of now; nothing when no entry did.
  virtual absl::StatusOr<std::optional<uint64_t>> ErasedBy(const KeyRef& ref) const = 0;
};

}  // namespace sluis::ledger

#endif  // SLUIS_SERVER_LEDGER_KEYRING_H_
