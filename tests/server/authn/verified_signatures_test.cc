#include "server/authn/verified_signatures.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/seeded_random.h"

namespace sluis::authn {
namespace {

class VerifiedSignaturesTest : public ::testing::Test {
 protected:
  // Whether it holds, asked twice: what is remembered must not say anything else.
  bool Holds(const crypto::SigningKey& key, const std::string& message,
             const std::string& signature) {
    const bool first = signatures_.Holds(key.public_key(), message, signature);
    EXPECT_EQ(signatures_.Holds(key.public_key(), message, signature), first);
    return first;
  }
  static std::string Text(const crypto::Signature& signature) {
    return std::string(crypto::View(signature));
  }

  tests::SeededRandom random_{4};
  crypto::SigningKey key_ = crypto::SigningKey::Generate(random_);
  crypto::SigningKey other_ = crypto::SigningKey::Generate(random_);
  VerifiedSignatures signatures_;
};

TEST_F(VerifiedSignaturesTest, WhatHeldVouchesForNothingElse) {
  const std::string message = "mandaat";
  const std::string signature = Text(key_.Sign(message));
  ASSERT_TRUE(Holds(key_, message, signature));
  EXPECT_FALSE(Holds(key_, "mandaten", signature));
  EXPECT_FALSE(Holds(other_, message, signature));
  std::string changed = signature;
  changed[40] = static_cast<char>(changed[40] ^ 1);
  EXPECT_FALSE(Holds(key_, message, changed));
  EXPECT_TRUE(Holds(other_, message, Text(other_.Sign(message))));
  EXPECT_TRUE(Holds(key_, message, signature));
}

// Signature and message are hashed one behind the other: a byte moved between them is no copy.
TEST_F(VerifiedSignaturesTest, OneOfAnotherLengthIsRefused) {
  const std::string message = "mandaat";
  const std::string signature = Text(key_.Sign(message));
  ASSERT_TRUE(Holds(key_, message, signature));
  EXPECT_FALSE(Holds(key_, message.substr(1), signature + message[0]));
  EXPECT_FALSE(Holds(key_, signature.back() + message, signature.substr(0, 63)));
  EXPECT_FALSE(Holds(key_, message, ""));
}

TEST_F(VerifiedSignaturesTest, MoreThanItRemembersHoldAllTheSame) {
  const std::string first = Text(key_.Sign("0"));
  for (size_t i = 0; i <= VerifiedSignatures::kMost; ++i) {
    const std::string message = std::to_string(i);
    ASSERT_TRUE(signatures_.Holds(key_.public_key(), message, Text(key_.Sign(message))));
  }
  EXPECT_TRUE(Holds(key_, "0", first));
}

}  // namespace
}  // namespace sluis::authn
