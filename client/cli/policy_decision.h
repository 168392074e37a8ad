// A decision in words, for whoever asks what rules would say.
//
// Guarantee: names every rule that counts, each field with its treatment, each obligation with the
// rules it came from, and, where it is not possible, what stands in the way of the nearest permit.
// Rules speak the language asked for where they can, Dutch otherwise. Not guaranteed: that a node
// carries the obligations out. Thread-safety: pure. Errors: none. Source: policies/decision.h.
#ifndef SLUIS_CLIENT_CLI_POLICY_DECISION_H_
#define SLUIS_CLIENT_CLI_POLICY_DECISION_H_

#include <string>

#include "client/cli/shell.h"
#include "policies/decision.h"
#include "policies/request.h"

namespace sluis::cli {

// `request` is complete and what `decision` was made on, under `packs`. Texts of law are those that
// stand on `day` (yyyy-mm-dd).
std::string DecisionLines(const Shell& shell, const policies::PackSet& packs,
                          const policies::Request& request, const policies::Decision& decision,
                          const std::string& day);
Json DecisionJson(const policies::PackSet& packs, const policies::Request& request,
                  const policies::Decision& decision, const std::string& day);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_POLICY_DECISION_H_
