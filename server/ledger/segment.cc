#include "server/ledger/segment.h"

#include "server/ledger/row.h"
#include "server/ledger/sealed_parts.h"

namespace sluis::ledger {
namespace {

absl::Status Damaged() {
  return absl::InvalidArgumentError("a segment is cut short or holds something else");
}

}  // namespace

std::string SegmentKey(uint64_t first) {
  std::string key = RowKey(Table::kSegment);
  crypto::AppendU64(key, first);
  return key;
}

std::optional<uint64_t> SegmentFirst(std::string_view key) {
  if (key.empty() || key[0] != static_cast<char>(Table::kSegment)) return std::nullopt;
  crypto::Reader reader(key.substr(1));
  uint64_t first = 0;
  if (!reader.U64(&first) || !reader.done()) return std::nullopt;
  return first;
}

void AppendSegmentEntry(std::string& segment, const crypto::FixedBytes<kLeafBytes>& leaf,
                        crypto::BytesView sealed) {
  crypto::AppendU32(segment, static_cast<uint32_t>(kLeafBytes + sealed.size()));
  segment += crypto::View(leaf);
  segment += sealed;
}

absl::StatusOr<std::vector<SegmentEntry>> ParseSegment(crypto::BytesView segment) {
  crypto::Reader reader(segment);
  std::vector<SegmentEntry> entries;
  while (reader.remaining() > 0 && entries.size() < kMaxSegmentEntries) {
    uint32_t length = 0;
    SegmentEntry entry;
    if (!reader.U32(&length) || length < kLeafBytes + kMinSealedBytes ||
        length > kLeafBytes + kMaxSealedBytes || !reader.Fixed(kLeafBytes, &entry.leaf) ||
        !reader.Fixed(length - kLeafBytes, &entry.sealed)) {
      return Damaged();
    }
    entries.push_back(entry);
  }
  if (!reader.done() || entries.empty()) return Damaged();
  return entries;
}

}  // namespace sluis::ledger
