#include "crypto/hpke.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <utility>

#include "crypto/hash.h"

namespace sluis::crypto::hpke {
namespace {

using std::literals::operator""sv;

constexpr BytesView kVersion = "HPKE-v1"sv;
constexpr BytesView kKemSuite = "KEM\x00\x20"sv;
constexpr BytesView kHpkeSuite = "HPKE\x00\x20\x00\x01\x00\x03"sv;
constexpr BytesView kModeBase = "\x00"sv;

static_assert(kTagSize == crypto_aead_chacha20poly1305_ietf_ABYTES);

absl::Status DoesNotOpen() {
  return absl::DataLossError(
      "the message does not open: wrong key, wrong context or altered bytes");
}

// Section 4.
Secret<32> LabeledExtract(BytesView suite, BytesView salt, BytesView label, BytesView ikm) {
  return HkdfExtract(salt, {kVersion, suite, label, ikm});
}

absl::Status LabeledExpand(BytesView suite, const Secret<32>& secret, BytesView label,
                           std::initializer_list<BytesView> info, std::span<uint8_t> out) {
  Bytes joined;
  for (BytesView piece : info) joined.append(piece);
  Bytes length;
  AppendU16(length, static_cast<uint16_t>(out.size()));
  return HkdfExpand(View(secret.expose()), {length, kVersion, suite, label, joined}, out);
}

template <size_t N>
Secret<N> ExpandKey(BytesView suite, const Secret<32>& secret, BytesView label,
                    std::initializer_list<BytesView> info) {
  Secret<N> out;
  // Cannot fail: a Secret is far shorter than HKDF's limit.
  LabeledExpand(suite, secret, label, info, out.mutable_span()).IgnoreError();
  return out;
}

// Sections 4.1 and 7.1.4.
absl::StatusOr<Secret<32>> SharedSecret(const PrivateKey& mine, const PublicKey& theirs,
                                        const Encapsulation& encapsulation,
                                        const PublicKey& recipient) {
  Init();
  Secret<32> product;
  if (crypto_scalarmult_curve25519(product.mutable_span().data(), mine.expose().data(),
                                   theirs.data()) != 0) {
    return absl::InvalidArgumentError("the public key is of low order: ask its owner for another");
  }
  const Secret<32> extracted = LabeledExtract(kKemSuite, "", "eae_prk", View(product.expose()));
  return ExpandKey<32>(kKemSuite, extracted, "shared_secret",
                       {View(encapsulation), View(recipient)});
}

}  // namespace

absl::Status CheckPublicKey(const PublicKey& key) {
  Init();
  // Multiplied by any private key, a point of low order and no other comes to nothing.
  const std::array<uint8_t, 32> any = {1};
  std::array<uint8_t, 32> product{};
  if (crypto_scalarmult_curve25519(product.data(), any.data(), key.data()) != 0) {
    return absl::InvalidArgumentError("the public key is of low order: ask its owner for another");
  }
  return absl::OkStatus();
}

PublicKey PublicKeyOf(const PrivateKey& private_key) {
  Init();
  PublicKey out;
  crypto_scalarmult_curve25519_base(out.data(), private_key.expose().data());
  return out;
}

KeyPair DeriveKeyPair(BytesView ikm) {
  const Secret<32> extracted = LabeledExtract(kKemSuite, "", "dkp_prk", ikm);
  PrivateKey private_key = ExpandKey<32>(kKemSuite, extracted, "sk", {});
  const PublicKey public_key = PublicKeyOf(private_key);
  return {std::move(private_key), public_key};
}

KeyPair GenerateKeyPair(Random& random) {
  Secret<32> ikm;
  random.Fill(ikm.mutable_span());
  return DeriveKeyPair(View(ikm.expose()));
}

Context::Context(const Secret<32>& shared_secret, BytesView info) {
  // Base mode: no pre-shared key, so psk and psk_id are empty.
  const Secret<32> psk_id_hash = LabeledExtract(kHpkeSuite, "", "psk_id_hash", "");
  const Secret<32> info_hash = LabeledExtract(kHpkeSuite, "", "info_hash", info);
  const Secret<32> secret = LabeledExtract(kHpkeSuite, View(shared_secret.expose()), "secret", "");
  const auto context = {kModeBase, View(psk_id_hash.expose()), View(info_hash.expose())};
  key_ = ExpandKey<32>(kHpkeSuite, secret, "key", context);
  base_nonce_ = ExpandKey<12>(kHpkeSuite, secret, "base_nonce", context);
  exporter_secret_ = ExpandKey<32>(kHpkeSuite, secret, "exp", context);
}

absl::Status Context::Export(BytesView exporter_context, std::span<uint8_t> out) const {
  return LabeledExpand(kHpkeSuite, exporter_secret_, "sec", {exporter_context}, out);
}

FixedBytes<12> Context::Nonce() const {
  FixedBytes<12> nonce;
  std::copy(base_nonce_.expose().begin(), base_nonce_.expose().end(), nonce.begin());
  for (size_t i = 0; i < 8; ++i) nonce[11 - i] ^= static_cast<uint8_t>(sequence_ >> (8 * i));
  return nonce;
}

bool Context::Encrypt(BytesView associated_data, BytesView plaintext, uint8_t* out) {
  if (sequence_ == UINT64_MAX) return false;
  crypto_aead_chacha20poly1305_ietf_encrypt(
      out, nullptr, AsSpan(plaintext).data(), plaintext.size(), AsSpan(associated_data).data(),
      associated_data.size(), nullptr, Nonce().data(), key_.expose().data());
  ++sequence_;
  return true;
}

bool Context::Decrypt(BytesView associated_data, BytesView ciphertext, uint8_t* out) {
  if (sequence_ == UINT64_MAX ||
      crypto_aead_chacha20poly1305_ietf_decrypt(out, nullptr, nullptr, AsSpan(ciphertext).data(),
                                                ciphertext.size(), AsSpan(associated_data).data(),
                                                associated_data.size(), Nonce().data(),
                                                key_.expose().data()) != 0) {
    return false;
  }
  ++sequence_;
  return true;
}

absl::StatusOr<Bytes> SenderContext::Seal(BytesView associated_data, BytesView plaintext) {
  Bytes out(plaintext.size() + kTagSize, '\0');
  if (!Encrypt(associated_data, plaintext, reinterpret_cast<uint8_t*>(out.data()))) {
    return absl::ResourceExhaustedError("this context is used up: set up a new one");
  }
  return out;
}

absl::StatusOr<Bytes> RecipientContext::Open(BytesView associated_data, BytesView ciphertext) {
  if (ciphertext.size() < kTagSize) {
    return absl::InvalidArgumentError("too short to be a sealed message: check where it was cut");
  }
  Bytes out(ciphertext.size() - kTagSize, '\0');
  if (!Decrypt(associated_data, ciphertext, reinterpret_cast<uint8_t*>(out.data()))) {
    return DoesNotOpen();
  }
  return out;
}

absl::StatusOr<Secret<32>> RecipientContext::OpenKey(BytesView associated_data,
                                                     BytesView ciphertext) {
  Secret<32> out;
  if (ciphertext.size() != out.expose().size() + kTagSize) {
    return absl::InvalidArgumentError("a sealed key has a fixed length: check what was read");
  }
  if (!Decrypt(associated_data, ciphertext, out.mutable_span().data())) return DoesNotOpen();
  return out;
}

absl::StatusOr<Sender> SetupBaseS(const PublicKey& recipient, BytesView info, Random& random) {
  const KeyPair ephemeral = GenerateKeyPair(random);
  const absl::StatusOr<Secret<32>> shared =
      SharedSecret(ephemeral.private_key, recipient, ephemeral.public_key, recipient);
  if (!shared.ok()) return shared.status();
  return Sender{ephemeral.public_key, SenderContext(*shared, info)};
}

absl::StatusOr<RecipientContext> SetupBaseR(const Encapsulation& encapsulation,
                                            const PrivateKey& recipient, BytesView info) {
  const absl::StatusOr<Secret<32>> shared =
      SharedSecret(recipient, encapsulation, encapsulation, PublicKeyOf(recipient));
  if (!shared.ok()) return shared.status();
  return RecipientContext(*shared, info);
}

}  // namespace sluis::crypto::hpke
