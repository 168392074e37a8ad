// `sluis protocol`: new, check, render, sign, show.
#ifndef SLUIS_CLIENT_CLI_PROTOCOL_COMMANDS_H_
#define SLUIS_CLIENT_CLI_PROTOCOL_COMMANDS_H_

#include "client/cli/command.h"

namespace sluis::cli {

void AddProtocolCommands(CommandSet& set);

// Parts of the above, one file each; the last holds two.
void AddProtocolNewCommand(CommandSet& set, CLI::App& group);
void AddProtocolCheckCommand(CommandSet& set, CLI::App& group);
void AddProtocolRenderCommand(CommandSet& set, CLI::App& group);
void AddProtocolSignCommand(CommandSet& set, CLI::App& group);
void AddProtocolShowCommand(CommandSet& set, CLI::App& group);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_PROTOCOL_COMMANDS_H_
