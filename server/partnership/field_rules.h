// What may stand in the text fields of a manifest. Internal to server/partnership.
//
// Guarantee: what passes can be shown to people as it is: one line, no control characters, nothing
// that turns or hides the text around it.
// Thread-safety: pure functions.
#ifndef SLUIS_SERVER_PARTNERSHIP_FIELD_RULES_H_
#define SLUIS_SERVER_PARTNERSHIP_FIELD_RULES_H_

#include <string_view>

namespace sluis::partnership {

// A lower-case host name of `least` to `most` bytes: labels of [a-z0-9-] that neither begin nor end
// with a hyphen.
bool IsHostName(std::string_view text, size_t least, size_t most);
// An organisation or a partnership: a host name of 3 to 120 characters.
bool IsId(std::string_view text);
// 1 to 120 characters of valid UTF-8 that begin and end with no space.
bool IsNameForPeople(std::string_view text);
// host:port that can be dialled: a host name, an IPv4 address or an IPv6 address in brackets, none
// of them standing for every address of a machine.
bool IsAddress(std::string_view text);
bool IsKind(std::string_view text);
// One word of 1 to 40 characters [a-z0-9-] that neither begins nor ends with a hyphen.
bool IsZone(std::string_view text);

}  // namespace sluis::partnership

#endif  // SLUIS_SERVER_PARTNERSHIP_FIELD_RULES_H_
