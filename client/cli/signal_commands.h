// `sluis signal`: record, import, list, open, amend, tag, share, sent, withdraw, erase, hold,
// export.
#ifndef SLUIS_CLIENT_CLI_SIGNAL_COMMANDS_H_
#define SLUIS_CLIENT_CLI_SIGNAL_COMMANDS_H_

#include <string>

#include "client/cli/command.h"
#include "sluis/node/v1/signals.pb.h"

namespace sluis::cli {

void AddSignalCommands(CommandSet& set);

// Parts of the above, one file each.
void AddRecordCommand(CommandSet& set, CLI::App& group);
void AddAmendCommand(CommandSet& set, CLI::App& group);
void AddTagCommand(CommandSet& set, CLI::App& group);
void AddImportCommand(CommandSet& set, CLI::App& group);
void AddCompelledCommand(CommandSet& set, CLI::App& group);

// Shows a signal that was opened, and writes its form to the file `out` when that is named. Not
// that of a signal of another organisation, which is shown and refused: written down anew from it,
// it would be one without the terms that were signed for.
Exit ShowOpened(Shell& shell, const node::v1::OpenSignalResponse& answer, const std::string& out);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_SIGNAL_COMMANDS_H_
