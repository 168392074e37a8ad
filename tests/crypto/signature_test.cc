#include "crypto/signature.h"

#include <gtest/gtest.h>

#include "tests/crypto/vectors.h"

namespace sluis::crypto {
namespace {

using test::FromHex;

SigningKey KeyFromHex(std::string_view seed) {
  return SigningKey::FromSeed(Secret<32>::FromBytes(FromHex(seed)).value());
}

PublicKey PublicFromHex(std::string_view hex) { return ToFixed<32>(FromHex(hex)).value(); }

// RFC 8032 section 7.1, tests 1 to 3.
TEST(Signature, PublishedVectors) {
  const struct {
    const char *seed, *key, *message, *signature;
  } cases[] = {
      {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
       "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
       "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf"
       "9b46b"
       "d25bf5f0595bbe24655141438e7a100b"},
      {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
       "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
       "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f"
       "11d8c"
       "387b2eaeb4302aeeb00d291612bb0c00"},
      {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
       "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
       "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984"
       "dc659"
       "4a7c15e9716ed28dc027beceea1ec40a"},
  };
  for (const auto& c : cases) {
    const SigningKey key = KeyFromHex(c.seed);
    EXPECT_EQ(HexEncode(View(key.public_key())), c.key);
    EXPECT_EQ(HexEncode(View(key.seed().expose())), c.seed);
    const Signature signature = key.Sign(FromHex(c.message));
    EXPECT_EQ(HexEncode(View(signature)), c.signature);
    EXPECT_TRUE(Verify(key.public_key(), FromHex(c.message), View(signature)));
  }
}

TEST(Signature, AnyChangeIsRefused) {
  const SigningKey key = SigningKey::Generate(SystemRandom());
  const Signature good = key.Sign("message");
  ASSERT_TRUE(Verify(key.public_key(), "message", View(good)));
  EXPECT_FALSE(Verify(key.public_key(), "massage", View(good)));
  EXPECT_FALSE(Verify(SigningKey::Generate(SystemRandom()).public_key(), "message", View(good)));
  for (size_t i = 0; i < good.size(); ++i) {
    Signature bad = good;
    bad[i] ^= 1;
    EXPECT_FALSE(Verify(key.public_key(), "message", View(bad))) << i;
  }
}

TEST(Signature, OnlySixtyFourBytesAreASignature) {
  const SigningKey key = SigningKey::Generate(SystemRandom());
  const Bytes good(View(key.Sign("message")));
  EXPECT_FALSE(Verify(key.public_key(), "message", ""));
  EXPECT_FALSE(Verify(key.public_key(), "message", BytesView(good).substr(0, 63)));
  EXPECT_FALSE(Verify(key.public_key(), "message", good + "x"));
}

// With the neutral element as key and as R, S = 0 satisfies the equation for every message.
TEST(Signature, SmallOrderKeyIsRefused) {
  const Bytes neutral = "01" + std::string(62, '0');
  const Bytes signature = FromHex(neutral + std::string(64, '0'));
  EXPECT_FALSE(Verify(PublicFromHex(neutral), "any message", signature));
}

TEST(Signature, NonCanonicalEncodingsAreRefused) {
  const SigningKey key = SigningKey::Generate(SystemRandom());
  Signature high_s = key.Sign("message");
  // S + L, the same scalar modulo the group order.
  const Bytes order = FromHex(
      "edd3f55c1a631258d69cf7a2def9de14"
      "00000000000000000000000000000010");
  unsigned carry = 0;
  for (size_t i = 0; i < 32; ++i) {
    carry += high_s[32 + i] + static_cast<uint8_t>(order[i]);
    high_s[32 + i] = static_cast<uint8_t>(carry);
    carry >>= 8;
  }
  EXPECT_FALSE(Verify(key.public_key(), "message", View(high_s)));

  // y = p + 1, a second spelling of the neutral element.
  const Bytes above_p = "ee" + std::string(60, 'f') + "7f";
  EXPECT_FALSE(Verify(PublicFromHex(above_p), "message", View(key.Sign("message"))));
}

TEST(Signature, GenerateDependsOnTheRandomGivenOnly) {
  test::FixedRandom one;
  test::FixedRandom two;
  EXPECT_EQ(SigningKey::Generate(one).public_key(), SigningKey::Generate(two).public_key());
}

}  // namespace
}  // namespace sluis::crypto
