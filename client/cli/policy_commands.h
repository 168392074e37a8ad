// `sluis policy`: what rule packs say, without a node.
#ifndef SLUIS_CLIENT_CLI_POLICY_COMMANDS_H_
#define SLUIS_CLIENT_CLI_POLICY_COMMANDS_H_

#include "client/cli/command.h"

namespace sluis::cli {

void AddPolicyCommands(CommandSet& set);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_POLICY_COMMANDS_H_
