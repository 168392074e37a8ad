#ifndef SLUIS_SERVER_CORE_PEER_ACT_H_
#define SLUIS_SERVER_CORE_PEER_ACT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "server/core/use_case.h"
#include "server/envelope/envelope.h"
#include "server/envelope/leaf.h"
#include "server/envelope/record_proof.h"

namespace sluis::core {

// One record of a verified envelope, as its use case takes it: with the proof that is kept, and the
// digest of its leaf, by which everything else names it.
struct PeerLeaf {
  envelope::RecordProof proof;
  crypto::Hash digest{};
};

// The leaves of an envelope that was read and verified (envelope.h), in its order. A use case is
// given all of them: keys open only together.
std::vector<PeerLeaf> PeerLeavesOf(envelope::Envelope envelope);

// The text of every refusal of a peer: which one it is, is told by its code to this node alone.
inline constexpr std::string_view kToPeer = "not accepted";
Plan RefusePeer(const Call& call, absl::StatusCode status, std::string code);

// Code of what waits for the sender's newest list of revoked mandates: it is neither taken nor
// refused, and comes again once that list is here.
inline constexpr char kStatusBehind[] = "status_behind";
// Code of what waits because this partner had more taken today than is kept of one partner.
inline constexpr char kQuota[] = "quota";
// The answer when only some of an envelope wait: FAILED_PRECONDITION, kStatusBehind.
absl::Status ComeAgain();

// Lets the node of `call.peer` ask this, or refuses: no method of its class, no other member of the
// manifest in force, or nothing may be exchanged now and this does not cross that.
absl::StatusOr<Plan> PlanPeerCall(UseCase& use_case, const Call& call, View& view);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_PEER_ACT_H_
