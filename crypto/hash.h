// SHA-256, HMAC-SHA256 and HKDF-SHA256.
//
// Guarantee: the functions of FIPS 180-4, RFC 2104 and RFC 5869. They allocate nothing per call and
// reuse one OpenSSL context per thread whose algorithm was fetched once, because the Merkle tree
// lives on this. Not guaranteed: a piece list is hashed as its concatenation, so pieces of variable
// length need their own length prefixes (Lp) to be unambiguous. After a keyed call the thread's
// context still holds chaining values until the next call. Thread-safety: all may be called from
// any thread. Errors: when OpenSSL cannot provide SHA-256 the process ends; only HkdfExpand answers
// a status.
#ifndef SLUIS_CRYPTO_HASH_H_
#define SLUIS_CRYPTO_HASH_H_

#include <initializer_list>
#include <span>

#include "absl/status/status.h"
#include "crypto/bytes.h"
#include "crypto/secret.h"

namespace sluis::crypto {

Hash Sha256(BytesView data);
Hash Sha256(std::initializer_list<BytesView> pieces);

// A key of any length; keys above 64 bytes are hashed first (RFC 2104 section 2).
Hash HmacSha256(BytesView key, BytesView data);
Hash HmacSha256(BytesView key, std::initializer_list<BytesView> pieces);
// The same with the result where keys belong.
Secret<32> HmacSha256Secret(BytesView key, std::initializer_list<BytesView> pieces);

// RFC 5869 section 2.2; an empty salt stands for 32 zero bytes.
Secret<32> HkdfExtract(BytesView salt, std::initializer_list<BytesView> key_material);
// RFC 5869 section 2.3; kInvalidArgument when `out` is longer than 255 * 32 bytes.
absl::Status HkdfExpand(BytesView pseudorandom_key, std::initializer_list<BytesView> info,
                        std::span<uint8_t> out);

// Extract, then expand to N bytes (at most 64, the size of a Secret).
template <size_t N>
Secret<N> Hkdf(BytesView salt, BytesView key_material, BytesView info) {
  const Secret<32> pseudorandom_key = HkdfExtract(salt, {key_material});
  Secret<N> out;
  // Cannot fail: a Secret is far shorter than the limit.
  HkdfExpand(View(pseudorandom_key.expose()), {info}, out.mutable_span()).IgnoreError();
  return out;
}

}  // namespace sluis::crypto

#endif  // SLUIS_CRYPTO_HASH_H_
