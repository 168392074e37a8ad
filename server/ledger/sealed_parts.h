#ifndef SLUIS_SERVER_LEDGER_SEALED_PARTS_H_
#define SLUIS_SERVER_LEDGER_SEALED_PARTS_H_

#include <array>
#include <cstdint>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/sealing.h"
#include "server/ledger/keyring.h"
#include "server/ledger/part.h"

namespace sluis::ledger {

// The sealed parts of one entry as they lie beside its leaf, big-endian:
//   u8 1 ‖ u32 parts bucket ‖ u32 subject bucket ‖ subject key id[16] ‖ five × (u16 length ‖
//   sealed)
// A subject bucket of 0 (with a zero key id) marks an absent subject part: it needs no key of its
// own and lies under the derived key of its part number.
//
// Guarantee: the parser accepts exactly what the encoder writes and reads nothing out of bounds.
// Not guaranteed: that a part opens; that takes its key and its commitment. Views borrow from the
// bytes parsed. Source: docs/formats.md, "Sealed parts".
struct SealedParts {
  uint32_t parts_bucket = 0;
  KeyRef subject;  // bucket 0: the subject part is absent
  std::array<crypto::BytesView, kPartCount> sealed{};
};

// Plain form of a part: salt[32] ‖ u32 length ‖ bytes ‖ zeroes up to a multiple of this many bytes.
inline constexpr size_t kPartPadding = 256;
inline constexpr size_t kMaxSealedPartBytes = crypto::kSealPartOverhead + 32 + 4 + kMaxPartBytes;
// Smallest framing: five absent parts.
inline constexpr size_t kMinSealedBytes =
    25 + kPartCount * (2 + crypto::kSealPartOverhead + 32 + 4);
inline constexpr size_t kMaxSealedBytes = 25 + kPartCount * (2 + kMaxSealedPartBytes);

crypto::Bytes EncodeSealedParts(const SealedParts& parts);

// INVALID_ARGUMENT for any other framing.
absl::StatusOr<SealedParts> ParseSealedParts(crypto::BytesView bytes);

// One part before sealing.
struct PlainPart {
  Salt salt{};
  crypto::BytesView bytes;
};

crypto::Bytes EncodePlainPart(const PlainPart& part);

// INVALID_ARGUMENT for another length, non-zero padding or more padding than needed.
absl::StatusOr<PlainPart> ParsePlainPart(crypto::BytesView bytes);

// Associated data of a sealed part: part u8 ‖ commitment.
crypto::FixedBytes<33> PartAssociatedData(Part part, const crypto::Hash& commitment);

}  // namespace sluis::ledger

#endif  // SLUIS_SERVER_LEDGER_SEALED_PARTS_H_
