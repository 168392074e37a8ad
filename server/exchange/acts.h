#ifndef SLUIS_SERVER_EXCHANGE_ACTS_H_
#define SLUIS_SERVER_EXCHANGE_ACTS_H_

#include <map>

#include "crypto/random.h"
#include "crypto/secret.h"
#include "server/core/ceremonies.h"
#include "server/core/given_receipts.h"
#include "server/core/partner_heads.h"
#include "server/exchange/inbound.h"

namespace sluis::exchange {

// The use case of each kind of message that a node takes from another. All must outlive what is
// under way. `tag_key`: of the indexes of tags that come along (core/received_tags.h).
std::map<peer::v1::EnvelopeKind, InboundParts::Act> ActsOf(core::PartnerHeads& heads,
                                                           const core::GivenReceipts& receipts,
                                                           core::Ceremonies& ceremonies,
                                                           crypto::Random& random,
                                                           const crypto::Secret<32>& tag_key);

}  // namespace sluis::exchange

#endif  // SLUIS_SERVER_EXCHANGE_ACTS_H_
