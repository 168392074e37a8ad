// `sluis keys`: status, generate, reshare, roll, recover, agree.
#ifndef SLUIS_CLIENT_CLI_KEYS_COMMANDS_H_
#define SLUIS_CLIENT_CLI_KEYS_COMMANDS_H_

#include "client/cli/command.h"

namespace sluis::cli {

void AddKeysCommands(CommandSet& set);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_KEYS_COMMANDS_H_
