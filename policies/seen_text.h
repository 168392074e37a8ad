// Whether a text reads as it is: what people sign must hold nothing that they do not see.
//
// Text is UTF-8, as parsers of this folder give it. Pure; thread-safe. Errors: none. Source:
// Unicode Standard, general categories and the properties Default_Ignorable_Code_Point and
// Bidi_Control, as ICU has them.
#ifndef SLUIS_POLICIES_SEEN_TEXT_H_
#define SLUIS_POLICIES_SEEN_TEXT_H_

#include <optional>
#include <string>
#include <string_view>

namespace sluis::policies {

// The first character that cannot be seen or turns the direction of what follows, as "U+202E". A
// line feed passes, and so do soft hyphen, zero width joiner and non-joiner and the selector of an
// emoji, which words are written with.
std::optional<std::string> UnseenCharacter(std::string_view text);

// Whether a letter or a digit is in it that shows.
bool SaysSomething(std::string_view text);

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_SEEN_TEXT_H_
