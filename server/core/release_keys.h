#ifndef SLUIS_SERVER_CORE_RELEASE_KEYS_H_
#define SLUIS_SERVER_CORE_RELEASE_KEYS_H_

#include <string>
#include <utility>
#include <vector>

#include "server/core/partner_heads.h"
#include "server/core/peer_act.h"
#include "server/core/sent_exchange.h"
#include "server/core/use_case.h"

namespace sluis::core {

// Receipts of a partner: for each that proves what it must, and that the rules still permit, the
// release is written down as a disclosure and the key is owed from then on. One effect per record.
//
// A receipt that does not prove it, or lies on a fork of the partner's log, never gets the key: the
// exchange is stopped and a Cancel owed, as it is when the rules, the person or the record no
// longer allow it. What is known already comes to no effect; a receipt of an exchange that this
// node never offered to that partner is refused and logged. A new receipt after the release is
// followed again: the one-time key of the first may be gone.
class ReleaseKeys : public UseCase {
 public:
  // `leaves`: of one verified envelope of receipts. `heads` must outlive the call.
  ReleaseKeys(std::string sender, std::vector<PeerLeaf> leaves, PartnerHeads& heads)
      : sender_(std::move(sender)), leaves_(std::move(leaves)), heads_(heads) {}

  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  absl::Status Follow(const Call& call, View& view, const PeerLeaf& leaf, Plan& plan);
  // The word for why the receipt does not hold; empty when it does. An error is a fault of the
  // node.
  absl::StatusOr<std::string> Judge(const Call& call, const PeerLeaf& leaf,
                                    const TravellingOffer& offer);

  const std::string sender_;
  const std::vector<PeerLeaf> leaves_;
  PartnerHeads& heads_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_RELEASE_KEYS_H_
