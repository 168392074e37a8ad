#ifndef SLUIS_SERVER_CORE_TAKE_ERASURES_H_
#define SLUIS_SERVER_CORE_TAKE_ERASURES_H_

#include <string>
#include <utility>
#include <vector>

#include "server/core/peer_act.h"
#include "server/core/use_case.h"

namespace sluis::core {

// What a partner says of erasures: asks for one of what it shared (received_erasure.h), or answers
// what this node asked (sent_erasure.h). One effect per record; a copy has none. Goes on while the
// partnership exchanges nothing.
class TakeErasures : public UseCase {
 public:
  // `leaves`: all of one verified envelope of kind ERASURE.
  TakeErasures(std::string sender, std::vector<PeerLeaf> leaves)
      : sender_(std::move(sender)), leaves_(std::move(leaves)) {}

  const Method& method() const override;
  bool crosses_suspension() const override { return true; }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const std::string sender_;
  const std::vector<PeerLeaf> leaves_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_TAKE_ERASURES_H_
