// A pack file laid out in one way, with its comments.
//
// Two spaces a level, one space after a colon, lines of at most 100 columns where a break is
// possible, one blank line at most, quotes around whatever is more than a word. What was written in
// brackets stays in brackets (unless a comment stands inside), and keys keep their order: the
// digest does not depend on it. Guarantee: the result has the same canonical bytes and all comments
// of the text in their order, and formatting it again changes nothing; a text for which this cannot
// be is refused, never altered. Thread-safe.
#ifndef SLUIS_POLICIES_PACK_FORMAT_H_
#define SLUIS_POLICIES_PACK_FORMAT_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace sluis::policies {

// `file_name` is only used in messages. Errors: InvalidArgument naming file, line and column: what
// ParseYamlTree refuses, and a text in the block styles `|` and `>`.
absl::StatusOr<std::string> FormatPack(std::string_view file_name, std::string_view text);

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_PACK_FORMAT_H_
