// The keys with which members of a partnership sign as themselves.
//
// Pure; thread-safe. Errors: none.
#ifndef SLUIS_SERVER_PARTNERSHIP_IDENTITY_KEYS_H_
#define SLUIS_SERVER_PARTNERSHIP_IDENTITY_KEYS_H_

#include <string>
#include <vector>

#include "server/partnership/manifest.h"

namespace sluis::partnership {

struct IdentityKey {
  std::string organisation;
  Key key;
};

// Every identity key that the manifest gives its members, whenever it is valid, in the order of the
// manifest.
std::vector<IdentityKey> IdentityKeysOf(const Manifest& manifest);

}  // namespace sluis::partnership

#endif  // SLUIS_SERVER_PARTNERSHIP_IDENTITY_KEYS_H_
