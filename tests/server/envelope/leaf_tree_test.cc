#include "server/envelope/leaf_tree.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sluis::envelope {
namespace {

TEST(LeafTreeTest, RootAndPathsAreThoseOfTheTreeThatGrowsByOne) {
  crypto::CompactRange range;
  std::vector<std::string> leaves;
  for (size_t size = 0; size <= 67; ++size) {
    LeafTree tree(leaves);
    ASSERT_EQ(tree.Head(), range.Head()) << size;
    for (size_t i = 0; i < size; ++i) {
      const auto path = tree.Path(i);
      ASSERT_TRUE(path.ok()) << size << ", " << i;
      EXPECT_TRUE(crypto::VerifyInclusion(leaves[i], i, range.Head(), *path).ok())
          << size << ", " << i;
    }
    EXPECT_FALSE(tree.Path(size).ok());
    leaves.push_back("leaf " + std::to_string(size));
    range.Append(crypto::LeafHash(leaves.back()));
  }
}

}  // namespace
}  // namespace sluis::envelope
