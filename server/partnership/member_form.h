// Steps that the readers of members and manifests share. Internal to server/partnership.
//
// Thread-safety: pure functions.
#ifndef SLUIS_SERVER_PARTNERSHIP_MEMBER_FORM_H_
#define SLUIS_SERVER_PARTNERSHIP_MEMBER_FORM_H_

#include <string>
#include <string_view>

#include "server/partnership/manifest.h"

namespace sluis::partnership {

// The form of the inner `member` bytes; `whose` begins the text of an error ("member 2").
absl::StatusOr<Member> ReadMember(std::string_view bytes, const std::string& whose);

// "<whose>: <field> <must>".
absl::Status Wrong(const std::string& whose, const char* field, std::string_view must);

// Whether these are the bytes of a message of that type and nothing else: no unknown field, no
// second spelling. Whoever signs has seen all that it signs.
template <typename Proto>
bool ParseExactly(std::string_view bytes, Proto* out) {
  if (!out->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return false;
  // They would be written again as they came.
  out->DiscardUnknownFields();
  return out->SerializeAsString() == bytes;
}

// lp(label) || bytes.
std::string Statement(std::string_view label, std::string_view bytes);

}  // namespace sluis::partnership

#endif  // SLUIS_SERVER_PARTNERSHIP_MEMBER_FORM_H_
