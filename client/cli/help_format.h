// The layout of --help, in the language of the person.
//
// Thread-safety: one thread. Ownership: borrows the command set.
#ifndef SLUIS_CLIENT_CLI_HELP_FORMAT_H_
#define SLUIS_CLIENT_CLI_HELP_FORMAT_H_

#include <string>

#include "client/cli/command.h"

namespace sluis::cli {

// The help of one command or group.
std::string HelpOf(const CommandSet& set, const CLI::App& command);

// "sluis signal record": the command as it is typed.
std::string PathOf(const CLI::App& command);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_HELP_FORMAT_H_
