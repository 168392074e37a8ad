#ifndef SLUIS_SERVER_CORE_TAKE_ERASURES_H_
#define SLUIS_SERVER_CORE_TAKE_ERASURES_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server/core/offer_quota.h"
#include "server/core/peer_act.h"
#include "server/core/use_case.h"

namespace sluis::core {

// What a partner says of erasures: asks for one of what it shared (received_erasure.h), or answers
// what this node asked (sent_erasure.h). One effect per record; a copy has none. Goes on while the
// partnership exchanges nothing. Of erasures of what is not here so many are answered as `kept`
// lets through, because a row stays of each; above that they are refused and come again.
class TakeErasures : public UseCase {
 public:
  // `leaves`: all of one verified envelope of kind ERASURE.
  TakeErasures(std::string sender, std::vector<PeerLeaf> leaves,
               std::shared_ptr<OfferQuota> kept = std::make_shared<OfferQuota>())
      : sender_(std::move(sender)), leaves_(std::move(leaves)), kept_(std::move(kept)) {}

  const Method& method() const override;
  bool crosses_suspension() const override { return true; }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const std::string sender_;
  const std::vector<PeerLeaf> leaves_;
  const std::shared_ptr<OfferQuota> kept_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_TAKE_ERASURES_H_
