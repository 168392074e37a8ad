#include "client/lib/proof_check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "crypto/proof.h"
#include "tests/support/export_builder.h"

namespace sluis::client {
namespace {

using sluis::tests::BuiltExport;

// A log of two entries: the proof of one is the leaf hash of the other.
class ProofCheckTest : public ::testing::Test {
 protected:
  ProofCheckTest() : key_(tests::RandomKey(random_)) {
    log_ = tests::BuildExport(random_, "lindervaart.example/log", key_, {.entries = 2});
  }

  std::string Proof(uint64_t index) const {
    crypto::TlogProof proof;
    proof.index = index;
    proof.checkpoint = log_.checkpoint;
    const std::string sibling = log_.entries[1 - index].LeafHash();
    std::copy(sibling.begin(), sibling.end(), proof.hashes.emplace_back().begin());
    return *crypto::MarshalProof(proof);
  }

  tests::Generator random_{99};
  crypto::SigningKey key_;
  BuiltExport log_;
};

TEST_F(ProofCheckTest, TiesTheLeafToTheCheckpoint) {
  for (uint64_t index : {0u, 1u}) {
    const absl::StatusOr<ProvenEntry> proven =
        CheckProof(Proof(index), log_.entries[index].Leaf(), log_.verifier_key);
    ASSERT_TRUE(proven.ok()) << proven.status();
    EXPECT_EQ(proven->index, index);
    EXPECT_EQ(proven->logged_at_us, log_.entries[index].logged_at_us);
    EXPECT_EQ(crypto::View(proven->leaf_hash), log_.entries[index].LeafHash());
    EXPECT_EQ(proven->checkpoint.head.size, 2u);
  }
}

TEST_F(ProofCheckTest, OtherLeafPathKeyOrTextIsRefused) {
  const std::string leaf = log_.entries[0].Leaf();
  EXPECT_EQ(CheckProof(Proof(1), leaf, log_.verifier_key).status().code(),
            absl::StatusCode::kDataLoss);
  std::string changed = leaf;
  changed[100] ^= 1;
  EXPECT_EQ(CheckProof(Proof(0), changed, log_.verifier_key).status().code(),
            absl::StatusCode::kDataLoss);
  const std::string other = tests::VerifierKeyText(log_.origin, tests::RandomKey(random_));
  EXPECT_EQ(CheckProof(Proof(0), leaf, other).status().code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(CheckProof("no proof", leaf, log_.verifier_key).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CheckProof(Proof(0), leaf.substr(1), log_.verifier_key).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CheckProof(Proof(0), leaf, "no key").status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(ProofCheckTest, LeafWhoseIndexIsNotItsPlaceIsRefused) {
  log_.entries[0].index = 1;
  tests::Sign(log_, key_);
  EXPECT_EQ(CheckProof(Proof(0), log_.entries[0].Leaf(), log_.verifier_key).status().code(),
            absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace sluis::client
