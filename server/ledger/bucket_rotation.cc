// The half of BucketKeys that the sequencer's thread uses: which rows a group must write, and how
// an erasure replaces keys.
#include <algorithm>
#include <utility>

#include "server/ledger/bucket_keys.h"

namespace sluis::ledger {

uint64_t BucketKeys::epoch() const {
  const MutexLock lock(mutex_);
  return epoch_;
}

uint32_t BucketKeys::last_durable() const {
  const MutexLock lock(mutex_);
  return last_durable_;
}

bool BucketKeys::IsCurrent(const KeyUse& use) const {
  const MutexLock lock(mutex_);
  const auto found = buckets_.find(use.bucket);
  return found != buckets_.end() && found->second.key->use.generation == use.generation;
}

absl::StatusOr<std::shared_ptr<const BucketKey>> BucketKeys::KeyOf(uint32_t bucket) const {
  const MutexLock lock(mutex_);
  const auto found = buckets_.find(bucket);
  if (found == buckets_.end()) {
    return absl::NotFoundError("no bucket key of this number: check that the store is whole");
  }
  return found->second.key;
}

storage::Write BucketKeys::RowOf(const Bucket& bucket, const BucketKey& key,
                                 const crypto::DataKey& kek, uint64_t epoch) const {
  record::v1::Bucket row;
  row.set_number(bucket.number);
  row.set_use(bucket.use);
  row.set_retention_class(bucket.retention_class);
  row.set_month(bucket.month);
  row.set_slot(bucket.slot);
  row.set_wrapped_key(WrapBucketKey(kek, epoch, bucket.number, bucket.use, key.key, random_));
  row.set_key_epoch(epoch);
  row.set_used(bucket.reserved);
  return {BucketRowKey(bucket.number), row.SerializeAsString()};
}

void BucketKeys::AppendRows(std::span<const uint32_t> buckets, std::vector<storage::Write>* rows) {
  const MutexLock lock(mutex_);
  for (const uint32_t number : buckets) {
    const auto found = buckets_.find(number);
    if (found == buckets_.end()) continue;
    Bucket& bucket = found->second;
    if (bucket.durable && bucket.used <= bucket.reserved) continue;
    bucket.durable = true;
    if (bucket.use == record::v1::BUCKET_USE_WRAP) {
      bucket.reserved = std::min(bucket.used + kBucketReserve, kBucketCapacity);
    }
    last_durable_ = std::max(last_durable_, number);
    rows->push_back(RowOf(bucket, *bucket.key, kek_, epoch_));
  }
}

absl::StatusOr<BucketKeys::Rotation> BucketKeys::PlanRotation(
    EpochKey kek, std::span<const uint32_t> buckets) const {
  const MutexLock lock(mutex_);
  Rotation rotation;
  rotation.epoch = epoch_ + 1;
  rotation.kek = std::move(kek);
  for (const uint32_t number : buckets) {
    const auto found = buckets_.find(number);
    if (found == buckets_.end() || !found->second.durable ||
        found->second.use != record::v1::BUCKET_USE_WRAP) {
      return absl::FailedPreconditionError("keys to erase lie in a bucket that wraps none");
    }
    const KeyUse next{number, found->second.key->use.generation + 1};
    rotation.fresh[number] =
        std::make_shared<const BucketKey>(BucketKey{next, crypto::NewDataKey(random_)});
  }
  return rotation;
}

std::vector<storage::Write> BucketKeys::RotatedRows(const Rotation& rotation) const {
  const MutexLock lock(mutex_);
  std::vector<storage::Write> rows;
  for (const auto& [number, bucket] : buckets_) {
    if (!bucket.durable) continue;
    const auto fresh = rotation.fresh.find(number);
    const BucketKey& key = fresh == rotation.fresh.end() ? *bucket.key : *fresh->second;
    rows.push_back(RowOf(bucket, key, rotation.kek, rotation.epoch));
  }
  return rows;
}

void BucketKeys::BeginRotation(const Rotation& rotation) {
  const MutexLock lock(mutex_);
  for (const auto& [number, key] : rotation.fresh) buckets_.at(number).next = key;
}

void BucketKeys::FinishRotation(Rotation rotation) {
  const MutexLock lock(mutex_);
  epoch_ = rotation.epoch;
  kek_ = std::move(rotation.kek);
  for (auto& [number, key] : rotation.fresh) {
    Bucket& bucket = buckets_.at(number);
    bucket.key = std::move(key);
    bucket.next.reset();
  }
}

}  // namespace sluis::ledger
