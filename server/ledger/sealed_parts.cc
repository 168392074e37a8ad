#include "server/ledger/sealed_parts.h"

#include <algorithm>

namespace sluis::ledger {
namespace {

constexpr uint8_t kFraming = 1;
constexpr size_t kPlainHead = 32 + 4;

size_t Padded(size_t length) { return (length + kPartPadding - 1) / kPartPadding * kPartPadding; }

absl::Status BadFraming() {
  return absl::InvalidArgumentError("sealed parts are not framed as format 1: check the entry");
}

}  // namespace

crypto::Bytes EncodeSealedParts(const SealedParts& parts) {
  crypto::Bytes out;
  size_t size = 25;
  for (const crypto::BytesView sealed : parts.sealed) size += 2 + sealed.size();
  out.reserve(size);
  crypto::AppendU8(out, kFraming);
  crypto::AppendU32(out, parts.parts_bucket);
  crypto::AppendU32(out, parts.subject.bucket);
  out += crypto::View(parts.subject.key_id);
  for (const crypto::BytesView sealed : parts.sealed) {
    crypto::AppendU16(out, static_cast<uint16_t>(sealed.size()));
    out += sealed;
  }
  return out;
}

absl::StatusOr<SealedParts> ParseSealedParts(crypto::BytesView bytes) {
  if (bytes.size() < kMinSealedBytes || bytes.size() > kMaxSealedBytes) return BadFraming();
  crypto::Reader reader(bytes);
  uint8_t framing = 0;
  SealedParts out;
  crypto::BytesView key_id;
  if (!reader.U8(&framing) || framing != kFraming || !reader.U32(&out.parts_bucket) ||
      !reader.U32(&out.subject.bucket) || !reader.Fixed(16, &key_id) || out.parts_bucket == 0) {
    return BadFraming();
  }
  std::copy(key_id.begin(), key_id.end(), out.subject.key_id.begin());
  if (out.subject.bucket == 0 && out.subject.key_id != crypto::FixedBytes<16>{}) {
    return BadFraming();
  }
  for (crypto::BytesView& sealed : out.sealed) {
    uint16_t length = 0;
    if (!reader.U16(&length) || length < crypto::kSealPartOverhead + kPlainHead ||
        length > kMaxSealedPartBytes ||
        (length - crypto::kSealPartOverhead - kPlainHead) % kPartPadding != 0 ||
        !reader.Fixed(length, &sealed)) {
      return BadFraming();
    }
  }
  if (!reader.done()) return BadFraming();
  return out;
}

crypto::Bytes EncodePlainPart(const PlainPart& part) {
  crypto::Bytes out;
  const size_t size = kPlainHead + Padded(part.bytes.size());
  out.reserve(size);
  out += crypto::View(part.salt);
  crypto::AppendU32(out, static_cast<uint32_t>(part.bytes.size()));
  out += part.bytes;
  out.resize(size, '\0');
  return out;
}

absl::StatusOr<PlainPart> ParsePlainPart(crypto::BytesView bytes) {
  crypto::Reader reader(bytes);
  crypto::BytesView salt;
  uint32_t length = 0;
  PlainPart out;
  if (!reader.Fixed(out.salt.size(), &salt) || !reader.U32(&length) || length > kMaxPartBytes ||
      reader.remaining() != Padded(length) || !reader.Fixed(length, &out.bytes)) {
    return absl::InvalidArgumentError("an opened part has another shape than format 1");
  }
  const crypto::BytesView padding = bytes.substr(kPlainHead + length);
  if (!std::all_of(padding.begin(), padding.end(), [](char c) { return c == '\0'; })) {
    return absl::InvalidArgumentError("an opened part is padded with other bytes than zero");
  }
  std::copy(salt.begin(), salt.end(), out.salt.begin());
  return out;
}

crypto::FixedBytes<33> PartAssociatedData(Part part, const crypto::Hash& commitment) {
  crypto::FixedBytes<33> out{};
  out[0] = static_cast<uint8_t>(part);
  std::copy(commitment.begin(), commitment.end(), out.begin() + 1);
  return out;
}

}  // namespace sluis::ledger
