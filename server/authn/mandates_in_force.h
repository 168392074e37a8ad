// Which mandates of a registered person are in force.
//
// Guarantee: each was signed by the mandate key, names this person and the registered signing key,
// is in force at that moment and on no list; a list that does not verify leaves none. Not
// guaranteed: that the person may call, or that this kind of organisation may give the roles.
// Thread-safety: pure but for the verifier's memory. Errors: none; what does not hold is left out.
#ifndef SLUIS_SERVER_AUTHN_MANDATES_IN_FORCE_H_
#define SLUIS_SERVER_AUTHN_MANDATES_IN_FORCE_H_

#include <cstdint>
#include <vector>

#include "server/authn/caller.h"
#include "server/authn/mandate.h"

namespace sluis::authn {

std::vector<Caller::Held> MandatesInForce(const Registered& registered, MandateVerifier& verifier,
                                          uint64_t now_us);

}  // namespace sluis::authn

#endif  // SLUIS_SERVER_AUTHN_MANDATES_IN_FORCE_H_
