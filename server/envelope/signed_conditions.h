#ifndef SLUIS_SERVER_ENVELOPE_SIGNED_CONDITIONS_H_
#define SLUIS_SERVER_ENVELOPE_SIGNED_CONDITIONS_H_

#include "crypto/bytes.h"
#include "sluis/peer/v1/terms.pb.h"

namespace sluis::envelope {

// What the person who shares signs beside the fields: SHA-256(lp("sluis/conditions/v1") ||
// conditions), over their one encoding. Pure. Source: docs/formats.md, "What a person signs".
crypto::Hash ConditionsDigest(const peer::v1::Conditions& conditions);

}  // namespace sluis::envelope

#endif  // SLUIS_SERVER_ENVELOPE_SIGNED_CONDITIONS_H_
