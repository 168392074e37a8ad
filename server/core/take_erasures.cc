#include "server/core/take_erasures.h"

#include "server/core/judge_leaf.h"
#include "server/core/received_erasure.h"
#include "server/core/sent_erasure.h"
#include "server/core/status_lists.h"

namespace sluis::core {

const Method& TakeErasures::method() const {
  static const Method& method = MethodNamed("PeerService.Deliver");
  return method;
}

absl::StatusOr<Plan> TakeErasures::Decide(const Call& call, View& view) {
  const partnership::Manifest& manifest = call.terms->manifest->manifest;
  const partnership::Member* member = manifest.Find(sender_);
  if (member == nullptr || sender_ != call.peer) {
    return RefusePeer(call, absl::StatusCode::kPermissionDenied, "no_partner");
  }
  absl::StatusOr<record::v1::MandateStatus> status = ReadPartnerStatus(view, sender_);
  if (!status.ok()) return status.status();
  envelope::UserSignatureVerifier verifier(manifest.partnership, sender_,
                                           MandateKeysOf(*member, call.today), call.signatures);
  const ErasureAsker asker{sender_, verifier, *status, *kept_};
  Plan plan;
  size_t waiting = 0;
  bool not_taken = false;  // answers about what is not known here need not come again
  absl::Status unreadable;
  for (const PeerLeaf& leaf : leaves_) {
    const auto* erasure = std::get_if<peer::v1::Erasure>(&leaf.proof.leaf);
    if (erasure == nullptr) return RefusePeer(call, absl::StatusCode::kInvalidArgument, "kind");
    const auto take = [&] {
      if (erasure->step() != peer::v1::ERASURE_STEP_ASKED) {
        return FollowErasure(call, view, sender_, leaf, plan);
      }
      const size_t before = plan.refused_parts.size();
      const absl::StatusOr<bool> taken = TakeErasure(call, view, asker, leaf, plan);
      not_taken = not_taken || plan.refused_parts.size() > before;
      if (taken.ok() && !*taken) ++waiting;
      return taken.status();
    };
    const absl::Status judged = JudgeLeaf(take, plan, unreadable);
    if (!judged.ok()) return judged;
  }
  if (plan.effects.empty() && waiting > 0 && unreadable.ok()) {
    return RefusePeer(call, absl::StatusCode::kFailedPrecondition, kStatusBehind);
  }
  plan.refusal = !plan.effects.empty() && plan.refused_parts.size() == plan.effects.size();
  plan.reply = [waiting, not_taken, refused = plan.refusal && not_taken,
                unreadable](std::span<const ledger::Logged>) {
    if (!unreadable.ok()) return unreadable;
    if (refused) return absl::PermissionDeniedError(std::string(kToPeer));
    // Sent alone next time, each learns what became of it.
    if (not_taken) return absl::FailedPreconditionError(std::string(kToPeer));
    if (waiting > 0) return ComeAgain();
    return absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
