#ifndef SLUIS_SERVER_CORE_CANCEL_RECEIVED_H_
#define SLUIS_SERVER_CORE_CANCEL_RECEIVED_H_

#include <string>
#include <utility>
#include <vector>

#include "server/core/peer_act.h"
#include "server/core/use_case.h"

namespace sluis::core {

// Takes back what a partner offered: before the key the exchange ends, afterwards the record is
// closed to reading until its retention ends, like a signal that its own author took back.
//
// Guarantee: only the sender of the Offer takes it back, and in the name of a person only with that
// person's signature, verified like that of a share. What is not here, or has ended, is answered OK
// and changes nothing: the sender's queue is free. One that knows of a newer list of revoked
// mandates than this node waits and comes again.
class CancelReceived : public UseCase {
 public:
  // `leaves`: all of one verified envelope of kind CANCEL.
  CancelReceived(std::string sender, std::vector<PeerLeaf> leaves)
      : sender_(std::move(sender)), leaves_(std::move(leaves)) {}
  const Method& method() const override;
  bool crosses_suspension() const override { return true; }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const std::string sender_;
  const std::vector<PeerLeaf> leaves_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_CANCEL_RECEIVED_H_
