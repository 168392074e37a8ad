#ifndef SLUIS_SERVER_LEDGER_LEAF_H_
#define SLUIS_SERVER_LEDGER_LEAF_H_

#include <array>
#include <cstdint>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "server/ledger/part.h"

namespace sluis::ledger {

inline constexpr size_t kLeafBytes = 184;
inline constexpr uint32_t kLeafFormat = 1;

// What the tree commits to for one entry: 184 bytes, big-endian: format u32, reserved u32 (zero),
// index u64, logged_at u64 (microseconds UTC, a multiple of the tick), five commitments of 32 bytes
// in the order of `kParts`.
struct Leaf {
  uint64_t index = 0;
  uint64_t logged_at_us = 0;
  std::array<crypto::Hash, kPartCount> commitments{};
};

crypto::FixedBytes<kLeafBytes> EncodeLeaf(const Leaf& leaf);

// INVALID_ARGUMENT for another length, format or a non-zero reserved field.
absl::StatusOr<Leaf> DecodeLeaf(crypto::BytesView bytes);

}  // namespace sluis::ledger

#endif  // SLUIS_SERVER_LEDGER_LEAF_H_
