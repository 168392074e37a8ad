// On what conditions a record may be held when two sides ask for conditions: all of both.
//
// Guarantee: the result obeys AreConditions and is AtLeastAsStrict as either side, whichever stands
// first; joining what was joined changes nothing. Not guaranteed: that the obligations are in one
// canonical text. Texts of one kind that differ stand side by side, and both hold; only of two
// retentions the longer goes. Thread-safety: pure. Errors: nothing when both together exceed what
// conditions can hold. Source: proto/sluis/peer/v1/terms.proto, Conditions.
#ifndef SLUIS_SERVER_ENVELOPE_JOINED_CONDITIONS_H_
#define SLUIS_SERVER_ENVELOPE_JOINED_CONDITIONS_H_

#include <optional>

#include "sluis/peer/v1/terms.pb.h"

namespace sluis::envelope {

// Both must obey AreConditions.
std::optional<peer::v1::Conditions> JoinConditions(const peer::v1::Conditions& a,
                                                   const peer::v1::Conditions& b);

}  // namespace sluis::envelope

#endif  // SLUIS_SERVER_ENVELOPE_JOINED_CONDITIONS_H_
