#ifndef SLUIS_SERVER_CORE_START_CEREMONY_H_
#define SLUIS_SERVER_CORE_START_CEREMONY_H_

#include "server/core/ceremonies.h"
#include "server/core/use_case.h"
#include "sluis/node/v1/keys.pb.h"

namespace sluis::core {

// StartCeremony: proposes a ceremony to all who take part, by announcing it; or shows what it would
// propose, with an entry and nothing else. One entry: parameters, the seed sealed, the announcement
// owed to each.
//
// Refused, each with what to do: `bad_request` for what is not of form, `too_few_holders`,
// `too_few_hosts`, `low_threshold`, `crowded_host`, `no_key`, `ceremony_running` while another one
// about the same key is under way here, `not_exchanging`, and `no_ceremony` for what else may not
// be.
class StartCeremony : public UseCase {
 public:
  // All must outlive the call; `ceremonies` is null while the node has no keys for partners.
  StartCeremony(const node::v1::StartCeremonyRequest& request,
                node::v1::StartCeremonyResponse& response, Ceremonies* ceremonies)
      : request_(request), response_(response), ceremonies_(ceremonies) {}

  const Method& method() const override;
  bool takes_turns() const override { return true; }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::StartCeremonyRequest& request_;
  node::v1::StartCeremonyResponse& response_;
  Ceremonies* const ceremonies_;
};

// AgreeCeremony: takes part in one that another member has started. What came of it so far is taken
// in the order in which it came, as one entry.
//
// Refused: `no_ceremony` for one that is not proposed here, whose time is over, or that this node
// cannot take part in.
class AgreeCeremony : public UseCase {
 public:
  AgreeCeremony(const node::v1::AgreeCeremonyRequest& request,
                node::v1::AgreeCeremonyResponse& response, Ceremonies* ceremonies)
      : request_(request), response_(response), ceremonies_(ceremonies) {}

  const Method& method() const override;
  bool takes_turns() const override { return true; }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::AgreeCeremonyRequest& request_;
  node::v1::AgreeCeremonyResponse& response_;
  Ceremonies* const ceremonies_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_START_CEREMONY_H_
