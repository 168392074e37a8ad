// The inputs by which one person is found again, for one partnership and purpose.
//
// Guarantee: the kinds that the partnership uses and no other; a key of which any part is not known
// is left out, so that two persons never meet over what nobody knows. Not guaranteed: that a person
// has any. Ownership and thread-safety: like any value; inputs do not borrow.
#ifndef SLUIS_SERVER_IDENTITY_PERSON_KEYS_H_
#define SLUIS_SERVER_IDENTITY_PERSON_KEYS_H_

#include <optional>
#include <vector>

#include "server/identity/key_input.h"
#include "server/identity/key_kind.h"
#include "server/identity/person.h"

namespace sluis::identity {

// At most kKeyKinds.size() in all.
struct PersonKeys {
  std::vector<FreeInput> free;          // numbers, K2
  std::optional<GrantedInput> granted;  // K3
  std::vector<OwnNodeInput> own_node;   // K4, K5
};

PersonKeys KeysOf(const Person& person, const KeyScope& scope, const KeyKinds& kinds);

}  // namespace sluis::identity

#endif  // SLUIS_SERVER_IDENTITY_PERSON_KEYS_H_
