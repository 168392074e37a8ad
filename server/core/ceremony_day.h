// Whether the day that a ceremony names is a day of now.
//
// The parameters name the day on which the identity keys of those who take part must be valid. Who
// proposes chooses it, so a day of long ago would give a voice to a key that has expired since, and
// that its owner may have lost. Guarantee: with OK every key that speaks in the ceremony is valid
// today too. Thread-safety: pure. Errors: FAILED_PRECONDITION, with what to do.
#ifndef SLUIS_SERVER_CORE_CEREMONY_DAY_H_
#define SLUIS_SERVER_CORE_CEREMONY_DAY_H_

#include <string>

#include "absl/status/status.h"
#include "server/keys/parameters.h"
#include "server/partnership/manifest.h"

namespace sluis::core {

// `today` as YYYY-MM-DD.
absl::Status CheckCeremonyDay(const keys::Parameters& parameters,
                              const partnership::Manifest& manifest, const std::string& today);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_CEREMONY_DAY_H_
