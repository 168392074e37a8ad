#include "server/partnership/field_rules.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstdint>
#include <string>

namespace sluis::partnership {
namespace {

constexpr size_t kMaxNameCharacters = 120;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLowerOrDigit(char c) { return (c >= 'a' && c <= 'z') || IsDigit(c); }

// Control characters, line ends, and what is not seen itself but turns, joins or hides its
// neighbours: two names that look alike must be alike.
bool IsUnseen(uint32_t point) {
  return point < 0x20 || (point >= 0x7f && point <= 0x9f) || point == 0xad ||
         (point >= 0x200b && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) ||
         (point >= 0x2060 && point <= 0x206f) || point == 0xfeff || point >= 0xe0000;
}

// The next character off the front of well-formed or ill-formed UTF-8; false when it is ill-formed.
bool TakePoint(std::string_view& rest, uint32_t* point) {
  const auto first = static_cast<uint8_t>(rest.front());
  const size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if ((first >= 0x80 && first < 0xc2) || first > 0xf4 || rest.size() < length) return false;
  uint32_t value = length == 1 ? first : first & (0x7fu >> length);
  for (size_t i = 1; i < length; ++i) {
    const auto next = static_cast<uint8_t>(rest[i]);
    if ((next & 0xc0) != 0x80) return false;
    value = (value << 6) | (next & 0x3f);
  }
  const uint32_t least = length == 3 ? 0x800 : length == 4 ? 0x10000 : 0;
  if (value < least || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return false;
  *point = value;
  rest.remove_prefix(length);
  return true;
}

bool IsPort(std::string_view text) {
  if (text.empty() || text.size() > 5 || text.front() == '0') return false;
  uint32_t value = 0;
  for (const char c : text) {
    if (!IsDigit(c)) return false;
    value = value * 10 + static_cast<uint32_t>(c - '0');
  }
  return value <= 65535;
}

bool IsDialled6(std::string_view text) {
  in6_addr address;
  return inet_pton(AF_INET6, std::string(text).c_str(), &address) == 1 &&
         !IN6_IS_ADDR_UNSPECIFIED(&address);
}

}  // namespace

bool IsHostName(std::string_view text, size_t least, size_t most) {
  if (text.size() < least || text.size() > most) return false;
  char before = '.';
  for (const char c : text) {
    const bool border = before == '.' || before == '-';
    if (c == '.' ? border : !IsLowerOrDigit(c) && (c != '-' || before == '.')) return false;
    before = c;
  }
  return before != '.' && before != '-';
}

bool IsId(std::string_view text) { return IsHostName(text, 3, 120); }

bool IsNameForPeople(std::string_view text) {
  if (text.empty() || text.front() == ' ' || text.back() == ' ') return false;
  size_t characters = 0;
  while (!text.empty()) {
    uint32_t point = 0;
    if (!TakePoint(text, &point) || IsUnseen(point) || ++characters > kMaxNameCharacters) {
      return false;
    }
  }
  return true;
}

bool IsAddress(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || !IsPort(text.substr(colon + 1))) return false;
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[')) {
    return host.ends_with(']') && host.size() <= 64 && IsDialled6(host.substr(1, host.size() - 2));
  }
  return IsHostName(host, 1, 253) && host != "0.0.0.0";
}

bool IsKind(std::string_view text) {
  return text == "municipality" || text == "police-zone" || text == "welfare";
}

bool IsZone(std::string_view text) {
  return text.find('.') == std::string_view::npos && IsHostName(text, 1, 40);
}

}  // namespace sluis::partnership
