#include "server/ledger/erasure.h"

#include <string>
#include <utility>

#include "server/ledger/key_rows.h"

namespace sluis::ledger {

Eraser::Eraser(const storage::Store& store, BucketKeys& keys, KeyFiles& files,
               ErasureJournal& journal, crypto::Random& random)
    : store_(store), keys_(keys), files_(files), journal_(journal), random_(random) {}

void Eraser::Name(const KeyRef& key, uint64_t entry_index) {
  named_.try_emplace({key.bucket, key.key_id}, entry_index);
}

absl::Status Eraser::Prepare(std::vector<storage::Write>* batch) {
  std::vector<uint32_t> buckets;
  for (const auto& [key, entry_index] : named_) {
    if (buckets.empty() || buckets.back() != key.first) buckets.push_back(key.first);
  }

  EpochKey kek;
  random_.Fill(kek.mutable_span());
  EpochKey kept = kek.Clone();
  absl::StatusOr<BucketKeys::Rotation> rotation = keys_.PlanRotation(std::move(kept), buckets);
  if (!rotation.ok()) return rotation.status();
  rotation_ = *std::move(rotation);
  if (absl::Status created = files_.Create(rotation_->epoch, kek); !created.ok()) return created;

  for (const uint32_t bucket : buckets) {
    if (absl::Status wrapped = WrapAgain(bucket, batch); !wrapped.ok()) return wrapped;
  }
  for (const auto& [key, entry_index] : named_) {
    std::string index;
    crypto::AppendU64(index, entry_index);
    batch->push_back({KeyRowKey({key.first, key.second}), std::nullopt});
    batch->push_back({ErasedKeyRowKey(key.second), std::move(index)});
  }
  for (storage::Write& row : keys_.RotatedRows(*rotation_)) batch->push_back(std::move(row));
  // From here on a reader may meet a row of either generation.
  keys_.BeginRotation(*rotation_);
  return absl::OkStatus();
}

absl::Status Eraser::WrapAgain(uint32_t bucket, std::vector<storage::Write>* batch) {
  absl::StatusOr<std::shared_ptr<const BucketKey>> old = keys_.KeyOf(bucket);
  if (!old.ok()) return old.status();
  const BucketKey& fresh = *rotation_->fresh.at(bucket);
  // A row that does not open is lost already: it stays as it is, for the reader to report.
  const auto wrap_again = [&](const KeyRef& ref, std::string_view wrapped) {
    absl::StatusOr<KeyPair> pair = UnwrapKeyPair((*old)->key, ref, wrapped);
    return pair.ok() ? WrapKeyPair(fresh.key, ref, *pair, random_) : std::string(wrapped);
  };

  for (storage::Write& row : *batch) {
    const std::optional<KeyRef> ref = ParseKeyRowKey(row.key);
    if (!ref.has_value() || ref->bucket != bucket || !row.value.has_value()) continue;
    row.value = wrap_again(*ref, *row.value);
  }

  const std::string prefix = KeyRowPrefix(bucket);
  return store_.NewSnapshot()->Scan(
      prefix, storage::PrefixEnd(prefix), [&](std::string_view key, std::string_view value) {
        const std::optional<KeyRef> ref = ParseKeyRowKey(key);
        if (ref.has_value() && !named_.contains({ref->bucket, ref->key_id})) {
          batch->push_back({std::string(key), wrap_again(*ref, value)});
        }
        return true;
      });
}

absl::Status Eraser::Finish() {
  const uint64_t epoch = rotation_->epoch;
  keys_.FinishRotation(*std::move(rotation_));
  rotation_.reset();
  std::vector<ErasedKey> erased;
  for (const auto& [key, entry_index] : named_) {
    erased.push_back({epoch, entry_index, key.second});
  }
  named_.clear();
  if (absl::Status written = journal_.Append(erased); !written.ok()) return written;
  return files_.Destroy(epoch - 1);
}

}  // namespace sluis::ledger
