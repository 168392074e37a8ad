// `sluis log`: query, verify, proof, export, reconcile, replay, checkpoint.
#ifndef SLUIS_CLIENT_CLI_LOG_COMMANDS_H_
#define SLUIS_CLIENT_CLI_LOG_COMMANDS_H_

#include "client/cli/command.h"

namespace sluis::cli {

void AddLogCommands(CommandSet& set);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_LOG_COMMANDS_H_
