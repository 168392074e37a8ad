#ifndef SLUIS_SERVER_CORE_STOP_SHARE_H_
#define SLUIS_SERVER_CORE_STOP_SHARE_H_

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "server/core/peer_act.h"
#include "server/core/release_again.h"
#include "server/core/sent_exchange.h"
#include "server/core/use_case.h"

namespace sluis::core {

// Ends an exchange that may not go on: because its delivery window is over, or because it was
// decided again and the rules, the record or the person no longer allow it. An act of the node,
// which decides it once more itself; refused with `not_due` when it may go on.
class StopShare : public UseCase {
 public:
  // `departed`: whether the partner may have the Offer, and must then be told.
  StopShare(std::string exchange_id, bool departed)
      : exchange_id_(std::move(exchange_id)), departed_(departed) {}

  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const std::string exchange_id_;
  const bool departed_;
};

// The effect that ends an exchange for the reason in `again`. With `tell_partner` a Cancel is owed,
// otherwise nothing, and the entry says which (EndingKind). The sealed key goes with it. The state
// is EXPIRED for "expired", STOPPED for every other word.
Effect Stopped(const Call& call, const SentRow& sent, const ReleaseAgain& again, bool tell_partner);

// The effect that makes a Cancel owed for an exchange that has ended: that of then, or one without
// a person's signature where nobody was to hear of it. Once for each exchange.
absl::StatusOr<Effect> CancelledAgain(const Call& call, const View& view, const SentRow& sent,
                                      const SentBinding& bound);

// Adds the effect of a message about an exchange that this node does not have with that partner: an
// entry, and nothing else; a refused part, so that a partner cannot fill the log with them.
void AddUnknown(const Call& call, std::string_view peer, const PeerLeaf& leaf,
                std::string_view kind, Plan& plan);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_STOP_SHARE_H_
