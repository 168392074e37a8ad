#ifndef SLUIS_SERVER_CORE_CANCEL_CEREMONY_H_
#define SLUIS_SERVER_CORE_CANCEL_CEREMONY_H_

#include "server/core/ceremonies.h"
#include "server/core/use_case.h"
#include "sluis/node/v1/keys.pb.h"

namespace sluis::core {

// CancelCeremony: ends a ceremony that is proposed here or runs, with one entry, and owes all who
// take part a message by which it ends there as well, under the name of this member. Also one whose
// rows make no machine any more. In the last round this node has confirmed already, so the others
// may complete it, and it completes here when they do.
//
// Refused: `no_ceremony` for one that neither is proposed here nor runs, `not_exchanging` while the
// node has no keys for partners.
class CancelCeremony : public UseCase {
 public:
  // All must outlive the call; `ceremonies` is null while the node has no keys for partners.
  CancelCeremony(const node::v1::CancelCeremonyRequest& request,
                 node::v1::CancelCeremonyResponse& response, Ceremonies* ceremonies)
      : request_(request), response_(response), ceremonies_(ceremonies) {}

  const Method& method() const override;
  bool takes_turns() const override { return true; }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::CancelCeremonyRequest& request_;
  node::v1::CancelCeremonyResponse& response_;
  Ceremonies* const ceremonies_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_CANCEL_CEREMONY_H_
