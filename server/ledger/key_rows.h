#ifndef SLUIS_SERVER_LEDGER_KEY_ROWS_H_
#define SLUIS_SERVER_LEDGER_KEY_ROWS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/random.h"
#include "crypto/sealing.h"
#include "crypto/secret.h"
#include "server/ledger/keyring.h"
#include "sluis/record/v1/ledger.pb.h"

namespace sluis::ledger {

// Keys of the rows that hold wrapped keys, and the wraps themselves. Every wrap names where it
// belongs in its associated data, so that no row can stand in for another.
// Thread-safe: pure functions. Source: docs/formats.md, "Keys".

// 'k' ‖ u32 bucket ‖ key id[16]
std::string KeyRowKey(const KeyRef& ref);
// 'k' ‖ u32 bucket: prefix of all keys of a bucket.
std::string KeyRowPrefix(uint32_t bucket);
std::optional<KeyRef> ParseKeyRowKey(std::string_view key);
// 'b' ‖ u32 number
std::string BucketRowKey(uint32_t number);
// 'x' ‖ key id[16]
std::string ErasedKeyRowKey(const crypto::FixedBytes<16>& key_id);

// The two keys of a record, data ‖ subject.
using KeyPair = crypto::Secret<64>;

// Associated data "sluis/key/v1" ‖ u32 bucket ‖ key id.
std::string WrapKeyPair(const crypto::DataKey& bucket_key, const KeyRef& ref, const KeyPair& pair,
                        crypto::Random& random);
// DATA_LOSS when it does not open, INVALID_ARGUMENT for another length.
absl::StatusOr<KeyPair> UnwrapKeyPair(const crypto::DataKey& bucket_key, const KeyRef& ref,
                                      std::string_view wrapped);

// Associated data "sluis/bucket/v1" ‖ u32 number ‖ u8 use ‖ u64 epoch.
std::string WrapBucketKey(const crypto::DataKey& kek, uint64_t epoch, uint32_t number,
                          record::v1::BucketUse use, const crypto::DataKey& key,
                          crypto::Random& random);
absl::StatusOr<crypto::DataKey> UnwrapBucketKey(const crypto::DataKey& kek,
                                                const record::v1::Bucket& bucket);

}  // namespace sluis::ledger

#endif  // SLUIS_SERVER_LEDGER_KEY_ROWS_H_
