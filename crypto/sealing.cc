#include "crypto/sealing.h"

#include <sodium.h>

#include <cstdlib>

#include "crypto/hash.h"

namespace sluis::crypto {
namespace {

constexpr size_t kNonceSize = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr size_t kTagSize = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr size_t kCommitmentSize = std::tuple_size_v<Hash>;
static_assert(kSealOverhead == kNonceSize + kCommitmentSize + kTagSize);
static_assert(kSealPartOverhead == kNonceSize + kTagSize);

using std::literals::operator""sv;

// Length-prefixed, as hashed.
constexpr BytesView kSealLabel = "\x00\x00\x00\x0dsluis/seal/v1"sv;
constexpr BytesView kWrapLabel = "\x00\x00\x00\x0dsluis/wrap/v1"sv;

absl::Status DoesNotOpen() {
  return absl::DataLossError("sealed bytes do not open: wrong key, wrong context or altered bytes");
}

absl::Status TooShort() {
  return absl::InvalidArgumentError("too short to be sealed bytes: check where they were cut");
}

uint8_t* At(Bytes& bytes, size_t offset) {
  return reinterpret_cast<uint8_t*>(bytes.data()) + offset;
}

// Writes ciphertext and tag at `out`.
void Encrypt(const DataKey& key, BytesView associated_data, BytesView nonce,
             std::span<const uint8_t> plaintext, uint8_t* out) {
  crypto_aead_xchacha20poly1305_ietf_encrypt(out, nullptr, plaintext.data(), plaintext.size(),
                                             AsSpan(associated_data).data(), associated_data.size(),
                                             nullptr, AsSpan(nonce).data(), key.expose().data());
}

// Writes ciphertext.size() - kTagSize bytes at `out`.
bool Decrypt(const DataKey& key, BytesView associated_data, BytesView nonce, BytesView ciphertext,
             uint8_t* out) {
  return crypto_aead_xchacha20poly1305_ietf_decrypt(
             out, nullptr, nullptr, AsSpan(ciphertext).data(), ciphertext.size(),
             AsSpan(associated_data).data(), associated_data.size(), AsSpan(nonce).data(),
             key.expose().data()) == 0;
}

DataKey EncryptionKey(const DataKey& key, BytesView label, BytesView nonce) {
  return HmacSha256Secret(View(key.expose()), {label, "key", nonce});
}

Hash Commitment(const DataKey& key, BytesView label, BytesView nonce, BytesView associated_data) {
  if (associated_data.size() > UINT32_MAX) std::abort();
  Bytes length;
  AppendU32(length, static_cast<uint32_t>(associated_data.size()));
  return HmacSha256(View(key.expose()), {label, "commit", nonce, length, associated_data});
}

Bytes SealCommitting(const DataKey& key, BytesView label, BytesView associated_data,
                     std::span<const uint8_t> plaintext, Random& random) {
  Init();
  const FixedBytes<kNonceSize> nonce = random.Array<kNonceSize>();
  const Hash commitment = Commitment(key, label, View(nonce), associated_data);
  Bytes out;
  out.reserve(plaintext.size() + kSealOverhead);
  out.append(View(nonce));
  out.append(View(commitment));
  out.resize(plaintext.size() + kSealOverhead);
  Encrypt(EncryptionKey(key, label, View(nonce)), associated_data, View(nonce), plaintext,
          At(out, kNonceSize + kCommitmentSize));
  return out;
}

// `out` must hold sealed.size() - kSealOverhead bytes.
bool OpenCommitting(const DataKey& key, BytesView label, BytesView associated_data,
                    BytesView sealed, uint8_t* out) {
  Init();
  const BytesView nonce = sealed.substr(0, kNonceSize);
  const BytesView commitment = sealed.substr(kNonceSize, kCommitmentSize);
  const Hash expected = Commitment(key, label, nonce, associated_data);
  return ConstantTimeEqual(commitment, View(expected)) &&
         Decrypt(EncryptionKey(key, label, nonce), associated_data, nonce,
                 sealed.substr(kNonceSize + kCommitmentSize), out);
}

}  // namespace

DataKey NewDataKey(Random& random) {
  DataKey key;
  random.Fill(key.mutable_span());
  return key;
}

Bytes Seal(const DataKey& key, BytesView associated_data, BytesView plaintext, Random& random) {
  return SealCommitting(key, kSealLabel, associated_data, AsSpan(plaintext), random);
}

absl::StatusOr<Bytes> Open(const DataKey& key, BytesView associated_data, BytesView sealed) {
  if (sealed.size() < kSealOverhead) return TooShort();
  Bytes out(sealed.size() - kSealOverhead, '\0');
  if (!OpenCommitting(key, kSealLabel, associated_data, sealed, At(out, 0))) return DoesNotOpen();
  return out;
}

Bytes WrapKey(const DataKey& wrapping, BytesView associated_data, std::span<const uint8_t> key,
              Random& random) {
  return SealCommitting(wrapping, kWrapLabel, associated_data, key, random);
}

absl::StatusOr<DataKey> UnwrapKey(const DataKey& wrapping, BytesView associated_data,
                                  BytesView wrapped) {
  DataKey out;  // opened straight into locked memory
  const absl::Status opened = UnwrapKeyInto(wrapping, associated_data, wrapped, out.mutable_span());
  if (!opened.ok()) return opened;
  return out;
}

absl::Status UnwrapKeyInto(const DataKey& wrapping, BytesView associated_data, BytesView wrapped,
                           std::span<uint8_t> out) {
  if (wrapped.size() != kSealOverhead + out.size()) {
    return absl::InvalidArgumentError("a wrapped key has a fixed length: check what was read");
  }
  if (!OpenCommitting(wrapping, kWrapLabel, associated_data, wrapped, out.data())) {
    return DoesNotOpen();
  }
  return absl::OkStatus();
}

Bytes SealPart(const DataKey& key, BytesView associated_data, BytesView plaintext, Random& random) {
  Init();
  const FixedBytes<kNonceSize> nonce = random.Array<kNonceSize>();
  Bytes out;
  out.reserve(plaintext.size() + kSealPartOverhead);
  out.append(View(nonce));
  out.resize(plaintext.size() + kSealPartOverhead);
  Encrypt(key, associated_data, View(nonce), AsSpan(plaintext), At(out, kNonceSize));
  return out;
}

absl::StatusOr<Bytes> OpenPart(const DataKey& key, BytesView associated_data, BytesView sealed) {
  if (sealed.size() < kSealPartOverhead) return TooShort();
  Init();
  Bytes out(sealed.size() - kSealPartOverhead, '\0');
  if (!Decrypt(key, associated_data, sealed.substr(0, kNonceSize), sealed.substr(kNonceSize),
               At(out, 0))) {
    return DoesNotOpen();
  }
  return out;
}

}  // namespace sluis::crypto
