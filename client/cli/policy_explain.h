// `sluis policy explain`: decides one request under rule packs and says why.
#ifndef SLUIS_CLIENT_CLI_POLICY_EXPLAIN_H_
#define SLUIS_CLIENT_CLI_POLICY_EXPLAIN_H_

#include "client/cli/command.h"

namespace sluis::cli {

void AddPolicyExplainCommand(CommandSet& set, CLI::App& group);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_POLICY_EXPLAIN_H_
