#ifndef SLUIS_SERVER_CORE_IDENTITY_KINDS_H_
#define SLUIS_SERVER_CORE_IDENTITY_KINDS_H_

#include <string>

#include "server/core/terms.h"
#include "server/identity/key_kind.h"

namespace sluis::core {

// By what a person may be found on that day (yyyy-mm-dd, legal time), and so which numbers may be
// kept of one: what the protocol says while it holds and this organisation is a party; in exercise
// without any protocol, what the configuration says. Otherwise what a silent text means, which is
// no number.
identity::KeyKinds IdentityKindsOn(const Terms& terms, const std::string& day);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_IDENTITY_KINDS_H_
