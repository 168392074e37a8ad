// `sluis partnership`: member, draft, sign, assemble, show, accept-log.
#ifndef SLUIS_CLIENT_CLI_PARTNERSHIP_COMMANDS_H_
#define SLUIS_CLIENT_CLI_PARTNERSHIP_COMMANDS_H_

#include <optional>
#include <string>

#include "client/cli/command.h"
#include "server/partnership/manifest.h"

namespace sluis::cli {

void AddPartnershipCommands(CommandSet& set);

// Parts of the above, one file each.
void AddMemberCommand(CommandSet& set, CLI::App& group);
void AddDraftCommand(CommandSet& set, CLI::App& group);
void AddSignCommand(CommandSet& set, CLI::App& group);
void AddAssembleCommand(CommandSet& set, CLI::App& group);
void AddShowCommand(CommandSet& set, CLI::App& group);
void AddAcceptLogCommand(CommandSet& set, CLI::App& group);

// The manifest of --follows; nothing when the option was left out.
Result<std::optional<partnership::Manifest>> HeldManifest(const std::string& path);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_PARTNERSHIP_COMMANDS_H_
