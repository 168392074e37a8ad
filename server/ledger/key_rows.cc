#include "server/ledger/key_rows.h"

#include <algorithm>

#include "server/ledger/row.h"

namespace sluis::ledger {
namespace {

std::string KeyAssociatedData(const KeyRef& ref) {
  std::string out = "sluis/key/v1";
  crypto::AppendU32(out, ref.bucket);
  out += crypto::View(ref.key_id);
  return out;
}

std::string BucketAssociatedData(uint32_t number, record::v1::BucketUse use, uint64_t epoch) {
  std::string out = "sluis/bucket/v1";
  crypto::AppendU32(out, number);
  crypto::AppendU8(out, static_cast<uint8_t>(use));
  crypto::AppendU64(out, epoch);
  return out;
}

}  // namespace

std::string KeyRowPrefix(uint32_t bucket) {
  std::string key = RowKey(Table::kKey);
  crypto::AppendU32(key, bucket);
  return key;
}

std::string KeyRowKey(const KeyRef& ref) {
  std::string key = KeyRowPrefix(ref.bucket);
  key += crypto::View(ref.key_id);
  return key;
}

std::optional<KeyRef> ParseKeyRowKey(std::string_view key) {
  if (key.empty() || key[0] != static_cast<char>(Table::kKey)) return std::nullopt;
  crypto::Reader reader(key.substr(1));
  KeyRef ref;
  crypto::BytesView key_id;
  if (!reader.U32(&ref.bucket) || !reader.Fixed(ref.key_id.size(), &key_id) || !reader.done()) {
    return std::nullopt;
  }
  std::copy(key_id.begin(), key_id.end(), ref.key_id.begin());
  return ref;
}

std::string BucketRowKey(uint32_t number) {
  std::string key = RowKey(Table::kBucket);
  crypto::AppendU32(key, number);
  return key;
}

std::string ErasedKeyRowKey(const crypto::FixedBytes<16>& key_id) {
  return RowKey(Table::kErasedKey, crypto::View(key_id));
}

std::string WrapKeyPair(const crypto::DataKey& bucket_key, const KeyRef& ref, const KeyPair& pair,
                        crypto::Random& random) {
  return crypto::WrapKey(bucket_key, KeyAssociatedData(ref), pair.expose(), random);
}

absl::StatusOr<KeyPair> UnwrapKeyPair(const crypto::DataKey& bucket_key, const KeyRef& ref,
                                      std::string_view wrapped) {
  KeyPair pair;
  const absl::Status opened =
      crypto::UnwrapKeyInto(bucket_key, KeyAssociatedData(ref), wrapped, pair.mutable_span());
  if (!opened.ok()) return opened;
  return pair;
}

std::string WrapBucketKey(const crypto::DataKey& kek, uint64_t epoch, uint32_t number,
                          record::v1::BucketUse use, const crypto::DataKey& key,
                          crypto::Random& random) {
  return crypto::WrapKey(kek, BucketAssociatedData(number, use, epoch), key.expose(), random);
}

absl::StatusOr<crypto::DataKey> UnwrapBucketKey(const crypto::DataKey& kek,
                                                const record::v1::Bucket& bucket) {
  return crypto::UnwrapKey(kek,
                           BucketAssociatedData(bucket.number(), bucket.use(), bucket.key_epoch()),
                           bucket.wrapped_key());
}

}  // namespace sluis::ledger
