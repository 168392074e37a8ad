#include "tests/crypto/reference_tree.h"

#include "crypto/hash.h"

namespace sluis::crypto::test {
namespace {

size_t LargestPowerOfTwoBelow(size_t n) {
  size_t k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

std::vector<Hash> SubProof(size_t m, std::span<const Bytes> entries, bool known) {
  const size_t n = entries.size();
  if (m == n) return known ? std::vector<Hash>{} : std::vector<Hash>{ReferenceRoot(entries)};
  const size_t k = LargestPowerOfTwoBelow(n);
  std::vector<Hash> out;
  if (m <= k) {
    out = SubProof(m, entries.first(k), known);
    out.push_back(ReferenceRoot(entries.subspan(k)));
  } else {
    out = SubProof(m - k, entries.subspan(k), false);
    out.push_back(ReferenceRoot(entries.first(k)));
  }
  return out;
}

}  // namespace

Hash ReferenceRoot(std::span<const Bytes> entries) {
  if (entries.empty()) return Sha256("");
  if (entries.size() == 1) return Sha256(Bytes(1, '\0') + entries[0]);
  const size_t k = LargestPowerOfTwoBelow(entries.size());
  const Hash left = ReferenceRoot(entries.first(k));
  const Hash right = ReferenceRoot(entries.subspan(k));
  return Sha256(Bytes(1, '\1') + Bytes(View(left)) + Bytes(View(right)));
}

std::vector<Hash> ReferencePath(size_t index, std::span<const Bytes> entries) {
  if (entries.size() == 1) return {};
  const size_t k = LargestPowerOfTwoBelow(entries.size());
  std::vector<Hash> out;
  if (index < k) {
    out = ReferencePath(index, entries.first(k));
    out.push_back(ReferenceRoot(entries.subspan(k)));
  } else {
    out = ReferencePath(index - k, entries.subspan(k));
    out.push_back(ReferenceRoot(entries.first(k)));
  }
  return out;
}

std::vector<Hash> ReferenceConsistency(size_t older, std::span<const Bytes> entries) {
  return SubProof(older, entries, true);
}

absl::StatusOr<Hash> ReferenceSource::Node(uint32_t level, uint64_t index) {
  const uint64_t width = uint64_t{1} << level;
  if ((index + 1) * width > entries_.size()) return absl::OutOfRangeError("not a complete subtree");
  return ReferenceRoot(entries_.subspan(index * width, width));
}

}  // namespace sluis::crypto::test
