// What people put between the digits of numbers and dates. Internal to server/identity.
#ifndef SLUIS_SERVER_IDENTITY_SEPARATOR_H_
#define SLUIS_SERVER_IDENTITY_SEPARATOR_H_

#include <array>
#include <string_view>

namespace sluis::identity {

// Takes one dot, dash, slash or blank off the front, in whatever form a text program made of it.
inline bool TakeSeparator(std::string_view& text) {
  static constexpr std::array<std::string_view, 12> kSeparators = {
      ".",
      "-",
      "/",
      " ",
      "\t",
      "\u00a0" /* no-break space */,
      "\u202f" /* narrow no-break space */,
      "\u2010" /* hyphen */,
      "\u2011" /* no-break hyphen */,
      "\u2012" /* figure dash */,
      "\u2013" /* en dash */,
      "\u2212" /* minus */};
  for (const std::string_view separator : kSeparators) {
    if (text.starts_with(separator)) {
      text.remove_prefix(separator.size());
      return true;
    }
  }
  return false;
}

}  // namespace sluis::identity

#endif  // SLUIS_SERVER_IDENTITY_SEPARATOR_H_
