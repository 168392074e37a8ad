#ifndef SLUIS_SERVER_CORE_RELEASE_KEYS_H_
#define SLUIS_SERVER_CORE_RELEASE_KEYS_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/core/partner_heads.h"
#include "server/core/peer_act.h"
#include "server/core/sent_exchange.h"
#include "server/core/set_aside_head.h"
#include "server/core/use_case.h"

namespace sluis::core {

// Receipts of a partner: for each that proves what it must, and that the rules still permit, the
// release is written down as a disclosure and the key is owed from then on. One effect per record.
//
// A receipt that does not prove it, or lies on a fork of the partner's log, never gets the key: the
// exchange is stopped and a Cancel owed, as it is when the rules, the person or the record no
// longer allow it. One whose head nothing ties to the head known here is not followed either, and
// nothing is held against it: the answer names the size from which the partner has to prove it, and
// it comes again. A known head that an administrator set aside counts as none. The first receipt
// that is followed is the only one: the Key names it, and by then may be under way. A receipt for
// what has ended here makes the Cancel owed once more, because its Offer was collected after all. A
// receipt of an exchange that this node never offered to that partner is refused and logged.
class ReleaseKeys : public UseCase {
 public:
  // `leaves`: of one verified envelope of receipts. `bridge`: what came along with it. `heads` must
  // outlive the call.
  ReleaseKeys(std::string sender, std::vector<PeerLeaf> leaves, PartnerHeads& heads,
              std::optional<HeadBridge> bridge = {})
      : sender_(std::move(sender)),
        leaves_(std::move(leaves)),
        heads_(heads),
        bridge_(std::move(bridge)) {}

  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  // `unproven` becomes true when the receipt waits for a proof from the head known here.
  absl::Status Follow(const Call& call, View& view, const PeerLeaf& leaf, bool& unproven,
                      Plan& plan);
  // A receipt of what has ended.
  absl::Status TellAgain(const Call& call, const View& view, const PeerLeaf& leaf,
                         const SentRow& sent, Plan& plan) const;
  // The word for why the receipt does not hold; empty when it does, nothing while its head is not
  // proven. An error is a fault of the node.
  absl::StatusOr<std::optional<std::string>> Judge(const Call& call, const View& view,
                                                   const PeerLeaf& leaf, const SentRow& sent,
                                                   const TravellingOffer& offer);

  // Whether the Offer names a head that the partner lost, as an administrator knows.
  absl::StatusOr<bool> SawLostHead(const View& view, const SentRow& sent,
                                   const peer::v1::Offer& offer) const;

  const std::string sender_;
  const std::vector<PeerLeaf> leaves_;
  PartnerHeads& heads_;
  const std::optional<HeadBridge> bridge_;
  // Of the partner's log, by the view that is decided on.
  KnownLog known_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_RELEASE_KEYS_H_
