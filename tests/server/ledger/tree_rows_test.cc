#include "server/ledger/tree_rows.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <bit>

#include "crypto/hash.h"
#include "server/storage/memory_store.h"

namespace sluis::ledger {
namespace {

using crypto::Hash;
using Leaves = std::span<const Hash>;

// RFC 6962 section 2.1, word for word.
Hash NaiveRoot(Leaves leaves) {
  if (leaves.empty()) return crypto::Sha256("");
  if (leaves.size() == 1) return leaves[0];
  const size_t k = std::bit_floor(leaves.size() - 1);
  return crypto::NodeHash(NaiveRoot(leaves.first(k)), NaiveRoot(leaves.subspan(k)));
}

std::vector<Hash> NaivePath(size_t m, Leaves leaves) {
  if (leaves.size() == 1) return {};
  const size_t k = std::bit_floor(leaves.size() - 1);
  std::vector<Hash> path =
      m < k ? NaivePath(m, leaves.first(k)) : NaivePath(m - k, leaves.subspan(k));
  path.push_back(NaiveRoot(m < k ? leaves.subspan(k) : leaves.first(k)));
  return path;
}

std::vector<Hash> NaiveSubproof(size_t m, Leaves leaves, bool whole) {
  if (m == leaves.size()) {
    return whole ? std::vector<Hash>{} : std::vector<Hash>{NaiveRoot(leaves)};
  }
  const size_t k = std::bit_floor(leaves.size() - 1);
  std::vector<Hash> proof = m <= k ? NaiveSubproof(m, leaves.first(k), whole)
                                   : NaiveSubproof(m - k, leaves.subspan(k), false);
  proof.push_back(NaiveRoot(m <= k ? leaves.subspan(k) : leaves.first(k)));
  return proof;
}

Hash LeafNumber(uint64_t number) {
  crypto::Bytes bytes;
  crypto::AppendU64(bytes, number);
  return crypto::LeafHash(bytes);
}

// A tree grown group by group in a store.
class GrownTree {
 public:
  void Grow(size_t count) {
    std::vector<Hash> group;
    for (size_t i = 0; i < count; ++i) group.push_back(LeafNumber(leaves.size() + i));
    std::vector<storage::Write> writes;
    edge_.Append(group, &writes);
    ASSERT_TRUE(store->Apply(writes).ok());
    leaves.insert(leaves.end(), group.begin(), group.end());
  }
  // What a restart does.
  void Reload() {
    absl::StatusOr<RightEdge> edge = RightEdge::Load(*store->NewSnapshot(), leaves.size());
    ASSERT_TRUE(edge.ok()) << edge.status();
    edge_ = *std::move(edge);
  }

  std::unique_ptr<storage::Store> store = storage::NewMemoryStore();
  std::vector<Hash> leaves;

 private:
  RightEdge edge_;
};

TEST(TreeRowsTest, RootsAndProofsAreThoseOfTheRfcWhateverTheGroups) {
  EXPECT_TRUE(rc::check("tiles and hash rows hold the tree of RFC 6962", [] {
    GrownTree tree;
    const auto groups = *rc::gen::container<std::vector<size_t>>(*rc::gen::inRange<size_t>(1, 12),
                                                                 rc::gen::inRange<size_t>(1, 257));
    for (const size_t count : groups) {
      tree.Grow(count);
      if (*rc::gen::inRange(0, 4) == 0) tree.Reload();
    }
    const std::unique_ptr<storage::Snapshot> snapshot = tree.store->NewSnapshot();
    TreeRows rows(*snapshot);
    const Leaves leaves(tree.leaves);
    for (int i = 0; i < 8; ++i) {
      const size_t size = *rc::gen::inRange<size_t>(1, leaves.size() + 1);
      const size_t index = *rc::gen::inRange<size_t>(0, size);
      RC_ASSERT(rows.Head(size)->root == NaiveRoot(leaves.first(size)));
      RC_ASSERT(*crypto::InclusionProof(index, size, rows) == NaivePath(index, leaves.first(size)));
      RC_ASSERT(*crypto::ConsistencyProof(index + 1, size, rows) ==
                NaiveSubproof(index + 1, leaves.first(size), true));
    }
    RC_ASSERT(rows.CheckTiles(0, leaves.size()).ok());
  }));
}

TEST(TreeRowsTest, ThirdLevelOfTilesHoldsTheTreeToo) {
  GrownTree tree;
  while (tree.leaves.size() < 70'000) tree.Grow(251);
  const std::unique_ptr<storage::Snapshot> snapshot = tree.store->NewSnapshot();
  TreeRows rows(*snapshot);
  EXPECT_TRUE(snapshot->Get(TileRowKey(1, 0))->has_value());
  EXPECT_TRUE(snapshot->Get(HashRowKey(2, 0))->has_value());
  crypto::CompactRange range;
  const Leaves leaves(tree.leaves);
  for (const uint64_t size : {65'535u, 65'536u, 65'537u, 69'888u, 70'000u}) {
    while (range.size() < size) range.Append(leaves[range.size()]);
    EXPECT_EQ(*rows.Head(size), range.Head()) << size;
    EXPECT_EQ(*crypto::InclusionProof(65'530, size, rows), NaivePath(65'530, leaves.first(size)));
    EXPECT_EQ(*crypto::ConsistencyProof(300, size, rows),
              NaiveSubproof(300, leaves.first(size), true));
  }
  tree.Reload();
  tree.Grow(200);
  EXPECT_EQ(TreeRows(*tree.store->NewSnapshot()).Head(tree.leaves.size())->root,
            NaiveRoot(tree.leaves));
}

TEST(TreeRowsTest, AFullTileReplacesItsRows) {
  GrownTree tree;
  for (int i = 0; i < 26; ++i) tree.Grow(10);
  const std::unique_ptr<storage::Snapshot> snapshot = tree.store->NewSnapshot();
  std::vector<std::string> keys;
  ASSERT_TRUE(snapshot
                  ->Scan("", "",
                         [&](std::string_view key, std::string_view) {
                           keys.emplace_back(key);
                           return true;
                         })
                  .ok());
  EXPECT_EQ(keys,
            (std::vector<std::string>{HashRowKey(0, 256), HashRowKey(1, 0), TileRowKey(0, 0)}));
  EXPECT_EQ(snapshot->Get(TileRowKey(0, 0)).value()->size(), 8192u);
}

TEST(TreeRowsTest, DamageIsNamedAndNeverFallsThrough) {
  GrownTree tree;
  for (int i = 0; i < 3; ++i) tree.Grow(200);
  const auto tamper = [&](const std::string& key, std::optional<std::string> value) {
    const storage::Write write{key, std::move(value)};
    ASSERT_TRUE(tree.store->Apply({&write, 1}).ok());
  };
  const std::string row = **tree.store->Get(HashRowKey(0, 512));
  tamper(HashRowKey(0, 512), row.substr(1));
  EXPECT_TRUE(absl::IsDataLoss(TreeRows(*tree.store->NewSnapshot()).Head(600).status()));
  EXPECT_TRUE(absl::IsDataLoss(RightEdge::Load(*tree.store->NewSnapshot(), 600).status()));
  tamper(HashRowKey(0, 512), std::nullopt);
  const absl::Status missing = TreeRows(*tree.store->NewSnapshot()).Head(600).status();
  EXPECT_TRUE(absl::IsDataLoss(missing));
  EXPECT_NE(missing.message().find("tile 2 of level 0"), std::string::npos) << missing;
  tamper(HashRowKey(0, 512), row);
  std::string tile = **tree.store->Get(TileRowKey(0, 1));
  tile[100] = static_cast<char>(tile[100] ^ 1);
  tamper(TileRowKey(0, 1), tile);
  const absl::Status flipped = TreeRows(*tree.store->NewSnapshot()).CheckTiles(0, 600);
  EXPECT_NE(flipped.message().find("tile 1 of level 0"), std::string::npos) << flipped;
}

}  // namespace
}  // namespace sluis::ledger
