// `sluis log replay`: decides again what a log says was decided, by the packs of that time.
#ifndef SLUIS_CLIENT_CLI_LOG_REPLAY_H_
#define SLUIS_CLIENT_CLI_LOG_REPLAY_H_

#include "client/cli/command.h"

namespace sluis::cli {

void AddReplayCommand(CommandSet& set, CLI::App& group);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_LOG_REPLAY_H_
