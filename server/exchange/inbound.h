// What arrives from other nodes: reads and verifies an envelope, and hands its records to the one
// use case of its kind.
//
// Guarantee: nothing reaches a use case but a whole, unaltered envelope for this node, signed by a
// key of the member that the connection's certificate names, under the manifest in force, while the
// partnership exchanges, or of a kind that crosses its suspension; OK is answered only when what
// the use case decided is durable. What is not believed is parked: counted by its fault, answered
// with one constant, and not kept. Another manifest is answered with "update". Not guaranteed: that
// an envelope is new (use cases answer a copy as they answered the first). A record of which a row
// cannot be read here is left aside and refused, so that its sender sends it alone and later; the
// others are carried out. Thread-safe; never blocks on the ledger. Errors to the peer:
// RefusedToPeer, UpdateNeeded, FAILED_PRECONDITION with code "head" for receipts whose head is not
// proven, UNAVAILABLE when this node cannot take anything now.
#ifndef SLUIS_SERVER_EXCHANGE_INBOUND_H_
#define SLUIS_SERVER_EXCHANGE_INBOUND_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "server/core/executor.h"
#include "server/core/partner_heads.h"
#include "server/core/peer_act.h"
#include "server/core/terms.h"
#include "server/core/use_case.h"
#include "server/envelope/fault.h"
#include "server/exchange/protocol.h"
#include "server/storage/clock.h"
#include "sluis/peer/v1/peer.pb.h"

namespace sluis::exchange {

// All references must outlive what is under way.
struct InboundParts {
  // The own organisation.
  std::string organisation;
  Protocol protocol;
  core::TermsInForce& terms;
  core::Executor& executor;
  storage::Clock& clock;
  // Told of every envelope that is not believed, and which member handed it over.
  std::function<void(const std::string& sender, envelope::Fault)> parked;
  // Told of what this node could not read, so that a message did not arrive: no caller hears of it.
  std::function<void(const absl::Status&)> fault = [](const absl::Status&) {};
  // The use case of each kind that this node takes; other kinds are parked.
  using Act = std::function<std::shared_ptr<core::UseCase>(
      std::string sender, std::vector<core::PeerLeaf> leaves,
      const std::optional<core::HeadBridge>& bridge)>;
  std::map<peer::v1::EnvelopeKind, Act> acts;
};

class Inbound {
 public:
  explicit Inbound(InboundParts parts) : parts_(std::move(parts)) {}

  // `sender` is the member whose certificate was verified for this call; `done` runs exactly once.
  void Deliver(const std::string& sender, const peer::v1::DeliverRequest& request,
               std::function<void(absl::Status)> done);

 private:
  const InboundParts parts_;
};

}  // namespace sluis::exchange

#endif  // SLUIS_SERVER_EXCHANGE_INBOUND_H_
