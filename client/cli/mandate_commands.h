// `sluis mandate`: issue, revoke, list.
#ifndef SLUIS_CLIENT_CLI_MANDATE_COMMANDS_H_
#define SLUIS_CLIENT_CLI_MANDATE_COMMANDS_H_

#include "client/cli/command.h"

namespace sluis::cli {

void AddMandateCommands(CommandSet& set);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_MANDATE_COMMANDS_H_
