// How a name sounds, roughly: one short text for the spellings of a name in Dutch, French and in
// what either makes of Arabic.
//
// Guarantee: a fixed function of the word, by the table in skeleton.cc, which docs/identity.md
// shows and explains; never empty for a word of a to z that is not empty. The table is part of
// normalisation 1. Not guaranteed: that different names sound different here: Mohamed and Mahmoud
// are one. What rests on skeletons is a reason to look, never a match. Pure; thread-safe.
#ifndef SLUIS_SERVER_IDENTITY_SKELETON_H_
#define SLUIS_SERVER_IDENTITY_SKELETON_H_

#include <string_view>

#include "server/identity/name_text.h"
#include "server/identity/wiped_text.h"

namespace sluis::identity {

// Of one normalised word.
WipedText Skeleton(std::string_view word);

// Of all words, sorted and parted by blanks: the order in which a double surname is written does
// not matter.
WipedText SortedSkeletons(const Words& words);

}  // namespace sluis::identity

#endif  // SLUIS_SERVER_IDENTITY_SKELETON_H_
