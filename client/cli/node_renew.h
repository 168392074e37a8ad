// `sluis node renew`: a new TLS key and certificate for the node, without stopping it.
#ifndef SLUIS_CLIENT_CLI_NODE_RENEW_H_
#define SLUIS_CLIENT_CLI_NODE_RENEW_H_

#include "client/cli/command.h"

namespace sluis::cli {

void AddRenewCommand(CommandSet& set, CLI::App& group);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_NODE_RENEW_H_
