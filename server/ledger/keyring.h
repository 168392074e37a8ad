#ifndef SLUIS_SERVER_LEDGER_KEYRING_H_
#define SLUIS_SERVER_LEDGER_KEYRING_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/random.h"
#include "crypto/sealing.h"
#include "server/storage/store.h"

namespace sluis::ledger {

// Names one wrapped key: its bucket and its random id there.
struct KeyRef {
  uint32_t bucket = 0;
  crypto::FixedBytes<16> key_id{};
};

// Which bucket keys an effect relied on, and in which generation: an erasure replaces the key of a bucket, and an
// effect planned before that must be planned again.
struct KeyUse {
  uint32_t bucket = 0;
  uint64_t generation = 0;
};

// The two keys of a record: one seals the record, the other the subject parts of every entry about it. They are
// wrapped together and die together.
struct RecordKeys {
  KeyRef ref;
  crypto::DataKey data;
  crypto::DataKey subject;
};

// A new pair of keys with the row that stores them wrapped.
struct NewRecordKeys {
  RecordKeys keys;
  storage::Write row;
  KeyUse use;
};

// Bucket keys of the epoch, in locked memory. Buckets are given out in memory and become durable with the first group
// of entries that relies on them: the sequencer adds the bucket row to that group.
//
// Thread-safe. Guarantee: a key obtained here whose KeyUse is still current at commit can be unwrapped after restart.
class Keyring {
 public:
  virtual ~Keyring() = default;

  // Fresh random keys in the wrap bucket of this retention class and month (of `now_us`).
  virtual absl::StatusOr<NewRecordKeys> NewKeys(std::string_view retention_class,
                                                uint64_t now_us) = 0;

  // Unwraps the keys named. NOT_FOUND when they were erased, DATA_LOSS when they do not unwrap.
  virtual absl::StatusOr<RecordKeys> Unwrap(const storage::Snapshot& snapshot,
                                            const KeyRef& ref) const = 0;

  // Use of the bucket of `ref` as it stands now; for effects that seal under existing keys.
  virtual absl::StatusOr<KeyUse> UseOf(const KeyRef& ref) const = 0;
};

}  // namespace sluis::ledger

#endif  // SLUIS_SERVER_LEDGER_KEYRING_H_
