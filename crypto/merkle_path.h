// Path arithmetic on already computed leaf hashes. INTERNAL: for crypto/merkle.cc, the published
// vectors and proof builders over stored hashes.
//
// Not guaranteed: that `leaf_hash` is the hash of an entry. An inner node passed here as a leaf of
// a smaller tree chains to the true root of the larger one; that is why crypto/merkle.h takes
// entries and TreeHeads, and why nothing that verifies a peer's claim may include this header.
// Thread-safety: pure functions.
#ifndef SLUIS_CRYPTO_MERKLE_PATH_H_
#define SLUIS_CRYPTO_MERKLE_PATH_H_

#include <cstdint>
#include <span>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/merkle.h"

namespace sluis::crypto::merkle_path {

// Hashes in the inclusion proof of leaf `index` in a tree of `size` leaves; requires index < size.
// At most 64.
uint32_t InclusionProofLength(uint64_t index, uint64_t size);

// The root to which the path leads. kInvalidArgument: index >= size or a proof of the wrong length.
absl::StatusOr<Hash> RootFromInclusionProof(const Hash& leaf_hash, uint64_t index, uint64_t size,
                                            std::span<const Hash> proof);

absl::Status VerifyInclusionOfLeafHash(const Hash& leaf_hash, uint64_t index, const TreeHead& head,
                                       std::span<const Hash> proof);

}  // namespace sluis::crypto::merkle_path

#endif  // SLUIS_CRYPTO_MERKLE_PATH_H_
