#include "server/ledger/leaf.h"

#include <algorithm>

namespace sluis::ledger {
namespace {

void PutBigEndian(uint64_t value, size_t width, uint8_t* out) {
  for (size_t i = 0; i < width; ++i) {
    out[width - 1 - i] = static_cast<uint8_t>(value >> (8 * i));
  }
}

absl::Status NotALeaf() {
  return absl::InvalidArgumentError(
      "not a leaf of format 1: check which software wrote it and where it was cut");
}

}  // namespace

crypto::FixedBytes<kLeafBytes> EncodeLeaf(const Leaf& leaf) {
  crypto::FixedBytes<kLeafBytes> out{};
  PutBigEndian(kLeafFormat, 4, out.data());
  PutBigEndian(leaf.index, 8, out.data() + 8);
  PutBigEndian(leaf.logged_at_us, 8, out.data() + 16);
  uint8_t* at = out.data() + 24;
  for (const crypto::Hash& commitment : leaf.commitments) {
    at = std::copy(commitment.begin(), commitment.end(), at);
  }
  return out;
}

absl::StatusOr<Leaf> DecodeLeaf(crypto::BytesView bytes) {
  if (bytes.size() != kLeafBytes) return NotALeaf();
  crypto::Reader reader(bytes);
  uint32_t format = 0;
  uint32_t reserved = 0;
  Leaf leaf;
  if (!reader.U32(&format) || !reader.U32(&reserved) || format != kLeafFormat || reserved != 0 ||
      !reader.U64(&leaf.index) || !reader.U64(&leaf.logged_at_us)) {
    return NotALeaf();
  }
  for (crypto::Hash& commitment : leaf.commitments) {
    crypto::BytesView raw;
    if (!reader.Fixed(commitment.size(), &raw)) return NotALeaf();
    std::copy(raw.begin(), raw.end(), commitment.begin());
  }
  return leaf;
}

}  // namespace sluis::ledger
