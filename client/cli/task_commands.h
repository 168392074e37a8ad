// `sluis tasks`: list, open, claim, release, done, hand-over, absence, watch, digest.
#ifndef SLUIS_CLIENT_CLI_TASK_COMMANDS_H_
#define SLUIS_CLIENT_CLI_TASK_COMMANDS_H_

#include "client/cli/command.h"

namespace sluis::cli {

void AddTaskCommands(CommandSet& set);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_TASK_COMMANDS_H_
