#ifndef SLUIS_SERVER_CORE_CLOSE_SENT_H_
#define SLUIS_SERVER_CORE_CLOSE_SENT_H_

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "server/core/peer_act.h"
#include "server/core/sent_exchange.h"
#include "server/core/use_case.h"

namespace sluis::core {

// What a partner says an exchange came to: Opened, Unopenable or a Refusal. It ends the exchange,
// frees the queue and lets the sealed key go; the signed answer is kept. One effect per record.
// What was opened as a correction takes the place of the earlier exchange; one that was not leaves
// nothing wrong open there (AddClosedEarlier). After the key was
// released a Refusal or Unopenable is the partner's word only: the exchange ends, and the partner
// is still taken to have the record (MayBeThere). The answer is kept beside the Receipt that it
// contradicts.
//
// An answer must name what this node sent: the Offer by its digest, and the receipt that was
// followed. One that names something else, or an exchange that this node never had with that
// partner, is refused and logged. What is known already, or comes after the end, comes to no
// effect.
class CloseSent : public UseCase {
 public:
  // `leaves`: of one verified envelope of such answers.
  CloseSent(std::string sender, std::vector<PeerLeaf> leaves)
      : sender_(std::move(sender)), leaves_(std::move(leaves)) {}

  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  absl::Status Close(const Call& call, View& view, const PeerLeaf& leaf,
                     std::set<std::string>& corrected, Plan& plan) const;

  const std::string sender_;
  const std::vector<PeerLeaf> leaves_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_CLOSE_SENT_H_
