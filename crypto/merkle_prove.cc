#include <algorithm>
#include <bit>

#include "crypto/merkle.h"

namespace sluis::crypto {
namespace {

// Largest power of two below `count`; requires count > 1. RFC 6962 calls it k.
uint64_t Split(uint64_t count) { return std::bit_floor(count - 1); }

// Root over leaves [begin, begin + count), where begin is a multiple of the power of two that holds
// count: the complete subtrees, one per set bit of count, hashed together from the right.
absl::StatusOr<Hash> RangeRoot(uint64_t begin, uint64_t count, NodeSource& source) {
  uint64_t end = begin + count;
  absl::StatusOr<Hash> root = absl::InternalError("empty range");
  for (bool first = true; count != 0; first = false) {
    const auto level = static_cast<uint32_t>(std::countr_zero(count));
    const uint64_t width = uint64_t{1} << level;
    end -= width;
    absl::StatusOr<Hash> node = source.Node(level, end >> level);
    if (!node.ok()) return node.status();
    root = first ? *node : NodeHash(*node, *root);
    count -= width;
  }
  return root;
}

// A part of the tree that a proof walks down through, and the siblings met on the way, root's child
// first.
class Descent {
 public:
  Descent(uint64_t size, NodeSource& source) : count_(size), source_(source) {}

  uint64_t begin() const { return begin_; }
  uint64_t count() const { return count_; }

  // Goes to the half that holds leaf `index` and records the other half.
  absl::Status Towards(uint64_t index) {
    const uint64_t left = Split(count_);
    const bool go_left = index - begin_ < left;
    const absl::Status recorded =
        go_left ? Record(begin_ + left, count_ - left) : Record(begin_, left);
    if (!recorded.ok()) return recorded;
    if (!go_left) begin_ += left;
    count_ = go_left ? left : count_ - left;
    return absl::OkStatus();
  }

  absl::Status RecordHere() { return Record(begin_, count_); }

  std::vector<Hash> Proof() && {
    std::reverse(siblings_.begin(), siblings_.end());
    return std::move(siblings_);
  }

 private:
  absl::Status Record(uint64_t begin, uint64_t count) {
    absl::StatusOr<Hash> root = RangeRoot(begin, count, source_);
    if (!root.ok()) return root.status();
    siblings_.push_back(*root);
    return absl::OkStatus();
  }

  uint64_t begin_ = 0;
  uint64_t count_;
  NodeSource& source_;
  std::vector<Hash> siblings_;
};

}  // namespace

absl::StatusOr<std::vector<Hash>> InclusionProof(uint64_t index, uint64_t size,
                                                 NodeSource& source) {
  if (index >= size) {
    return absl::InvalidArgumentError("the index lies outside the tree: ask for a newer head");
  }
  Descent descent(size, source);
  while (descent.count() > 1) {
    if (const absl::Status step = descent.Towards(index); !step.ok()) return step;
  }
  return std::move(descent).Proof();
}

absl::StatusOr<std::vector<Hash>> ConsistencyProof(uint64_t older_size, uint64_t newer_size,
                                                   NodeSource& source) {
  if (older_size == 0 || older_size > newer_size) {
    return absl::InvalidArgumentError(
        "consistency needs a non-empty older tree that is not larger than the newer one");
  }
  // SUBPROOF of RFC 6962 section 2.1.2: down to the last complete subtree of the older tree.
  Descent descent(newer_size, source);
  while (descent.begin() + descent.count() > older_size) {
    if (const absl::Status step = descent.Towards(older_size - 1); !step.ok()) return step;
  }
  // A subtree that starts at 0 is the older tree itself, whose root the verifier has.
  if (descent.begin() != 0) {
    if (const absl::Status step = descent.RecordHere(); !step.ok()) return step;
  }
  return std::move(descent).Proof();
}

}  // namespace sluis::crypto
