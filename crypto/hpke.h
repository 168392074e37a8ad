// Hybrid public key encryption (RFC 9180), base mode, one suite:
// DHKEM(X25519, HKDF-SHA256) 0x0020, HKDF-SHA256 0x0001, ChaCha20Poly1305 0x0003.
//
// Guarantee: only the holder of the private key opens; info, associated data and order are bound. A
// public key or encapsulation of low order, which would make the shared secret all zero, is refused
// (section 7.1.4). Not guaranteed: who sent it (base mode authenticates nobody: sign around it),
// forward secrecy towards the recipient's key (use one-time keys), hiding of the length.
// Thread-safety: contexts count messages and belong to one thread; the rest is pure.
// Ownership: private keys and context secrets live in locked memory (crypto/secret.h).
// Messages of one context open in the order in which they were sealed; a failed Open does not
// advance.
#ifndef SLUIS_CRYPTO_HPKE_H_
#define SLUIS_CRYPTO_HPKE_H_

#include <cstdint>
#include <span>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/random.h"
#include "crypto/secret.h"

namespace sluis::crypto::hpke {

using PublicKey = FixedBytes<32>;
using PrivateKey = Secret<32>;
// What the sender transmits beside the ciphertext: "enc".
using Encapsulation = FixedBytes<32>;

inline constexpr size_t kTagSize = 16;

struct KeyPair {
  PrivateKey private_key;
  PublicKey public_key;
};

// Section 7.1.3. `ikm` must hold at least 32 bytes of entropy and serve once.
KeyPair DeriveKeyPair(BytesView ikm);
KeyPair GenerateKeyPair(Random& random);
PublicKey PublicKeyOf(const PrivateKey& private_key);

// The key schedule's outcome, shared by both directions. Section 5.2, 5.3.
class Context {
 public:
  Context(Context&&) noexcept = default;
  Context& operator=(Context&&) noexcept = default;

  // Section 5.3; kInvalidArgument above 255 * 32 bytes.
  absl::Status Export(BytesView exporter_context, std::span<uint8_t> out) const;

 protected:
  Context(const Secret<32>& shared_secret, BytesView info);

  // Write plaintext.size() + kTagSize, respectively ciphertext.size() - kTagSize bytes at `out`
  // with this message's nonce, and advance; false when the counter is used up or the ciphertext
  // does not open.
  bool Encrypt(BytesView associated_data, BytesView plaintext, uint8_t* out);
  bool Decrypt(BytesView associated_data, BytesView ciphertext, uint8_t* out);

 private:
  FixedBytes<12> Nonce() const;

  Secret<32> key_;
  Secret<12> base_nonce_;
  Secret<32> exporter_secret_;
  uint64_t sequence_ = 0;
};

struct Sender;

class SenderContext : public Context {
 public:
  // kResourceExhausted after 2^64-1 messages.
  absl::StatusOr<Bytes> Seal(BytesView associated_data, BytesView plaintext);

 private:
  using Context::Context;
  friend absl::StatusOr<Sender> SetupBaseS(const PublicKey&, BytesView, Random&);
};

class RecipientContext : public Context {
 public:
  // kInvalidArgument when too short, kDataLoss when it does not open.
  absl::StatusOr<Bytes> Open(BytesView associated_data, BytesView ciphertext);
  // The same for a 32-byte key, opened straight into locked memory.
  absl::StatusOr<Secret<32>> OpenKey(BytesView associated_data, BytesView ciphertext);

 private:
  using Context::Context;
  friend absl::StatusOr<RecipientContext> SetupBaseR(const Encapsulation&, const PrivateKey&,
                                                     BytesView);
};

struct Sender {
  Encapsulation encapsulation;
  SenderContext context;
};

// kInvalidArgument for a key of low order, for which nothing can be sealed.
absl::Status CheckPublicKey(const PublicKey& key);

// Section 5.1.1; kInvalidArgument for a key of low order.
absl::StatusOr<Sender> SetupBaseS(const PublicKey& recipient, BytesView info, Random& random);
absl::StatusOr<RecipientContext> SetupBaseR(const Encapsulation& encapsulation,
                                            const PrivateKey& recipient, BytesView info);

}  // namespace sluis::crypto::hpke

#endif  // SLUIS_CRYPTO_HPKE_H_
