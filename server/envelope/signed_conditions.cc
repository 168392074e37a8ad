#include "server/envelope/signed_conditions.h"

#include "crypto/hash.h"

namespace sluis::envelope {

crypto::Hash ConditionsDigest(const peer::v1::Conditions& conditions) {
  return crypto::Sha256({crypto::Lp("sluis/conditions/v1"), conditions.SerializeAsString()});
}

}  // namespace sluis::envelope
