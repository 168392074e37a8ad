#include "crypto/proof.h"

#include <gtest/gtest.h>

#include "tests/crypto/reference_tree.h"
#include "tests/crypto/vectors.h"

namespace sluis::crypto {
namespace {

class TlogProofVectors : public ::testing::Test {
 protected:
  const nlohmann::json vectors_ = test::LoadVectors("tlog-proof");
};

TEST_F(TlogProofVectors, MarshalAndParseAreEachOthersReverse) {
  ASSERT_EQ(vectors_["marshal"].size(), 3u);
  for (const auto& c : vectors_["marshal"]) {
    TlogProof proof;
    proof.index = c["index"].get<uint64_t>();
    for (const auto& hash : c["hashes_b64"]) {
      proof.hashes.push_back(ToFixed<32>(Base64Decode(hash.get<std::string>()).value()).value());
    }
    if (c.contains("extra_b64"))
      proof.extra = Base64Decode(c["extra_b64"].get<std::string>()).value();
    proof.checkpoint = c["checkpoint"].get<std::string>();
    EXPECT_EQ(MarshalProof(proof).value(), c["want"].get<std::string>());
    EXPECT_EQ(ParseProof(c["want"].get<std::string>()).value(), proof);
  }
}

TEST_F(TlogProofVectors, Refusals) {
  ASSERT_EQ(vectors_["refuse"].size(), 8u);
  for (const auto& c : vectors_["refuse"]) {
    std::string text;
    if (c.contains("text")) {
      text = c["text"].get<std::string>();
    } else {
      ASSERT_EQ(c["why"], "line over 64 KiB");
      text = "c2sp.org/tlog-proof@v1\nindex 0\n" + std::string(66560, 'a') + "\n";
    }
    EXPECT_EQ(ParseProof(text).status().code(), absl::StatusCode::kInvalidArgument) << c["why"];
  }
  EXPECT_TRUE(ParseProof("c2sp.org/tlog-proof@v1\nindex 0\n\ncheckpoint\n").ok())
      << "the body that the refused ones vary";
}

TEST_F(TlogProofVectors, WholeProof) {
  const auto& c = vectors_["derived_full"];
  ASSERT_TRUE(c["ok"].get<bool>());
  const VerifierKey key = VerifierKey::Parse(c["vkey"].get<std::string>()).value();
  const Bytes entry = c["leaf_data_utf8"].get<std::string>();
  const TlogProof proof = ParseProof(c["text"].get<std::string>()).value();
  const absl::StatusOr<Checkpoint> checkpoint = VerifyProof(proof, entry, key);
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
  EXPECT_EQ(checkpoint->head.size, 15u);
  EXPECT_EQ(MarshalProof(proof).value(), c["text"].get<std::string>());

  EXPECT_EQ(VerifyProof(proof, "six", key).status().code(), absl::StatusCode::kDataLoss);
  TlogProof other = proof;
  other.index = 5;
  EXPECT_FALSE(VerifyProof(other, entry, key).ok());
  other.index = 15;
  EXPECT_EQ(VerifyProof(other, entry, key).status().code(), absl::StatusCode::kInvalidArgument);
  other = proof;
  other.hashes.pop_back();
  EXPECT_FALSE(VerifyProof(other, entry, key).ok());
  other = proof;
  other.checkpoint[other.checkpoint.find("15")] = '2';
  EXPECT_EQ(VerifyProof(other, entry, key).status().code(), absl::StatusCode::kDataLoss);
}

TEST(TlogProof, EveryChangedByteIsRefused) {
  const std::vector<Bytes> entries = {"zero", "one", "two", "three", "four"};
  const SigningKey key = SigningKey::Generate(SystemRandom());
  const VerifierKey verifier = VerifierKey::Create("log", key.public_key()).value();
  TlogProof proof;
  proof.index = 3;
  proof.hashes = test::ReferencePath(3, entries);
  proof.checkpoint = SignCheckpoint({"log", test::ReferenceHead(entries)}, key).value();
  const Bytes text = MarshalProof(proof).value();
  ASSERT_TRUE(VerifyProof(ParseProof(text).value(), "three", verifier).ok());
  for (size_t i = 0; i < text.size(); ++i) {
    Bytes bad = text;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    const absl::StatusOr<TlogProof> parsed = ParseProof(bad);
    EXPECT_FALSE(parsed.ok() && VerifyProof(*parsed, "three", verifier).ok()) << i;
  }
}

TEST(TlogProof, BoundsHoldBothWays) {
  TlogProof proof;
  proof.checkpoint = "c\n";
  proof.hashes.resize(kMaxProofHashes);
  proof.extra = Bytes(kMaxProofExtra, 'x');
  const Bytes largest = MarshalProof(proof).value();
  EXPECT_EQ(ParseProof(largest).value(), proof);

  TlogProof bad = proof;
  bad.hashes.emplace_back();
  EXPECT_FALSE(MarshalProof(bad).ok());
  bad = proof;
  bad.extra.push_back('x');
  EXPECT_FALSE(MarshalProof(bad).ok());
  bad = proof;
  bad.checkpoint.clear();
  EXPECT_FALSE(MarshalProof(bad).ok());

  const std::string head = "c2sp.org/tlog-proof@v1\nindex 0\n";
  const std::string hash = Base64Encode(View(EmptyRoot())) + "\n";
  std::string many = head;
  for (size_t i = 0; i <= kMaxProofHashes; ++i) many += hash;
  EXPECT_FALSE(ParseProof(many + "\nc\n").ok());
  EXPECT_FALSE(ParseProof(head + "\n").ok()) << "no checkpoint";
  EXPECT_FALSE(ParseProof(head + hash).ok()) << "no empty line";
  EXPECT_FALSE(ParseProof("c2sp.org/tlog-proof@v1\nextra \nindex 0\n\nc\n").ok()) << "empty extra";
  EXPECT_FALSE(ParseProof("c2sp.org/tlog-proof@v1\nindex 00\n\nc\n").ok());
  EXPECT_FALSE(ParseProof("").ok());
}

}  // namespace
}  // namespace sluis::crypto
