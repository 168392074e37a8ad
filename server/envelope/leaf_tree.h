// The tree over the leaves of one envelope, or over the items of one statement: at most 256.
//
// Guarantee: Root and Path are those of RFC 6962 over the given bytes; leaf hashes are computed
// here. Thread-safety: not; one thread builds and asks. Ownership: keeps hashes, not the bytes.
#ifndef SLUIS_SERVER_ENVELOPE_LEAF_TREE_H_
#define SLUIS_SERVER_ENVELOPE_LEAF_TREE_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/merkle.h"

namespace sluis::envelope {

class LeafTree final : private crypto::NodeSource {
 public:
  // Over no leaves.
  LeafTree() : levels_(1) {}
  // `leaves` is any range of byte strings.
  template <typename Range>
  explicit LeafTree(const Range& leaves) : levels_(1) {
    for (const auto& leaf : leaves) levels_[0].push_back(crypto::LeafHash(leaf));
    Grow();
  }

  crypto::Hash Root() const;
  crypto::TreeHead Head() const { return {levels_[0].size(), Root()}; }
  // The leaf's sibling first. INVALID_ARGUMENT when there is no such leaf.
  absl::StatusOr<std::vector<crypto::Hash>> Path(uint64_t index);

 private:
  void Grow();
  absl::StatusOr<crypto::Hash> Node(uint32_t level, uint64_t index) override;

  std::vector<std::vector<crypto::Hash>> levels_;  // roots of complete subtrees, leaves first
};

}  // namespace sluis::envelope

#endif  // SLUIS_SERVER_ENVELOPE_LEAF_TREE_H_
