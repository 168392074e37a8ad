// Whether the day that a ceremony names is a day of now, and its rounds are such that a node can
// keep to them.
//
// The parameters name the day on which the identity keys of those who take part must be valid. Who
// proposes chooses it, so a day of long ago would give a voice to a key that has expired since, and
// that its owner may have lost. Guarantee: with OK every key that speaks in the ceremony is valid
// today too. Thread-safety: pure. Errors: FAILED_PRECONDITION, with what to do.
#ifndef SLUIS_SERVER_CORE_CEREMONY_DAY_H_
#define SLUIS_SERVER_CORE_CEREMONY_DAY_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "server/keys/parameters.h"
#include "server/partnership/manifest.h"

namespace sluis::core {

// A participant that keeps to the protocol is never named as long as its messages arrive within a
// third of a round (server/keys/ceremony.h). A node that starts again asks for nothing until its
// clock has settled (ten minutes, and one until it looks), which must be over before the four
// rounds after which it would be named; what it does itself, judging what came of thirty members
// included, takes seconds.
inline constexpr uint64_t kLeastRoundSeconds = 200;

// FAILED_PRECONDITION when rounds are shorter than kLeastRoundSeconds.
absl::Status CheckCeremonyRounds(const keys::Parameters& parameters);

// `today` as YYYY-MM-DD.
absl::Status CheckCeremonyDay(const keys::Parameters& parameters,
                              const partnership::Manifest& manifest, const std::string& today);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_CEREMONY_DAY_H_
