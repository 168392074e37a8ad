// `sluis signal`: record, import, list, open, amend, withdraw, erase, hold.
#ifndef SLUIS_CLIENT_CLI_SIGNAL_COMMANDS_H_
#define SLUIS_CLIENT_CLI_SIGNAL_COMMANDS_H_

#include "client/cli/command.h"

namespace sluis::cli {

void AddSignalCommands(CommandSet& set);

// Parts of the above, one file each.
void AddRecordCommand(CommandSet& set, CLI::App& group);
void AddAmendCommand(CommandSet& set, CLI::App& group);
void AddImportCommand(CommandSet& set, CLI::App& group);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_SIGNAL_COMMANDS_H_
