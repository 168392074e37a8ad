// `sluis inbox`: what partners shared with this node.
#ifndef SLUIS_CLIENT_CLI_INBOX_COMMANDS_H_
#define SLUIS_CLIENT_CLI_INBOX_COMMANDS_H_

#include "client/cli/command.h"

namespace sluis::cli {

void AddInboxCommands(CommandSet& set);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_INBOX_COMMANDS_H_
