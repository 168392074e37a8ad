#ifndef SLUIS_SERVER_CORE_TAKE_NOTICES_H_
#define SLUIS_SERVER_CORE_TAKE_NOTICES_H_

#include <string>
#include <utility>
#include <vector>

#include "server/core/peer_act.h"
#include "server/core/use_case.h"

namespace sluis::core {

// What a partner says of having been compelled to hand over what was shared with it: kept with the
// exchange, with an entry, also when the record was erased here since. A copy has no effect; one
// about what that partner gave no receipt for is logged and changes nothing, and so are those past
// the 32nd of an exchange. What is owed in the exchange stays owed. Goes on while the partnership
// exchanges nothing.
class TakeNotices : public UseCase {
 public:
  // `leaves`: all of one verified envelope of kind NOTICE.
  TakeNotices(std::string sender, std::vector<PeerLeaf> leaves)
      : sender_(std::move(sender)), leaves_(std::move(leaves)) {}

  const Method& method() const override;
  bool crosses_suspension() const override { return true; }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  absl::Status Take(const Call& call, const View& view, const PeerLeaf& leaf, Plan& plan) const;

  const std::string sender_;
  const std::vector<PeerLeaf> leaves_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_TAKE_NOTICES_H_
