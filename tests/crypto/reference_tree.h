// The tree of RFC 6962 written as its definition reads: slow, recursive and obviously right.
#ifndef SLUIS_TESTS_CRYPTO_REFERENCE_TREE_H_
#define SLUIS_TESTS_CRYPTO_REFERENCE_TREE_H_

#include <span>
#include <vector>

#include "crypto/merkle.h"

namespace sluis::crypto::test {

// MTH, section 2.1.
Hash ReferenceRoot(std::span<const Bytes> entries);
// PATH, section 2.1.1.
std::vector<Hash> ReferencePath(size_t index, std::span<const Bytes> entries);
// PROOF, section 2.1.2; 0 < older <= entries.size().
std::vector<Hash> ReferenceConsistency(size_t older, std::span<const Bytes> entries);

inline TreeHead ReferenceHead(std::span<const Bytes> entries) {
  return {entries.size(), ReferenceRoot(entries)};
}

// Answers from entries; kOutOfRange for any subtree that is not wholly inside them.
class ReferenceSource : public NodeSource {
 public:
  explicit ReferenceSource(std::span<const Bytes> entries) : entries_(entries) {}
  absl::StatusOr<Hash> Node(uint32_t level, uint64_t index) override;

 private:
  std::span<const Bytes> entries_;
};

}  // namespace sluis::crypto::test

#endif  // SLUIS_TESTS_CRYPTO_REFERENCE_TREE_H_
