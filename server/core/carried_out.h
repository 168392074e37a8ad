#ifndef SLUIS_SERVER_CORE_CARRIED_OUT_H_
#define SLUIS_SERVER_CORE_CARRIED_OUT_H_

#include <string_view>

#include "policies/decision.h"
#include "policies/obligation.h"

namespace sluis::core {

// Whether an act of this name on the own node carries this obligation out. False for an action that
// this node does not know. policies/README.md, "On the own node", is the same table and says how.
//
// `fields` and `retention` hold on every act, `log` too because every entry here is a full one.
// `no_evidence` and `onward: {none}` hold where a record is kept, shown or taken away. What an
// authority orders to be handed over leaves in spite of `no_evidence` and of every `onward`, and
// says them to whoever gets it. Nothing here carries out cooling-off, approval, notification or
// k-anonymity.
bool CarriedOutHere(std::string_view action, const policies::Obligation& obligation);

// The kinds of a permit's obligations that an act of this name carries out: what is left out makes
// policies::RefuseUnlessEnforceable refuse. A kind is in the set when every obligation of that kind
// in the decision is carried out.
policies::ObligationKinds EnforceableHere(std::string_view action,
                                          const policies::Decision& decision);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_CARRIED_OUT_H_
