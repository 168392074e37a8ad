#include "server/core/peer_act.h"

#include "server/core/refusal.h"

namespace sluis::core {

std::vector<PeerLeaf> PeerLeavesOf(envelope::Envelope envelope) {
  std::vector<PeerLeaf> leaves;
  leaves.reserve(envelope.leaves.size());
  for (envelope::RecordProof& proof : envelope::ProveRecords(std::move(envelope))) {
    const crypto::Hash digest = envelope::LeafDigest(proof.leaf_bytes);
    leaves.push_back({std::move(proof), digest});
  }
  return leaves;
}

Plan RefusePeer(const Call& call, absl::StatusCode status, std::string code) {
  return RefusalPlan(call, {status, std::move(code), std::string(kToPeer), ""});
}

absl::Status ComeAgain() {
  node::v1::RefusalDetail detail;
  detail.set_code(kStatusBehind);
  return RefusalStatus(
      {absl::StatusCode::kFailedPrecondition, kStatusBehind, std::string(kToPeer), ""},
      std::move(detail));
}

absl::StatusOr<Plan> PlanPeerCall(UseCase& use_case, const Call& call, View& view) {
  const Terms& terms = *call.terms;
  if (terms.stamp == ledger::kAbsent) return TermsNotRecorded();
  if (call.method->method_class != node::v1::METHOD_CLASS_PEER) {
    return RefusePeer(call, absl::StatusCode::kPermissionDenied, "no_class");
  }
  if (call.peer == terms.organisation || !terms.manifest ||
      terms.manifest->manifest.Find(call.peer) == nullptr) {
    return RefusePeer(call, absl::StatusCode::kPermissionDenied, "no_partner");
  }
  if (!terms.may_exchange && !use_case.crosses_suspension()) {
    return RefusePeer(call, absl::StatusCode::kFailedPrecondition, "not_exchanging");
  }
  return use_case.Decide(call, view);
}

}  // namespace sluis::core
