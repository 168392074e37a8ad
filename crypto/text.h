// Text forms that the note, checkpoint, proof and tile formats share. Internal to crypto/.
//
// Guarantee: each form accepts exactly one spelling per value.
// Thread-safety: pure functions. Views borrow from what was passed in.
// Source: C2SP signed-note v1.0.0 (text and names), tlog-checkpoint v1.0.0 (numbers).
#ifndef SLUIS_CRYPTO_TEXT_H_
#define SLUIS_CRYPTO_TEXT_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "crypto/bytes.h"

namespace sluis::crypto::text {

// ASCII decimal without sign or leading zero ("0" itself excepted), at most 2^64-1.
std::optional<uint64_t> ParseDecimal(std::string_view digits);

// Valid UTF-8 (RFC 3629) without control characters below U+0020 other than LF.
bool IsNoteText(BytesView text);

// 1 to 255 bytes of note text without Unicode white space, LF or '+'.
bool IsKeyName(std::string_view name);

// Cuts the first line off `rest`, without its LF. Nothing when no LF is left.
std::optional<std::string_view> TakeLine(std::string_view& rest);

// The 32 bytes written as canonical base64, and back.
std::optional<Hash> ParseHash(std::string_view base64);

}  // namespace sluis::crypto::text

#endif  // SLUIS_CRYPTO_TEXT_H_
