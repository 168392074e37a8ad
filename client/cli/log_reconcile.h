// `sluis log reconcile`: compares what two logs say about the exchanges between two organisations.
#ifndef SLUIS_CLIENT_CLI_LOG_RECONCILE_H_
#define SLUIS_CLIENT_CLI_LOG_RECONCILE_H_

#include "client/cli/command.h"

namespace sluis::cli {

void AddReconcileCommand(CommandSet& set, CLI::App& group);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_LOG_RECONCILE_H_
