// `sluis exchange`: how the node stands with its partners.
#ifndef SLUIS_CLIENT_CLI_EXCHANGE_COMMANDS_H_
#define SLUIS_CLIENT_CLI_EXCHANGE_COMMANDS_H_

#include "client/cli/command.h"

namespace sluis::cli {

void AddExchangeCommands(CommandSet& set);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_EXCHANGE_COMMANDS_H_
