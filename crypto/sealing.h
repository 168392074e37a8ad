// Symmetric sealing of records, log parts and keys with XChaCha20-Poly1305.
//
// Seal and WrapKey are *committing*:
//   nonce[24] || commitment[32] || ciphertext || tag[16]
//   encryption key = HMAC-SHA256(key, lp(label) || "key"    || nonce)
//   commitment     = HMAC-SHA256(key, lp(label) || "commit" || nonce || lp(associated data))
// with label "sluis/seal/v1" for content and "sluis/wrap/v1" for keys. No one, not even who chose
// the keys, can make one sealed string that opens under two keys or two associated data.
//
// SealPart is plain XChaCha20-Poly1305 under the key itself:
//   nonce[24] || ciphertext || tag[16]
// It does NOT commit to its key: whoever knows two keys can craft bytes that open differently under
// each. It is sound only where a commitment to the plaintext (its salted hash) stands elsewhere, in
// the signed leaf, and the reader compares after opening. Use it for log parts and nothing else.
//
// Guarantee: confidentiality and integrity of the plaintext, integrity of the associated data;
// nonces of 192 random bits, so one key may seal any number of messages. The commitment is checked
// in constant time first. Not guaranteed: hiding of the length (pad before sealing), freshness, or
// who sealed. A key serves one of the three constructions only. Thread-safety: pure functions; the
// Random given must suit the thread. Errors: kInvalidArgument for bytes too short to be sealed,
// kDataLoss for everything that does not open, with no hint why.
#ifndef SLUIS_CRYPTO_SEALING_H_
#define SLUIS_CRYPTO_SEALING_H_

#include <span>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/random.h"
#include "crypto/secret.h"

namespace sluis::crypto {

using DataKey = Secret<32>;

// What sealing adds to the plaintext's length, in bytes.
inline constexpr size_t kSealOverhead = 24 + 32 + 16;
inline constexpr size_t kSealPartOverhead = 24 + 16;

DataKey NewDataKey(Random& random);

Bytes Seal(const DataKey& key, BytesView associated_data, BytesView plaintext, Random& random);
absl::StatusOr<Bytes> Open(const DataKey& key, BytesView associated_data, BytesView sealed);

// A wrapped key of `key.size()` + kSealOverhead bytes; UnwrapKey accepts wrapped keys of 32 bytes
// only.
Bytes WrapKey(const DataKey& wrapping, BytesView associated_data, std::span<const uint8_t> key,
              Random& random);
absl::StatusOr<DataKey> UnwrapKey(const DataKey& wrapping, BytesView associated_data,
                                  BytesView wrapped);
// The same for keys of another length, such as two keys wrapped as one: `out` is filled, or its
// content is unspecified when this fails.
absl::Status UnwrapKeyInto(const DataKey& wrapping, BytesView associated_data, BytesView wrapped,
                           std::span<uint8_t> out);

Bytes SealPart(const DataKey& key, BytesView associated_data, BytesView plaintext, Random& random);
absl::StatusOr<Bytes> OpenPart(const DataKey& key, BytesView associated_data, BytesView sealed);

}  // namespace sluis::crypto

#endif  // SLUIS_CRYPTO_SEALING_H_
