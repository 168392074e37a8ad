#ifndef SLUIS_SERVER_LEDGER_SEGMENT_H_
#define SLUIS_SERVER_LEDGER_SEGMENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "server/ledger/leaf.h"

namespace sluis::ledger {

// The entries of one group in one row: 's' ‖ u64 first index → for each entry
// u32 length ‖ leaf[184] ‖ sealed parts, big-endian. Source: docs/formats.md, "Segments".

// Most entries in a segment.
inline constexpr size_t kMaxSegmentEntries = 256;

std::string SegmentKey(uint64_t first);
// First index of the segment under this key; nothing for another key.
std::optional<uint64_t> SegmentFirst(std::string_view key);

void AppendSegmentEntry(std::string& segment, const crypto::FixedBytes<kLeafBytes>& leaf,
                        crypto::BytesView sealed);

// One entry in a segment; borrows from the segment.
struct SegmentEntry {
  crypto::BytesView leaf;    // 184 bytes
  crypto::BytesView sealed;  // bounds checked, framing not
};

// 1 to 256 entries, none cut short; INVALID_ARGUMENT for everything else.
absl::StatusOr<std::vector<SegmentEntry>> ParseSegment(crypto::BytesView segment);

}  // namespace sluis::ledger

#endif  // SLUIS_SERVER_LEDGER_SEGMENT_H_
