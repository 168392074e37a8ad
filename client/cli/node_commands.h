// `sluis node`: init, status, doctor, backup, restore.
#ifndef SLUIS_CLIENT_CLI_NODE_COMMANDS_H_
#define SLUIS_CLIENT_CLI_NODE_COMMANDS_H_

#include "client/cli/command.h"

namespace sluis::cli {

void AddNodeCommands(CommandSet& set);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_NODE_COMMANDS_H_
