// `sluis node init`: a new node with its CA, keys, configuration and first administrator.
#ifndef SLUIS_CLIENT_CLI_NODE_INIT_H_
#define SLUIS_CLIENT_CLI_NODE_INIT_H_

#include "client/cli/command.h"

namespace sluis::cli {

void AddInitCommand(CommandSet& set, CLI::App& group);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_NODE_INIT_H_
