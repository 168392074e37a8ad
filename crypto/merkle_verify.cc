#include <bit>

#include "crypto/merkle.h"
#include "crypto/merkle_path.h"

namespace sluis::crypto {
namespace {

absl::Status RootDiffers() {
  return absl::DataLossError("the proof does not lead to the stated root: keep both as evidence");
}

// For consecutive path nodes `from` on: the inner part, where the path turns with the bits of
// `index`.
Hash ChainInner(Hash seed, std::span<const Hash> proof, uint64_t index) {
  for (size_t i = 0; i < proof.size(); ++i) {
    seed = ((index >> i) & 1) == 0 ? NodeHash(seed, proof[i]) : NodeHash(proof[i], seed);
  }
  return seed;
}

// As ChainInner, but only the nodes left of the path: what the tree held before `index`'s
// right-hand side grew.
Hash ChainInnerLeft(Hash seed, std::span<const Hash> proof, uint64_t index) {
  for (size_t i = 0; i < proof.size(); ++i) {
    if (((index >> i) & 1) == 1) seed = NodeHash(proof[i], seed);
  }
  return seed;
}

// The border part: along the tree's right edge every sibling lies to the left.
Hash ChainBorder(Hash seed, std::span<const Hash> proof) {
  for (const Hash& sibling : proof) seed = NodeHash(sibling, seed);
  return seed;
}

// Levels on which the path of `index` is not yet on the right edge of a tree of `size` leaves.
uint32_t InnerLength(uint64_t index, uint64_t size) {
  return static_cast<uint32_t>(std::bit_width(index ^ (size - 1)));
}

uint64_t ShiftRight(uint64_t value, uint32_t bits) { return bits < 64 ? value >> bits : 0; }

uint32_t BorderLength(uint64_t index, uint32_t inner) {
  return static_cast<uint32_t>(std::popcount(ShiftRight(index, inner)));
}

}  // namespace

namespace merkle_path {

uint32_t InclusionProofLength(uint64_t index, uint64_t size) {
  const uint32_t inner = InnerLength(index, size);
  return inner + BorderLength(index, inner);
}

absl::StatusOr<Hash> RootFromInclusionProof(const Hash& leaf_hash, uint64_t index, uint64_t size,
                                            std::span<const Hash> proof) {
  if (index >= size) {
    return absl::InvalidArgumentError("the index lies outside the tree: ask for a newer head");
  }
  // Length before hashing, so that the work is bounded by the tree and not by the sender.
  if (proof.size() != InclusionProofLength(index, size)) {
    return absl::InvalidArgumentError(
        "an inclusion proof of this index and size has another length");
  }
  const uint32_t inner = InnerLength(index, size);
  return ChainBorder(ChainInner(leaf_hash, proof.first(inner), index), proof.subspan(inner));
}

absl::Status VerifyInclusionOfLeafHash(const Hash& leaf_hash, uint64_t index, const TreeHead& head,
                                       std::span<const Hash> proof) {
  const absl::StatusOr<Hash> root = RootFromInclusionProof(leaf_hash, index, head.size, proof);
  if (!root.ok()) return root.status();
  return *root == head.root ? absl::OkStatus() : RootDiffers();
}

}  // namespace merkle_path

absl::Status VerifyConsistency(const TreeHead& older, const TreeHead& newer,
                               std::span<const Hash> proof) {
  if (older.size == 0 || older.size > newer.size) {
    return absl::InvalidArgumentError(
        "consistency needs a non-empty older tree that is not larger than the newer one");
  }
  if (older.size == newer.size) {
    if (!proof.empty()) {
      return absl::InvalidArgumentError("trees of one size need no proof: send an empty one");
    }
    return older.root == newer.root ? absl::OkStatus() : RootDiffers();
  }

  // The proof starts at the root of the last complete subtree of the older tree, `shift` levels up.
  // When that subtree is the whole older tree its root is already known and left out.
  const auto shift = static_cast<uint32_t>(std::countr_zero(older.size));
  const uint64_t last = older.size - 1;
  const bool whole = std::has_single_bit(older.size);
  const uint32_t inner = InnerLength(last, newer.size) - shift;
  const size_t length = (whole ? 0 : 1) + inner + BorderLength(last, inner + shift);
  if (proof.size() != length) {
    return absl::InvalidArgumentError("a consistency proof of these sizes has another length");
  }
  const Hash seed = whole ? older.root : proof.front();
  if (!whole) proof = proof.subspan(1);

  const uint64_t turns = last >> shift;
  const Hash older_root =
      ChainBorder(ChainInnerLeft(seed, proof.first(inner), turns), proof.subspan(inner));
  if (older_root != older.root) return RootDiffers();
  const Hash newer_root =
      ChainBorder(ChainInner(seed, proof.first(inner), turns), proof.subspan(inner));
  return newer_root == newer.root ? absl::OkStatus() : RootDiffers();
}

}  // namespace sluis::crypto
