// Verification against the published accept and refuse cases, and the ways an inner node may pose
// as a leaf.
#include <gtest/gtest.h>

#include <type_traits>

#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "crypto/merkle_path.h"
#include "tests/crypto/reference_tree.h"
#include "tests/crypto/vectors.h"

namespace sluis::crypto {
namespace {

// The public verifier takes bytes and a head; neither a leaf hash nor a loose size fits.
static_assert(!std::is_convertible_v<Hash, BytesView>);
static_assert(!std::is_convertible_v<uint64_t, TreeHead>);
static_assert(!std::is_invocable_v<decltype(&VerifyInclusion), Hash, uint64_t, TreeHead,
                                   std::span<const Hash>>);

std::optional<Hash> HashFromBase64(const nlohmann::json& value) {
  const Bytes raw = value.is_null() ? "" : Base64Decode(value.get<std::string>()).value();
  const absl::StatusOr<Hash> hash = ToFixed<32>(raw);
  return hash.ok() ? std::optional<Hash>(*hash) : std::nullopt;
}

// Nothing when an element is not 32 bytes long: the type refuses it before any arithmetic.
std::optional<std::vector<Hash>> ProofFromBase64(const nlohmann::json& list) {
  std::vector<Hash> out;
  if (list.is_null()) return out;
  for (const auto& element : list) {
    const std::optional<Hash> hash = HashFromBase64(element);
    if (!hash) return std::nullopt;
    out.push_back(*hash);
  }
  return out;
}

TEST(VerifyInclusion, PublishedCases) {
  const nlohmann::json vectors = test::LoadVectors("merkle-inclusion");
  size_t accepted = 0;
  size_t refused = 0;
  size_t refused_by_type = 0;
  for (const auto& c : vectors["cases"]) {
    const auto leaf = HashFromBase64(c["leafHash"]);
    const auto root = HashFromBase64(c["root"]);
    const auto proof = ProofFromBase64(c["proof"]);
    const bool typed = leaf && root && proof;
    const bool ok = typed && merkle_path::VerifyInclusionOfLeafHash(
                                 *leaf, c["leafIdx"].get<uint64_t>(),
                                 {c["treeSize"].get<uint64_t>(), *root}, *proof)
                                 .ok();
    EXPECT_EQ(ok, !c["wantErr"].get<bool>()) << c["file"];
    ++(ok ? accepted : refused);
    if (!typed) ++refused_by_type;
  }
  EXPECT_EQ(accepted, 6u);
  EXPECT_EQ(refused, 92u);
  EXPECT_LT(refused_by_type, refused / 2) << "most refusals must come from the arithmetic";
}

// Some published cases state words as roots ("dont care"), one of them in an accepted case of equal
// trees. A TreeHead cannot hold them, so each stands as its own hash: words that were equal stay
// equal, all others differ.
Hash RootOrItsHash(const nlohmann::json& value) {
  const std::optional<Hash> root = HashFromBase64(value);
  return root ? *root : Sha256(Base64Decode(value.get<std::string>()).value());
}

TEST(VerifyConsistency, PublishedCases) {
  const nlohmann::json vectors = test::LoadVectors("merkle-consistency");
  size_t accepted = 0;
  size_t refused = 0;
  size_t refused_by_type = 0;
  for (const auto& c : vectors["cases"]) {
    const auto proof = ProofFromBase64(c["proof"]);
    const TreeHead older{c["size1"].get<uint64_t>(), RootOrItsHash(c["root1"])};
    const TreeHead newer{c["size2"].get<uint64_t>(), RootOrItsHash(c["root2"])};
    const bool ok = proof && VerifyConsistency(older, newer, *proof).ok();
    EXPECT_EQ(ok, !c["wantErr"].get<bool>()) << c["file"];
    ++(ok ? accepted : refused);
    if (!proof) ++refused_by_type;
  }
  EXPECT_EQ(accepted, 6u);
  EXPECT_EQ(refused, 92u);
  EXPECT_LT(refused_by_type, refused / 2) << "most refusals must come from the arithmetic";
}

std::vector<Bytes> Entries(int count) {
  std::vector<Bytes> out;
  for (int i = 0; i < count; ++i) out.push_back("entry " + std::to_string(i));
  return out;
}

// inner_node_as_leaf: an inner node offered as leaf 1 of a tree of claimed size 4 chains to the
// true root of size 8. Path arithmetic cannot see it; the public verifier gives no way to say it.
TEST(VerifyInclusion, InnerNodeAsLeaf) {
  const std::vector<Bytes> entries = Entries(8);
  const TreeHead head = test::ReferenceHead(entries);
  const std::span<const Bytes> all(entries);
  const Hash left = LeafHash(entries[2]);
  const Hash right = LeafHash(entries[3]);
  const Hash inner = NodeHash(left, right);
  const std::vector<Hash> proof = {test::ReferenceRoot(all.first(2)),
                                   test::ReferenceRoot(all.subspan(4))};

  EXPECT_TRUE(merkle_path::VerifyInclusionOfLeafHash(inner, 1, {4, head.root}, proof).ok())
      << "the hazard itself: without it this test proves nothing";

  const Bytes children = Bytes(View(left)) + Bytes(View(right));
  const Bytes preimages[] = {Bytes(View(inner)), children, "\1" + children,
                             Bytes(1, '\0') + children};
  for (const Bytes& entry : preimages) {
    for (uint64_t index = 0; index < 8; ++index) {
      EXPECT_FALSE(VerifyInclusion(entry, index, head, proof).ok());
      EXPECT_FALSE(VerifyInclusion(entry, index, {4, head.root}, proof).ok());
    }
  }
}

// Two views: four honest entries, then eight on an altered entry 3.
TEST(VerifyConsistency, ForkIsRefusedWithEitherSidesProof) {
  std::vector<Bytes> honest = Entries(8);
  std::vector<Bytes> forked = honest;
  forked[3] = "another entry";
  const TreeHead seen = test::ReferenceHead(std::span(honest).first(4));
  const TreeHead shown = test::ReferenceHead(forked);
  EXPECT_FALSE(VerifyConsistency(seen, shown, test::ReferenceConsistency(4, forked)).ok());
  EXPECT_FALSE(VerifyConsistency(seen, shown, test::ReferenceConsistency(4, honest)).ok());
  EXPECT_TRUE(
      VerifyConsistency(seen, test::ReferenceHead(honest), test::ReferenceConsistency(4, honest))
          .ok());
}

TEST(VerifyConsistency, EmptyAndEqualTrees) {
  const std::vector<Bytes> entries = Entries(3);
  const TreeHead head = test::ReferenceHead(entries);
  EXPECT_EQ(VerifyConsistency(TreeHead{}, head, {}).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(VerifyConsistency(TreeHead{}, TreeHead{}, {}).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(VerifyConsistency(head, head, {}).ok());
  const std::vector<Hash> one(1);
  EXPECT_FALSE(VerifyConsistency(head, head, one).ok());
  TreeHead other = head;
  other.root[0] ^= 1;
  EXPECT_EQ(VerifyConsistency(head, other, {}).code(), absl::StatusCode::kDataLoss);
}

TEST(MerkleBounds, ExtremeSizesAndLengthsAreRefusedAtOnce) {
  const std::vector<Hash> long_proof(1000);
  for (uint64_t size : {uint64_t{0}, uint64_t{1}, uint64_t{1} << 63, UINT64_MAX}) {
    for (uint64_t index : {uint64_t{0}, size - 1, size, UINT64_MAX}) {
      for (size_t length : {0, 1, 63, 64, 65, 1000}) {
        const auto proof = std::span(long_proof).first(length);
        EXPECT_FALSE(VerifyInclusion("entry", index, {size, Hash{}}, proof).ok());
        EXPECT_FALSE(VerifyConsistency({index, Hash{}}, {size, Hash{1}}, proof).ok());
        // No path is longer than the 64 levels of the largest tree, so this is refused before any
        // hashing.
        if (length < 66) continue;
        EXPECT_EQ(VerifyInclusion("entry", index, {size, Hash{}}, proof).code(),
                  absl::StatusCode::kInvalidArgument);
        EXPECT_EQ(VerifyConsistency({index, Hash{}}, {size, Hash{1}}, proof).code(),
                  absl::StatusCode::kInvalidArgument);
      }
    }
  }
  EXPECT_EQ(merkle_path::InclusionProofLength(0, UINT64_MAX), 64u);
  EXPECT_EQ(merkle_path::InclusionProofLength(UINT64_MAX - 1, UINT64_MAX), 63u);
}

}  // namespace
}  // namespace sluis::crypto
