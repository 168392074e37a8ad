#include "server/partnership/identity_keys.h"

namespace sluis::partnership {

std::vector<IdentityKey> IdentityKeysOf(const Manifest& manifest) {
  std::vector<IdentityKey> keys;
  for (const Member& member : manifest.members) {
    for (const Key& key : member.keys) {
      if (key.purpose == crypto::KeyPurpose::kIdentity) keys.push_back({member.organisation, key});
    }
  }
  return keys;
}

}  // namespace sluis::partnership
