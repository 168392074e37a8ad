#ifndef SLUIS_SERVER_EXCHANGE_PEER_REFUSAL_H_
#define SLUIS_SERVER_EXCHANGE_PEER_REFUSAL_H_

#include <optional>

#include "absl/status/status.h"
#include "server/exchange/protocol.h"
#include "sluis/peer/v1/peer.pb.h"

namespace sluis::exchange {

// The one refusal that a peer ever sees, whatever the reason: PERMISSION_DENIED, code "refused".
// Two refusals that differ would say something to one who has no right to know it.
absl::Status RefusedToPeer();

// FAILED_PRECONDITION, code "update", with the versions that this node speaks: without them nobody
// could say which side has to be updated.
absl::Status UpdateNeeded(const Protocol& own);

// Code of the answer to receipts whose head is not proven from the one known here: it names the
// size of that one.
inline constexpr char kProveHead[] = "head";

// Code of the answer to what waits for the sender's own newest list of revoked mandates.
inline constexpr char kLater[] = "later";
// FAILED_PRECONDITION with that code.
absl::Status LaterToPeer();

// The detail that a refusing peer sent along; none when there is none or it cannot be read.
std::optional<peer::v1::PeerRefusal> PeerRefusalOf(const absl::Status& status);

}  // namespace sluis::exchange

#endif  // SLUIS_SERVER_EXCHANGE_PEER_REFUSAL_H_
