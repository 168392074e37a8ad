// The append-only tree of RFC 6962 section 2 over SHA-256.
//
//   empty root SHA-256(""),  leaf SHA-256(0x00 || entry),  node SHA-256(0x01 || left || right)
//
// Guarantee: a proof that verifies ties exactly this entry, or exactly this older tree, to the
// given head. Size and root travel together as a TreeHead and the leaf hash is computed here from
// the entry's bytes: with a loose size or leaf hash an inner node can pose as a leaf of a smaller
// tree. Not guaranteed: that a TreeHead is the log's. It must come from a verified checkpoint
// (crypto/checkpoint.h). Thread-safety: free functions are pure (a NodeSource says for itself); a
// CompactRange belongs to one thread. Units: sizes count leaves, indices are 0-based, level 0 is
// the leaves.
#ifndef SLUIS_CRYPTO_MERKLE_H_
#define SLUIS_CRYPTO_MERKLE_H_

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"

namespace sluis::crypto {

Hash EmptyRoot();
Hash LeafHash(BytesView entry);
Hash NodeHash(const Hash& left, const Hash& right);

struct TreeHead {
  uint64_t size = 0;
  Hash root = EmptyRoot();

  friend bool operator==(const TreeHead&, const TreeHead&) = default;
};

// OK when `entry` is leaf `index` of the tree. The proof lists the leaf's sibling first, the root's
// child last. kInvalidArgument: index outside the tree or a proof of the wrong length; kDataLoss:
// the root differs.
absl::Status VerifyInclusion(BytesView entry, uint64_t index, const TreeHead& head,
                             std::span<const Hash> proof);

// OK when `newer` extends `older`. Equal sizes need equal roots and an empty proof.
// kInvalidArgument: an empty older tree (everything extends it, so a proof would say nothing),
// sizes out of order or a proof of the wrong length; kDataLoss: a root differs.
absl::Status VerifyConsistency(const TreeHead& older, const TreeHead& newer,
                               std::span<const Hash> proof);

// Roots of complete subtrees: Node(l, i) covers leaves [i * 2^l, (i+1) * 2^l). Only subtrees that
// lie wholly inside the tree being proved are asked for, each at most once per proof.
class NodeSource {
 public:
  virtual ~NodeSource() = default;
  virtual absl::StatusOr<Hash> Node(uint32_t level, uint64_t index) = 0;
};

// kInvalidArgument when index >= size; errors of the source pass through.
absl::StatusOr<std::vector<Hash>> InclusionProof(uint64_t index, uint64_t size, NodeSource& source);
// From the tree of `older_size` to that of `newer_size`; kInvalidArgument unless 0 < older <=
// newer.
absl::StatusOr<std::vector<Hash>> ConsistencyProof(uint64_t older_size, uint64_t newer_size,
                                                   NodeSource& source);

// The roots of the complete subtrees that make up a tree, largest first: all a writer needs to
// append and to know its root. At most 63 hashes.
class CompactRange {
 public:
  CompactRange() = default;

  // Amortised one NodeHash. For the writer, which computed LeafHash itself a moment ago; never fed
  // from a peer. A tree holds fewer than 2^63 leaves; one more ends the process.
  void Append(const Hash& leaf_hash);

  uint64_t size() const { return size_; }
  const std::vector<Hash>& hashes() const { return hashes_; }
  Hash Root() const;
  TreeHead Head() const { return {size_, Root()}; }

  // u64 size, then hashes(), 32 bytes each.
  Bytes Serialise() const;
  // kInvalidArgument for any string that Serialise does not produce.
  static absl::StatusOr<CompactRange> Parse(BytesView bytes);

  friend bool operator==(const CompactRange&, const CompactRange&) = default;

 private:
  uint64_t size_ = 0;
  std::vector<Hash> hashes_;
};

}  // namespace sluis::crypto

#endif  // SLUIS_CRYPTO_MERKLE_H_
