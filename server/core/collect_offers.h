#ifndef SLUIS_SERVER_CORE_COLLECT_OFFERS_H_
#define SLUIS_SERVER_CORE_COLLECT_OFFERS_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "crypto/random.h"
#include "server/core/offer_quota.h"
#include "server/core/peer_act.h"
#include "server/core/use_case.h"

namespace sluis::core {

// Takes what a partner offers, record by record, before any of it can be read: the person's
// signature and mandate hold, the rules permit it, and the conditions are those offered joined with
// the own ones. What is taken is owed a receipt, what is not a refusal; either has an entry.
//
// Guarantee: an exchange id serves once. The same Offer again changes nothing and has no entry;
// another one under an id that was used, in whichever direction, is logged and changes nothing
// either, so that it cannot push aside what is owed for the first. An Offer whose sender knows of a
// newer list of revoked mandates than this node waits: it is not answered and comes again.
// All taken of one envelope share one fresh one-time key. So many are kept a day as `quota` lets
// through: above that, refused ones are logged like any repeated refusal and come again, and those
// that would be taken wait (`quota`).
class CollectOffers : public UseCase {
 public:
  // `leaves`: all of one verified envelope of kind OFFER. `random` must outlive this.
  CollectOffers(std::string sender, std::vector<PeerLeaf> leaves, crypto::Random& random,
                std::shared_ptr<OfferQuota> quota = std::make_shared<OfferQuota>())
      : sender_(std::move(sender)),
        leaves_(std::move(leaves)),
        random_(random),
        quota_(std::move(quota)) {}
  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const std::string sender_;
  const std::vector<PeerLeaf> leaves_;
  crypto::Random& random_;
  const std::shared_ptr<OfferQuota> quota_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_COLLECT_OFFERS_H_
