#include "server/envelope/leaf_tree.h"

#include <optional>

namespace sluis::envelope {

void LeafTree::Grow() {
  while (levels_.back().size() > 1) {
    const std::vector<crypto::Hash>& below = levels_.back();
    std::vector<crypto::Hash> level;
    for (size_t i = 0; i + 1 < below.size(); i += 2) {
      level.push_back(crypto::NodeHash(below[i], below[i + 1]));
    }
    levels_.push_back(std::move(level));
  }
}

crypto::Hash LeafTree::Root() const {
  // Each level with an odd number of subtrees ends in one that has no sibling: the left of all that
  // is to its right.
  std::optional<crypto::Hash> root;
  for (const std::vector<crypto::Hash>& level : levels_) {
    if (level.size() % 2 == 0) continue;
    root = root ? crypto::NodeHash(level.back(), *root) : level.back();
  }
  return root.value_or(crypto::EmptyRoot());
}

absl::StatusOr<std::vector<crypto::Hash>> LeafTree::Path(uint64_t index) {
  return crypto::InclusionProof(index, levels_[0].size(), *this);
}

absl::StatusOr<crypto::Hash> LeafTree::Node(uint32_t level, uint64_t index) {
  if (level >= levels_.size() || index >= levels_[level].size()) {
    return absl::InternalError("the tree has no such subtree");
  }
  return levels_[level][index];
}

}  // namespace sluis::envelope
