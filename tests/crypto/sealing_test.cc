#include "crypto/sealing.h"

#include <gtest/gtest.h>
#include <sodium.h>

#include "tests/crypto/vectors.h"

namespace sluis::crypto {
namespace {

constexpr size_t kNonce = 24;
constexpr size_t kCommitment = 32;

DataKey FixedKey(char fill) { return DataKey::FromBytes(Bytes(32, fill)).value(); }

// libsodium's own HMAC, so that the format is checked by something other than the code that writes
// it.
Bytes SodiumHmac(const DataKey& key, BytesView message) {
  Bytes out(32, '\0');
  crypto_auth_hmacsha256(reinterpret_cast<uint8_t*>(out.data()), AsSpan(message).data(),
                         message.size(), key.expose().data());
  return out;
}

Bytes SodiumEncrypt(BytesView key, BytesView nonce, BytesView ad, BytesView plaintext) {
  Bytes out(plaintext.size() + 16, '\0');
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      reinterpret_cast<uint8_t*>(out.data()), nullptr, AsSpan(plaintext).data(), plaintext.size(),
      AsSpan(ad).data(), ad.size(), nullptr, AsSpan(nonce).data(), AsSpan(key).data());
  return out;
}

TEST(Sealing, OpensWhatWasSealed) {
  const DataKey key = NewDataKey(SystemRandom());
  for (const Bytes& plaintext : {Bytes(), Bytes("x"), Bytes(1000, 'p')}) {
    const Bytes sealed = Seal(key, "ad", plaintext, SystemRandom());
    EXPECT_EQ(sealed.size(), plaintext.size() + kSealOverhead);
    EXPECT_EQ(Open(key, "ad", sealed).value(), plaintext);
    const Bytes part = SealPart(key, "ad", plaintext, SystemRandom());
    EXPECT_EQ(part.size(), plaintext.size() + kSealPartOverhead);
    EXPECT_EQ(OpenPart(key, "ad", part).value(), plaintext);
  }
}

TEST(Sealing, FormatIsWhatTheHeaderSays) {
  const DataKey key = FixedKey('k');
  test::FixedRandom random;
  const Bytes sealed = Seal(key, "context", "plaintext", random);
  const Bytes nonce = sealed.substr(0, kNonce);
  const Bytes label = Lp("sluis/seal/v1");
  EXPECT_EQ(sealed.substr(kNonce, kCommitment),
            SodiumHmac(key, label + "commit" + nonce + Lp("context")));
  EXPECT_EQ(sealed.substr(kNonce + kCommitment),
            SodiumEncrypt(SodiumHmac(key, label + "key" + nonce), nonce, "context", "plaintext"));

  const Bytes part = SealPart(key, "context", "plaintext", random);
  EXPECT_EQ(part.substr(kNonce),
            SodiumEncrypt(View(key.expose()), part.substr(0, kNonce), "context", "plaintext"));
}

TEST(Sealing, EveryChangedBitIsRefused) {
  const DataKey key = FixedKey('k');
  const Bytes sealed = Seal(key, "ad", "plaintext", SystemRandom());
  const Bytes part = SealPart(key, "ad", "plaintext", SystemRandom());
  for (size_t i = 0; i < sealed.size(); ++i) {
    Bytes bad = sealed;
    bad[i] = static_cast<char>(bad[i] ^ 0x10);
    EXPECT_EQ(Open(key, "ad", bad).status().code(), absl::StatusCode::kDataLoss) << i;
  }
  for (size_t i = 0; i < part.size(); ++i) {
    Bytes bad = part;
    bad[i] = static_cast<char>(bad[i] ^ 0x10);
    EXPECT_EQ(OpenPart(key, "ad", bad).status().code(), absl::StatusCode::kDataLoss) << i;
  }
}

TEST(Sealing, AnotherKeyOrContextIsRefused) {
  const Bytes sealed = Seal(FixedKey('k'), "ad", "plaintext", SystemRandom());
  EXPECT_FALSE(Open(FixedKey('l'), "ad", sealed).ok());
  EXPECT_FALSE(Open(FixedKey('k'), "da", sealed).ok());
  EXPECT_FALSE(Open(FixedKey('k'), "", sealed).ok());
  const Bytes part = SealPart(FixedKey('k'), "ad", "plaintext", SystemRandom());
  EXPECT_FALSE(OpenPart(FixedKey('l'), "ad", part).ok());
  EXPECT_FALSE(OpenPart(FixedKey('k'), "da", part).ok());
}

TEST(Sealing, EveryShorterStringIsRefused) {
  const DataKey key = FixedKey('k');
  const Bytes sealed = Seal(key, "ad", "plaintext", SystemRandom());
  const Bytes part = SealPart(key, "ad", "plaintext", SystemRandom());
  for (size_t n = 0; n < sealed.size(); ++n)
    EXPECT_FALSE(Open(key, "ad", sealed.substr(0, n)).ok());
  for (size_t n = 0; n < part.size(); ++n)
    EXPECT_FALSE(OpenPart(key, "ad", part.substr(0, n)).ok());
  EXPECT_EQ(Open(key, "ad", "short").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(OpenPart(key, "ad", "short").status().code(), absl::StatusCode::kInvalidArgument);
}

// A valid ciphertext under a commitment to something else: the tag alone would let it pass.
TEST(Sealing, CommitmentIsCheckedBesideTheTag) {
  const DataKey key = FixedKey('k');
  Bytes sealed = Seal(key, "ad", "plaintext", SystemRandom());
  const Bytes nonce = sealed.substr(0, kNonce);
  const Bytes forged = SodiumHmac(FixedKey('l'), Lp("sluis/seal/v1") + "commit" + nonce + Lp("ad"));
  sealed.replace(kNonce, kCommitment, forged);
  EXPECT_FALSE(Open(key, "ad", sealed).ok());
  EXPECT_FALSE(Open(FixedKey('l'), "ad", sealed).ok());
}

TEST(Sealing, ConstructionsDoNotOpenEachOther) {
  const DataKey key = FixedKey('k');
  const Bytes plaintext(32, 'p');
  const Bytes sealed = Seal(key, "ad", plaintext, SystemRandom());
  const Bytes wrapped = WrapKey(key, "ad", AsSpan(plaintext), SystemRandom());
  const Bytes part = SealPart(key, "ad", plaintext, SystemRandom());
  EXPECT_FALSE(UnwrapKey(key, "ad", sealed).ok());
  EXPECT_FALSE(Open(key, "ad", wrapped).ok());
  EXPECT_FALSE(OpenPart(key, "ad", sealed).ok());
  EXPECT_FALSE(Open(key, "ad", part).ok());
}

TEST(Sealing, NoncesDiffer) {
  const DataKey key = FixedKey('k');
  EXPECT_NE(Seal(key, "ad", "p", SystemRandom()).substr(0, kNonce),
            Seal(key, "ad", "p", SystemRandom()).substr(0, kNonce));
}

TEST(WrapKey, RoundTripAndRefusals) {
  const DataKey wrapping = NewDataKey(SystemRandom());
  const DataKey key = NewDataKey(SystemRandom());
  const Bytes wrapped = WrapKey(wrapping, "bucket", key.expose(), SystemRandom());
  EXPECT_EQ(wrapped.size(), 32 + kSealOverhead);
  const absl::StatusOr<DataKey> back = UnwrapKey(wrapping, "bucket", wrapped);
  ASSERT_TRUE(back.ok());
  EXPECT_TRUE(ConstantTimeEqual(View(back->expose()), View(key.expose())));
  EXPECT_EQ(UnwrapKey(wrapping, "other", wrapped).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(UnwrapKey(key, "bucket", wrapped).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(UnwrapKey(wrapping, "bucket", wrapped.substr(1)).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_FALSE(UnwrapKey(wrapping, "bucket",
                         WrapKey(wrapping, "bucket", AsSpan(Bytes(31, 'k')), SystemRandom()))
                   .ok());
}

}  // namespace
}  // namespace sluis::crypto
