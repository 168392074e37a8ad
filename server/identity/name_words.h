// Which words of a name count. Internal to server/identity; server/identity/name_text.h explains.
#ifndef SLUIS_SERVER_IDENTITY_NAME_WORDS_H_
#define SLUIS_SERVER_IDENTITY_NAME_WORDS_H_

#include "server/identity/name_text.h"

namespace sluis::identity {

// Takes words of a to z. Joins what is one word however it is parted, drops particles, written
// apart or at the front of a word, and keeps them all when there is nothing else.
Words WordsThatCount(Words words);

}  // namespace sluis::identity

#endif  // SLUIS_SERVER_IDENTITY_NAME_WORDS_H_
