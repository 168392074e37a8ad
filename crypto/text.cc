#include "crypto/text.h"

#include <charconv>

namespace sluis::crypto::text {
namespace {

constexpr size_t kMaxKeyNameSize = 255;  // what a one-byte length in tlog-cosignature can hold

// Cuts the first code point off `rest`; nothing for overlong forms, surrogates and values above
// U+10FFFF.
std::optional<char32_t> TakeCodePoint(BytesView& rest) {
  const auto first = static_cast<uint8_t>(rest.front());
  size_t length = 1;
  char32_t value = first;
  char32_t smallest = 0;
  if (first >= 0x80) {
    if ((first & 0xe0) == 0xc0) {
      length = 2, value = first & 0x1f, smallest = 0x80;
    } else if ((first & 0xf0) == 0xe0) {
      length = 3, value = first & 0x0f, smallest = 0x800;
    } else if ((first & 0xf8) == 0xf0) {
      length = 4, value = first & 0x07, smallest = 0x10000;
    } else {
      return std::nullopt;
    }
  }
  if (rest.size() < length) return std::nullopt;
  for (size_t i = 1; i < length; ++i) {
    const auto next = static_cast<uint8_t>(rest[i]);
    if ((next & 0xc0) != 0x80) return std::nullopt;
    value = (value << 6) | (next & 0x3f);
  }
  if (value < smallest || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) {
    return std::nullopt;
  }
  rest.remove_prefix(length);
  return value;
}

// The White_Space property of Unicode; the set has not changed since version 6.3.
bool IsSpace(char32_t c) {
  return (c >= 0x09 && c <= 0x0d) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
         c == 0x3000;
}

}  // namespace

std::optional<uint64_t> ParseDecimal(std::string_view digits) {
  if (digits.empty() || (digits.size() > 1 && digits.front() == '0')) return std::nullopt;
  uint64_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

bool IsNoteText(BytesView text) {
  while (!text.empty()) {
    const std::optional<char32_t> c = TakeCodePoint(text);
    if (!c.has_value() || (*c < 0x20 && *c != '\n')) return false;
  }
  return true;
}

bool IsKeyName(std::string_view name) {
  if (name.empty() || name.size() > kMaxKeyNameSize) return false;
  while (!name.empty()) {
    const std::optional<char32_t> c = TakeCodePoint(name);
    if (!c.has_value() || *c < 0x20 || *c == '+' || IsSpace(*c)) return false;
  }
  return true;
}

std::optional<std::string_view> TakeLine(std::string_view& rest) {
  const size_t end = rest.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

std::optional<Hash> ParseHash(std::string_view base64) {
  constexpr size_t kEncodedSize = 44;
  if (base64.size() != kEncodedSize) return std::nullopt;
  const absl::StatusOr<Bytes> raw = Base64Decode(base64);
  if (!raw.ok()) return std::nullopt;
  const absl::StatusOr<Hash> hash = ToFixed<32>(*raw);
  if (!hash.ok()) return std::nullopt;
  return *hash;
}

}  // namespace sluis::crypto::text
