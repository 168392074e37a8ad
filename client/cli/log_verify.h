// `sluis log verify`: says offline whether an export is whole, and where it is not.
#ifndef SLUIS_CLIENT_CLI_LOG_VERIFY_H_
#define SLUIS_CLIENT_CLI_LOG_VERIFY_H_

#include "client/cli/command.h"

namespace sluis::cli {

void AddVerifyCommand(CommandSet& set, CLI::App& group);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_LOG_VERIFY_H_
