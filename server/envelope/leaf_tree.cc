#include "server/envelope/leaf_tree.h"

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
  crypto::CompactRange range;
  for (const crypto::Hash& hash : levels_[0]) range.Append(hash);
  return range.Root();
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
