#include "crypto/merkle.h"

#include <algorithm>
#include <bit>
#include <cstdlib>

#include "crypto/hash.h"
#include "crypto/merkle_path.h"

namespace sluis::crypto {
namespace {

constexpr uint8_t kLeafPrefix = 0x00;
constexpr uint8_t kNodePrefix = 0x01;
constexpr uint64_t kSizeLimit = uint64_t{1} << 63;

}  // namespace

Hash EmptyRoot() {
  static const Hash root = Sha256("");
  return root;
}

Hash LeafHash(BytesView entry) { return Sha256({View(FixedBytes<1>{kLeafPrefix}), entry}); }

Hash NodeHash(const Hash& left, const Hash& right) {
  FixedBytes<65>
      input;  // one buffer, one update call: this is the hot path of every tree operation
  input[0] = kNodePrefix;
  std::copy(left.begin(), left.end(), input.begin() + 1);
  std::copy(right.begin(), right.end(), input.begin() + 33);
  return Sha256(View(input));
}

absl::Status VerifyInclusion(BytesView entry, uint64_t index, const TreeHead& head,
                             std::span<const Hash> proof) {
  return merkle_path::VerifyInclusionOfLeafHash(LeafHash(entry), index, head, proof);
}

void CompactRange::Append(const Hash& leaf_hash) {
  if (size_ + 1 >= kSizeLimit) std::abort();
  Hash merged = leaf_hash;
  // Each trailing one bit of the size is a subtree that is now complete with its right sibling.
  for (int merges = std::countr_one(size_); merges > 0; --merges) {
    merged = NodeHash(hashes_.back(), merged);
    hashes_.pop_back();
  }
  hashes_.push_back(merged);
  ++size_;
}

Hash CompactRange::Root() const {
  if (hashes_.empty()) return EmptyRoot();
  Hash root = hashes_.back();
  for (size_t i = hashes_.size() - 1; i-- > 0;) root = NodeHash(hashes_[i], root);
  return root;
}

Bytes CompactRange::Serialise() const {
  Bytes out;
  out.reserve(8 + hashes_.size() * 32);
  AppendU64(out, size_);
  for (const Hash& hash : hashes_) out.append(View(hash));
  return out;
}

absl::StatusOr<CompactRange> CompactRange::Parse(BytesView bytes) {
  Reader reader(bytes);
  CompactRange out;
  if (!reader.U64(&out.size_) || out.size_ >= kSizeLimit ||
      reader.remaining() != static_cast<size_t>(std::popcount(out.size_)) * 32) {
    return absl::InvalidArgumentError(
        "a compact range is a size and one hash per set bit of it: check what was read");
  }
  BytesView raw;
  while (reader.remaining() > 0 && reader.Fixed(32, &raw)) {
    Hash& hash = out.hashes_.emplace_back();
    std::copy(raw.begin(), raw.end(), hash.begin());
  }
  return out;
}

}  // namespace sluis::crypto
