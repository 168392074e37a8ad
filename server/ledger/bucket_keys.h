#ifndef SLUIS_SERVER_LEDGER_BUCKET_KEYS_H_
#define SLUIS_SERVER_LEDGER_BUCKET_KEYS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/random.h"
#include "server/ledger/key_files.h"
#include "server/ledger/key_rows.h"
#include "server/ledger/keyring.h"
#include "server/ledger/mutex.h"
#include "server/storage/store.h"

namespace sluis::ledger {

// Most keys ever put in one wrap bucket: what one erasure has to wrap again.
inline constexpr uint32_t kBucketCapacity = 4096;
// Places of a bucket that one write of its row reserves: a restart loses at most these.
inline constexpr uint32_t kBucketReserve = 256;

// One bucket key in one generation. Immutable, shared: a new generation replaces the object.
struct BucketKey {
  KeyUse use;
  crypto::DataKey key;
};

// The keyring over bucket rows and the key-encryption key of the epoch.
//
// Thread-safe. What stands under "for the sequencer's thread" is called from that thread only, and
// in the order given there. Keys live in locked memory and are never written in plain.
class BucketKeys : public Keyring {
 public:
  // Both must outlive this.
  BucketKeys(const storage::Store& store, crypto::Random& random);

  // Reads every bucket row. DATA_LOSS when one does not unwrap under this key or is of another
  // epoch.
  absl::Status Load(const storage::Snapshot& snapshot, uint64_t epoch, EpochKey kek);

  absl::StatusOr<NewRecordKeys> NewKeys(std::string_view retention_class, uint64_t now_us) override;
  absl::StatusOr<RecordKeys> Unwrap(const storage::Snapshot& snapshot,
                                    const KeyRef& ref) const override;
  absl::StatusOr<KeyUse> UseOf(const KeyRef& ref) const override;
  absl::StatusOr<std::shared_ptr<const PartKeys>> PartKeysFor(std::string_view retention_class,
                                                              uint64_t now_us) override;
  absl::StatusOr<std::shared_ptr<const PartKeys>> PartKeysOf(uint32_t bucket) const override;
  absl::StatusOr<std::optional<uint64_t>> ErasedBy(const KeyRef& ref) const override;

  // For the sequencer's thread.

  uint64_t epoch() const;
  // Highest number among the buckets with a row.
  uint32_t last_durable() const;
  // Whether keys in this bucket can be erased: it wraps keys and has a row.
  bool CanErase(uint32_t bucket) const;
  // Whether the bucket still has the key of this generation.
  bool IsCurrent(const KeyUse& use) const;
  // Appends the rows that a group relying on these buckets must write; they count as durable from
  // here on, because a group that fails ends the process.
  void AppendRows(std::span<const uint32_t> buckets, std::vector<storage::Write>* rows);

  // What an erasure changes: a new epoch, and new keys for the buckets that lose one.
  struct Rotation {
    uint64_t epoch = 0;
    EpochKey kek;
    std::map<uint32_t, std::shared_ptr<const BucketKey>> fresh;
  };
  // FAILED_PRECONDITION when one of the buckets is no wrap bucket with a row.
  absl::StatusOr<Rotation> PlanRotation(EpochKey kek, std::span<const uint32_t> buckets) const;
  // The key that the bucket has now.
  absl::StatusOr<std::shared_ptr<const BucketKey>> KeyOf(uint32_t bucket) const;
  // Rows of all buckets with a row, wrapped for the new epoch.
  std::vector<storage::Write> RotatedRows(const Rotation& rotation) const;
  // Before the batch: readers may now meet rows of either generation. After it: the old keys go.
  void BeginRotation(const Rotation& rotation);
  void FinishRotation(Rotation rotation);

 private:
  using Place = std::tuple<record::v1::BucketUse, std::string, std::string>;  // use, class, month

  struct Bucket {
    uint32_t number = 0;
    record::v1::BucketUse use = record::v1::BUCKET_USE_UNSPECIFIED;
    std::string retention_class;
    std::string month;
    uint32_t slot = 0;
    uint32_t used = 0;
    uint32_t reserved = 0;  // what the row on disk says is used
    bool durable = false;
    std::shared_ptr<const BucketKey> key;
    std::shared_ptr<const BucketKey> next;  // during a rotation
    std::shared_ptr<const PartKeys> parts;
  };

  absl::StatusOr<Bucket*> BucketFor(record::v1::BucketUse use, std::string_view retention_class,
                                    uint64_t now_us) SLUIS_REQUIRES(mutex_);
  storage::Write RowOf(const Bucket& bucket, const BucketKey& key, const crypto::DataKey& kek,
                       uint64_t epoch) const;
  // Why the row of these keys is not there.
  absl::Status WhyGone(const KeyRef& ref) const;
  absl::Status LoadBucket(std::string_view key, std::string_view value) SLUIS_REQUIRES(mutex_);

  const storage::Store& store_;
  crypto::Random& random_;
  mutable Mutex mutex_;
  uint64_t epoch_ SLUIS_GUARDED_BY(mutex_) = 0;
  EpochKey kek_ SLUIS_GUARDED_BY(mutex_);
  uint32_t last_number_ SLUIS_GUARDED_BY(mutex_) = 0;
  uint32_t last_durable_ SLUIS_GUARDED_BY(mutex_) = 0;
  std::map<uint32_t, Bucket> buckets_ SLUIS_GUARDED_BY(mutex_);
  std::map<Place, uint32_t> newest_ SLUIS_GUARDED_BY(mutex_);
};

// Month of a moment as YYYY-MM, UTC.
std::string MonthOf(uint64_t now_us);

}  // namespace sluis::ledger

#endif  // SLUIS_SERVER_LEDGER_BUCKET_KEYS_H_
