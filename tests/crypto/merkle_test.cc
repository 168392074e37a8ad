// The tree against the published reference values, and the compact range.
#include "crypto/merkle.h"

#include <gtest/gtest.h>

#include "crypto/hash.h"
#include "tests/crypto/reference_tree.h"
#include "tests/crypto/vectors.h"

namespace sluis::crypto {
namespace {

using test::FromHex;
using test::HashesFromHex;
using test::HashFromHex;

class Rfc6962 : public ::testing::Test {
 protected:
  Rfc6962() {
    for (const auto& hex : vectors_["leaf_inputs"])
      entries_.push_back(FromHex(hex.get<std::string>()));
    for (const auto& hex : vectors_["root_by_size"]) {
      heads_.push_back({heads_.size(), HashFromHex(hex.get<std::string>())});
    }
  }

  // Published node hashes as the source of proofs.
  class Nodes : public NodeSource {
   public:
    explicit Nodes(const nlohmann::json& levels) {
      for (const auto& level : levels) levels_.push_back(HashesFromHex(level));
    }
    absl::StatusOr<Hash> Node(uint32_t level, uint64_t index) override {
      if (level >= levels_.size() || index >= levels_[level].size()) {
        return absl::OutOfRangeError("no such node");
      }
      return levels_[level][index];
    }

   private:
    std::vector<std::vector<Hash>> levels_;
  };

  const nlohmann::json vectors_ = test::LoadVectors("rfc6962-reference");
  std::vector<Bytes> entries_;
  std::vector<TreeHead> heads_;
};

TEST_F(Rfc6962, Hasher) {
  ASSERT_EQ(vectors_["hasher"].size(), 4u);
  for (const auto& c : vectors_["hasher"]) {
    const std::string op = c["op"].get<std::string>();
    const std::string want = c["want"].get<std::string>();
    if (op == "empty_root") {
      EXPECT_EQ(HexEncode(View(EmptyRoot())), want);
    } else if (op == "leaf") {
      EXPECT_EQ(HexEncode(View(LeafHash(FromHex(c["data"].get<std::string>())))), want);
    } else {
      ASSERT_EQ(op, "node");
      // The published children are four bytes long, which NodeHash by its type does not take.
      EXPECT_EQ(HexEncode(View(Sha256({"\1", FromHex(c["left"].get<std::string>()),
                                       FromHex(c["right"].get<std::string>())}))),
                want);
    }
  }
}

TEST_F(Rfc6962, HashesThatMustDiffer) {
  ASSERT_EQ(vectors_["must_differ"].size(), 4u);
  const Hash a = LeafHash("Hello");
  const Hash b = LeafHash("World");
  EXPECT_NE(a, b);
  EXPECT_NE(NodeHash(a, b), LeafHash(Bytes(View(a)) + Bytes(View(b))));
  EXPECT_NE(NodeHash(a, b), NodeHash(b, a));
  EXPECT_NE(EmptyRoot(), LeafHash(""));
}

TEST_F(Rfc6962, NodesRootsAndCompactRangesOfEverySize) {
  ASSERT_EQ(entries_.size(), 8u);
  ASSERT_EQ(heads_.size(), 9u);
  const auto& levels = vectors_["node_hashes_by_level"];
  ASSERT_EQ(levels.size(), 4u);
  std::vector<Hash> level;
  for (const Bytes& entry : entries_) level.push_back(LeafHash(entry));
  for (const auto& wanted : levels) {
    EXPECT_EQ(level, HashesFromHex(wanted));
    std::vector<Hash> above;
    for (size_t i = 0; i + 1 < level.size(); i += 2)
      above.push_back(NodeHash(level[i], level[i + 1]));
    level = above;
  }

  CompactRange range;
  for (size_t size = 0; size <= entries_.size(); ++size) {
    EXPECT_EQ(range.Head(), heads_[size]) << size;
    std::vector<Hash> wanted;
    for (const auto& node : vectors_["compact_range_by_size"][size]) {
      wanted.push_back(HashFromHex(node["hash"].get<std::string>()));
    }
    EXPECT_EQ(range.hashes(), wanted) << size;
    if (size < entries_.size()) range.Append(LeafHash(entries_[size]));
  }
}

TEST_F(Rfc6962, InclusionPathsAreBuiltAndVerified) {
  Nodes nodes(vectors_["node_hashes_by_level"]);
  size_t checked = 0;
  for (const char* list : {"ct_paths", "all_inclusion_paths"}) {
    for (const auto& c : vectors_[list]) {
      const auto index = c["leaf_index"].get<uint64_t>();
      const auto size = c["size"].get<uint64_t>();
      const std::vector<Hash> wanted = HashesFromHex(c["path"]);
      const absl::StatusOr<std::vector<Hash>> built = InclusionProof(index, size, nodes);
      ASSERT_TRUE(built.ok()) << built.status();
      EXPECT_EQ(*built, wanted);
      EXPECT_TRUE(VerifyInclusion(entries_[index], index, heads_[size], wanted).ok());
      ++checked;
    }
  }
  EXPECT_EQ(checked, 5u + 36u);
}

TEST_F(Rfc6962, ConsistencyProofsAreBuiltAndVerified) {
  Nodes nodes(vectors_["node_hashes_by_level"]);
  size_t checked = 0;
  for (const char* list : {"ct_consistency", "all_consistency_proofs"}) {
    for (const auto& c : vectors_[list]) {
      const auto older = c["size1"].get<uint64_t>();
      const auto newer = c["size2"].get<uint64_t>();
      const std::vector<Hash> wanted = HashesFromHex(c["proof"]);
      const absl::StatusOr<std::vector<Hash>> built = ConsistencyProof(older, newer, nodes);
      ASSERT_TRUE(built.ok()) << built.status();
      EXPECT_EQ(*built, wanted);
      EXPECT_TRUE(VerifyConsistency(heads_[older], heads_[newer], wanted).ok());
      ++checked;
    }
  }
  EXPECT_EQ(checked, 4u + 36u);
}

TEST_F(Rfc6962, ProofsOutsideTheTreeAreNotBuilt) {
  Nodes nodes(vectors_["node_hashes_by_level"]);
  EXPECT_FALSE(InclusionProof(8, 8, nodes).ok());
  EXPECT_FALSE(InclusionProof(0, 0, nodes).ok());
  EXPECT_FALSE(ConsistencyProof(0, 8, nodes).ok());
  EXPECT_FALSE(ConsistencyProof(8, 7, nodes).ok());
  EXPECT_EQ(InclusionProof(0, 16, nodes).status().code(), absl::StatusCode::kOutOfRange)
      << "the source's own error passes through";
}

TEST(CompactRange, SurvivesSerialising) {
  CompactRange range;
  for (int i = 0; i < 100; ++i) {
    const absl::StatusOr<CompactRange> back = CompactRange::Parse(range.Serialise());
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(*back, range);
    range.Append(LeafHash(std::to_string(i)));
  }
}

TEST(CompactRange, ParseRefusesAnyOtherShape) {
  CompactRange range;
  for (int i = 0; i < 5; ++i) range.Append(LeafHash(std::to_string(i)));
  const Bytes good = range.Serialise();
  for (size_t n = 0; n < good.size(); ++n)
    EXPECT_FALSE(CompactRange::Parse(good.substr(0, n)).ok());
  EXPECT_FALSE(CompactRange::Parse(good + "x").ok());
  EXPECT_FALSE(CompactRange::Parse(good + Bytes(32, 'x')).ok());
  Bytes other_size = good;
  other_size[7] = 7;  // three set bits, two hashes
  EXPECT_FALSE(CompactRange::Parse(other_size).ok());
  EXPECT_FALSE(CompactRange::Parse(Bytes("\x80\0\0\0\0\0\0\0", 8) + Bytes(32, 'x')).ok())
      << "a tree of 2^63 leaves is over the bound";
}

}  // namespace
}  // namespace sluis::crypto
