// `sluis log query`: looking into the ledger, which is itself an entry.
#ifndef SLUIS_CLIENT_CLI_LOG_QUERY_H_
#define SLUIS_CLIENT_CLI_LOG_QUERY_H_

#include "client/cli/command.h"

namespace sluis::cli {

void AddQueryCommand(CommandSet& set, CLI::App& group);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_LOG_QUERY_H_
