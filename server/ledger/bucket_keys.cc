#include "server/ledger/bucket_keys.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <utility>

#include "crypto/hash.h"
#include "server/ledger/row.h"

namespace sluis::ledger {
namespace {

using record::v1::BUCKET_USE_PARTS;
using record::v1::BUCKET_USE_WRAP;

constexpr size_t kMaxClassBytes = 64;

std::shared_ptr<const BucketKey> MakeKey(uint32_t number, uint64_t generation,
                                         crypto::DataKey key) {
  return std::make_shared<const BucketKey>(BucketKey{{number, generation}, std::move(key)});
}

std::shared_ptr<const PartKeys> DerivePartKeys(const BucketKey& bucket) {
  auto parts = std::make_shared<PartKeys>();
  parts->use = bucket.use;
  for (const Part part : kParts) {
    const crypto::FixedBytes<1> number = {static_cast<uint8_t>(part)};
    parts->keys[number[0] - size_t{1}] = crypto::HmacSha256Secret(
        crypto::View(bucket.key.expose()), {"sluis/part-key/v1", crypto::View(number)});
  }
  parts->rows = crypto::HmacSha256Secret(crypto::View(bucket.key.expose()), {"sluis/row-key/v1"});
  return parts;
}

absl::Status NoSuchBucket() {
  return absl::NotFoundError("no bucket key of this number: check that the store is whole");
}

}  // namespace

std::string MonthOf(uint64_t now_us) {
  const std::chrono::sys_time<std::chrono::microseconds> moment{
      std::chrono::microseconds(static_cast<int64_t>(now_us))};
  const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(moment)};
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u", static_cast<int>(day.year()),
                static_cast<unsigned>(day.month()));
  return text;
}

BucketKeys::BucketKeys(const storage::Store& store, crypto::Random& random)
    : store_(store), random_(random) {}

absl::Status BucketKeys::Load(const storage::Snapshot& snapshot, uint64_t epoch, EpochKey kek) {
  const MutexLock lock(mutex_);
  epoch_ = epoch;
  kek_ = std::move(kek);
  absl::Status loaded;
  const std::string prefix = RowKey(Table::kBucket);
  const absl::Status scanned = snapshot.Scan(prefix, storage::PrefixEnd(prefix),
                                             [&](std::string_view key, std::string_view value)
                                                 SLUIS_NO_THREAD_SAFETY_ANALYSIS {
                                                   loaded = LoadBucket(key, value);
                                                   return loaded.ok();
                                                 });
  return loaded.ok() ? scanned : loaded;
}

absl::Status BucketKeys::LoadBucket(std::string_view key, std::string_view value) {
  record::v1::Bucket row;
  if (!row.ParseFromArray(value.data(), static_cast<int>(value.size())) || row.number() == 0 ||
      key != BucketRowKey(row.number()) || row.key_epoch() != epoch_) {
    return absl::DataLossError("bucket row is damaged: restore the store from a backup");
  }
  absl::StatusOr<crypto::DataKey> opened = UnwrapBucketKey(kek_, row);
  if (!opened.ok()) {
    return absl::DataLossError("bucket " + std::to_string(row.number()) +
                               " does not open under the key-encryption key of epoch " +
                               std::to_string(epoch_) + ": put back the key file of this store");
  }
  Bucket bucket{.number = row.number(),
                .use = row.use(),
                .retention_class = row.retention_class(),
                .month = row.month(),
                .slot = row.slot(),
                .used = row.used(),
                .reserved = row.used(),
                .durable = true,
                .key = MakeKey(row.number(), 1, *std::move(opened)),
                .next = nullptr,
                .parts = nullptr};
  if (bucket.use == BUCKET_USE_PARTS) bucket.parts = DerivePartKeys(*bucket.key);
  last_number_ = last_durable_ = std::max(last_number_, bucket.number);
  newest_[{bucket.use, bucket.retention_class, bucket.month}] = bucket.number;  // ascending
  buckets_.insert_or_assign(row.number(), std::move(bucket));
  return absl::OkStatus();
}

absl::StatusOr<BucketKeys::Bucket*> BucketKeys::BucketFor(record::v1::BucketUse use,
                                                          std::string_view retention_class,
                                                          uint64_t now_us) {
  if (retention_class.empty() || retention_class.size() > kMaxClassBytes) {
    return absl::InvalidArgumentError("a retention class is 1 to 64 bytes: check the rule pack");
  }
  Place place{use, std::string(retention_class), MonthOf(now_us)};
  uint32_t slot = 0;
  if (const auto found = newest_.find(place); found != newest_.end()) {
    Bucket& bucket = buckets_.at(found->second);
    if (use == BUCKET_USE_PARTS || bucket.used < kBucketCapacity) return &bucket;
    slot = bucket.slot + 1;
  }
  const uint32_t number = ++last_number_;
  Bucket bucket{.number = number,
                .use = use,
                .retention_class = std::get<1>(place),
                .month = std::get<2>(place),
                .slot = slot,
                .used = 0,
                .reserved = 0,
                .durable = false,
                .key = MakeKey(number, 1, crypto::NewDataKey(random_)),
                .next = nullptr,
                .parts = nullptr};
  if (use == BUCKET_USE_PARTS) bucket.parts = DerivePartKeys(*bucket.key);
  newest_[std::move(place)] = number;
  return &buckets_.insert_or_assign(number, std::move(bucket)).first->second;
}

absl::StatusOr<NewRecordKeys> BucketKeys::NewKeys(std::string_view retention_class,
                                                  uint64_t now_us) {
  std::shared_ptr<const BucketKey> key;
  {
    const MutexLock lock(mutex_);
    absl::StatusOr<Bucket*> bucket = BucketFor(BUCKET_USE_WRAP, retention_class, now_us);
    if (!bucket.ok()) return bucket.status();
    ++(*bucket)->used;
    key = (*bucket)->key;
  }
  KeyPair pair;
  random_.Fill(pair.mutable_span());
  const KeyRef ref{key->use.bucket, random_.Array<16>()};
  NewRecordKeys out;
  out.use = key->use;
  out.row = {KeyRowKey(ref), WrapKeyPair(key->key, ref, pair, random_)};
  out.keys.ref = ref;
  out.keys.generation = key->use.generation;
  std::ranges::copy(pair.expose().first<32>(), out.keys.data.mutable_span().begin());
  std::ranges::copy(pair.expose().last<32>(), out.keys.subject.mutable_span().begin());
  return out;
}

absl::StatusOr<RecordKeys> BucketKeys::Unwrap(const storage::Snapshot& snapshot,
                                              const KeyRef& ref) const {
  absl::StatusOr<std::optional<std::string>> row = snapshot.Get(KeyRowKey(ref));
  // An erasure since the snapshot wrapped the survivors again, so the row as it was then may not
  // open any more: the second round reads the newest one.
  for (const bool last : {false, true}) {
    if (!row.ok()) return row.status();
    if (!row->has_value()) return WhyGone(ref);
    std::shared_ptr<const BucketKey> keys[2];
    {
      const MutexLock lock(mutex_);
      const auto found = buckets_.find(ref.bucket);
      if (found == buckets_.end()) break;
      keys[0] = found->second.key;
      keys[1] = found->second.next;
    }
    for (const std::shared_ptr<const BucketKey>& key : keys) {
      if (key == nullptr) continue;
      absl::StatusOr<KeyPair> pair = UnwrapKeyPair(key->key, ref, **row);
      if (!pair.ok()) continue;
      RecordKeys out;
      out.ref = ref;
      out.generation = key->use.generation;
      std::ranges::copy(pair->expose().first<32>(), out.data.mutable_span().begin());
      std::ranges::copy(pair->expose().last<32>(), out.subject.mutable_span().begin());
      return out;
    }
    if (!last) row = store_.Get(KeyRowKey(ref));
  }
  return absl::DataLossError("the keys of a record do not open: put the node back from a backup");
}

absl::Status BucketKeys::WhyGone(const KeyRef& ref) const {
  const absl::StatusOr<std::optional<uint64_t>> erased = ErasedBy(ref);
  if (!erased.ok()) return erased.status();
  if (erased->has_value()) return absl::NotFoundError("the keys of this record were erased");
  return absl::DataLossError(
      "the keys of a record are gone and no erasure took them: put the node back from a backup");
}

bool BucketKeys::CanErase(uint32_t bucket) const {
  const MutexLock lock(mutex_);
  const auto found = buckets_.find(bucket);
  return found != buckets_.end() && found->second.durable && found->second.use == BUCKET_USE_WRAP;
}

absl::StatusOr<KeyUse> BucketKeys::UseOf(const KeyRef& ref) const {
  absl::StatusOr<std::shared_ptr<const BucketKey>> key = KeyOf(ref.bucket);
  if (!key.ok()) return key.status();
  return (*key)->use;
}

absl::StatusOr<std::shared_ptr<const PartKeys>> BucketKeys::PartKeysFor(
    std::string_view retention_class, uint64_t now_us) {
  const MutexLock lock(mutex_);
  absl::StatusOr<Bucket*> bucket = BucketFor(BUCKET_USE_PARTS, retention_class, now_us);
  if (!bucket.ok()) return bucket.status();
  return (*bucket)->parts;
}

absl::StatusOr<std::shared_ptr<const PartKeys>> BucketKeys::PartKeysOf(uint32_t bucket) const {
  const MutexLock lock(mutex_);
  const auto found = buckets_.find(bucket);
  if (found == buckets_.end() || found->second.parts == nullptr) return NoSuchBucket();
  return found->second.parts;
}

absl::StatusOr<std::optional<uint64_t>> BucketKeys::ErasedBy(const KeyRef& ref) const {
  absl::StatusOr<std::optional<std::string>> row = store_.Get(ErasedKeyRowKey(ref.key_id));
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<uint64_t>();
  crypto::Reader reader(**row);
  uint64_t index = 0;
  if (!reader.U64(&index) || !reader.done()) {
    return absl::DataLossError(
        "the row of an erased key is damaged: put the node back from a backup");
  }
  return std::optional<uint64_t>(index);
}

}  // namespace sluis::ledger
