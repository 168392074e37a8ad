#include "server/exchange/inbound.h"

#include <utility>

#include "server/envelope/envelope.h"
#include "server/exchange/peer_refusal.h"

namespace sluis::exchange {
namespace {

// Longest consistency proof of a tree of 2^63 leaves.
constexpr int kMostConsistency = 126;

// What the sender hears of how its envelope fared here. A fault of this node says nothing but that
// it should come again; every refusal is the same. That the sender's own newest list of revoked
// mandates is not here is no refusal.
absl::Status ToPeer(const absl::Status& status) {
  const auto detail = PeerRefusalOf(status);
  if (detail && detail->code() == kProveHead) return status;
  if (detail && (detail->code() == core::kStatusBehind || detail->code() == core::kQuota)) {
    return LaterToPeer();
  }
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return status;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kNotFound:
    // One record that this node cannot read: the sender finds out which by sending them one by one.
    case absl::StatusCode::kDataLoss:
      return RefusedToPeer();
    default:
      return absl::UnavailableError("this node cannot take it now; send it again later");
  }
}

// Nothing for one that is not of form: it comes again without.
std::optional<core::HeadBridge> BridgeOf(const peer::v1::DeliverRequest& request) {
  const peer::v1::HeadProof& proof = request.head_proof();
  if (proof.known_size() == 0 || proof.consistency_size() > kMostConsistency) return std::nullopt;
  core::HeadBridge bridge;
  bridge.known_size = proof.known_size();
  for (const std::string& hash : proof.consistency()) {
    const auto fixed = crypto::ToFixed<32>(hash);
    if (!fixed.ok()) return std::nullopt;
    bridge.consistency.push_back(*fixed);
  }
  return bridge;
}

}  // namespace

void Inbound::Deliver(const std::string& sender, const peer::v1::DeliverRequest& request,
                      std::function<void(absl::Status)> done) {
  const std::shared_ptr<const core::Terms> terms = parts_.terms.Get();
  if (!terms->manifest) {
    done(RefusedToPeer());
    return;
  }
  const auto park = [&](const absl::Status& status) {
    const std::optional<envelope::Fault> fault = envelope::FaultOf(status);
    parts_.parked(sender, fault.value_or(envelope::Fault::kMalformed));
    done(fault == envelope::Fault::kUpdate ? UpdateNeeded(parts_.protocol) : RefusedToPeer());
  };
  absl::StatusOr<envelope::Envelope> read = envelope::ReadEnvelope(request.envelope());
  if (!read.ok()) {
    park(read.status());
    return;
  }
  // Who sends is whom the connection names; a member may not hand over another's envelope.
  if (read->head.head.sender() != sender) {
    park(envelope::Refuse(envelope::Fault::kSender));
    return;
  }
  if (!terms->may_exchange && !envelope::CrossesSuspension(read->head.head.kind())) {
    done(RefusedToPeer());
    return;
  }
  const std::string today = storage::LegalDay(parts_.clock.NowUs());
  const absl::Status verified =
      envelope::VerifyEnvelope(*read, {.manifest = terms->manifest->manifest,
                                       .day = today,
                                       .recipient = std::string_view(parts_.organisation)});
  if (!verified.ok()) {
    park(verified);
    return;
  }
  const auto act = parts_.acts.find(read->head.head.kind());
  if (act == parts_.acts.end()) {
    park(envelope::Refuse(envelope::Fault::kKind));
    return;
  }
  parts_.executor.RunAsPeer(
      sender, act->second(sender, core::PeerLeavesOf(*std::move(read)), BridgeOf(request)),
      [done = std::move(done), fault = parts_.fault](const absl::Status& status) {
        if (absl::IsDataLoss(status)) fault(status);
        done(ToPeer(status));
      });
}

}  // namespace sluis::exchange
