// `sluis policy analyse`: how much rule packs permit, what in them does nothing, what they rest on,
// and who can see what.
#ifndef SLUIS_CLIENT_CLI_POLICY_ANALYSE_H_
#define SLUIS_CLIENT_CLI_POLICY_ANALYSE_H_

#include "client/cli/command.h"

namespace sluis::cli {

void AddPolicyAnalyseCommand(CommandSet& set, CLI::App& group);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_POLICY_ANALYSE_H_
