#include "client/lib/act_operation.h"

namespace sluis::client {
namespace {

constexpr int kVarint = 0;
constexpr int kFixed64 = 1;
constexpr int kLengthDelimited = 2;
constexpr int kFixed32 = 5;

// Takes a varint of at most ten bytes off the front.
bool TakeVarint(crypto::BytesView& bytes, uint64_t& value) {
  value = 0;
  for (int shift = 0; shift < 70; shift += 7) {
    if (bytes.empty()) return false;
    const auto byte = static_cast<uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    if (shift < 64) value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

bool Skip(crypto::BytesView& bytes, uint64_t count) {
  if (count > bytes.size()) return false;
  bytes.remove_prefix(count);
  return true;
}

}  // namespace

std::optional<uint32_t> OperationOf(crypto::BytesView act) {
  uint32_t operation = 0;
  while (!act.empty()) {
    uint64_t tag = 0;
    uint64_t value = 0;
    if (!TakeVarint(act, tag) || tag >> 3 == 0) return std::nullopt;
    bool whole = false;
    switch (tag & 7) {
      case kVarint:
        whole = TakeVarint(act, value);
        if (tag >> 3 == 1) operation = static_cast<uint32_t>(value);
        break;
      case kFixed64:
        whole = Skip(act, 8);
        break;
      case kLengthDelimited:
        whole = TakeVarint(act, value) && Skip(act, value);
        break;
      case kFixed32:
        whole = Skip(act, 4);
        break;
      default:
        break;
    }
    if (!whole) return std::nullopt;
  }
  return operation;
}

}  // namespace sluis::client
