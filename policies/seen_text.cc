#include "policies/seen_text.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <array>
#include <cstdint>
#include <cstdio>

namespace sluis::policies {
namespace {

constexpr UChar32 kSoftHyphen = 0xAD, kNonJoiner = 0x200C, kJoiner = 0x200D,
                  kEmojiSelector = 0xFE0F;

UChar32 Take(std::string_view text, std::size_t& at) {
  UChar32 point = 0;
  U8_NEXT(reinterpret_cast<const uint8_t*>(text.data()), at, text.size(), point);
  return point;
}

bool IsIgnorable(UChar32 point) {
  return u_hasBinaryProperty(point, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0;
}

bool IsUnseen(UChar32 point) {
  if (point == '\n' || point == kSoftHyphen || point == kNonJoiner || point == kJoiner ||
      point == kEmojiSelector) {
    return false;
  }
  // Control, format (what turns the direction is of these), private, not assigned, and the
  // separators of lines.
  constexpr uint32_t kUnseen = U_GC_C_MASK | U_GC_ZL_MASK | U_GC_ZP_MASK;
  return (U_GET_GC_MASK(point) & kUnseen) != 0 || IsIgnorable(point);
}

}  // namespace

std::optional<std::string> UnseenCharacter(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const UChar32 point = Take(text, at);
    if (!IsUnseen(point)) continue;
    std::array<char, 16> name{};
    std::snprintf(name.data(), name.size(), "U+%04X", static_cast<unsigned>(point));
    return name.data();
  }
  return std::nullopt;
}

bool SaysSomething(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const UChar32 point = Take(text, at);
    if (u_isalnum(point) != 0 && !IsIgnorable(point)) return true;
  }
  return false;
}

}  // namespace sluis::policies
