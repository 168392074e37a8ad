// Lengths of two bytes, as inputs of keys have them. Internal to server/identity.
#ifndef SLUIS_SERVER_IDENTITY_LP16_H_
#define SLUIS_SERVER_IDENTITY_LP16_H_

#include <cstdlib>
#include <string_view>

#include "server/identity/wiped_text.h"

namespace sluis::identity {

// Length, big-endian, then the bytes. Every caller's text is bounded far below 65,535 bytes.
inline void AppendLp16(WipedText& out, std::string_view text) {
  if (text.size() > 0xffff) std::abort();
  out.push_back(static_cast<char>(text.size() >> 8));
  out.push_back(static_cast<char>(text.size() & 0xff));
  Append(out, text);
}

}  // namespace sluis::identity

#endif  // SLUIS_SERVER_IDENTITY_LP16_H_
