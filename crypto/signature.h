// Ed25519 signatures (RFC 8032) by libsodium.
//
// Guarantee: signing is deterministic. Verify refuses small-order and non-canonical public keys,
// non-canonical S and small-order R. libsodium's answer is the pinned one: every node must give the
// same verdict on every byte string, so no second library may ever verify these signatures. Not
// guaranteed: which kind of statement was signed. Callers sign bytes that begin with their own
// label, and use one key for one purpose. Thread-safety: a SigningKey may sign from several threads
// at once; Verify is pure. Ownership: SigningKey owns its key memory, locked and wiped
// (crypto/secret.h).
#ifndef SLUIS_CRYPTO_SIGNATURE_H_
#define SLUIS_CRYPTO_SIGNATURE_H_

#include "crypto/bytes.h"
#include "crypto/random.h"
#include "crypto/secret.h"

namespace sluis::crypto {

using PublicKey = FixedBytes<32>;
using Signature = FixedBytes<64>;

class SigningKey {
 public:
  static SigningKey Generate(Random& random);
  // The 32-byte seed of RFC 8032, from which everything else follows.
  static SigningKey FromSeed(Secret<32> seed);

  SigningKey(SigningKey&&) noexcept = default;
  SigningKey& operator=(SigningKey&&) noexcept = default;

  const PublicKey& public_key() const { return public_key_; }
  Signature Sign(BytesView message) const;
  // For writing the key to its file.
  const Secret<32>& seed() const { return seed_; }

 private:
  explicit SigningKey(Secret<32> seed);

  Secret<32> seed_;
  Secret<64> expanded_;  // libsodium's form: seed, then public key
  PublicKey public_key_;
};

// False for any signature that is not 64 bytes or does not verify.
bool Verify(const PublicKey& key, BytesView message, BytesView signature);

}  // namespace sluis::crypto

#endif  // SLUIS_CRYPTO_SIGNATURE_H_
