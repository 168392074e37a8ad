// Names in one form, whoever wrote them: normalisation 1.
//
// docs/identity.md says step by step what it does. In short: compatibility decomposition, case
// folding, marks off, the letters that have none taken apart, punctuation away, particles (van, de,
// le, el, ben ...) away, "abd el x" in one word.
//
// Guarantee: the same words for every way to write the same letters; normalising what came out
// changes nothing; words of a to z only. A change to any step is a new version, because words of
// two versions do not compare: kNormalisation stands in every input that is made of them. Not
// guaranteed: that two spellings of one name come out alike: that is what skeletons are for. What
// lies inside ICU while it works is not wiped; what lies here is. Thread-safety: pure functions.
// Errors: kInvalidArgument, never with a letter of the name.
#ifndef SLUIS_SERVER_IDENTITY_NAME_TEXT_H_
#define SLUIS_SERVER_IDENTITY_NAME_TEXT_H_

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/identity/wiped_text.h"

namespace sluis::identity {

inline constexpr std::string_view kNormalisation = "norm=1";
inline constexpr size_t kMaxNameBytes = 400;
inline constexpr size_t kMaxNameWords = 16;

using Words = std::vector<WipedText>;

// The words of a surname or of given names, in the order written; none for what says that the name
// is not known ("onbekend", "NN", "-").
absl::StatusOr<Words> NormaliseName(std::string_view written);

// One text, parted by blanks.
WipedText Joined(const Words& words);

}  // namespace sluis::identity

#endif  // SLUIS_SERVER_IDENTITY_NAME_TEXT_H_
