// `sluis policy fmt`: lays a rule pack out in one form.
#ifndef SLUIS_CLIENT_CLI_POLICY_FMT_H_
#define SLUIS_CLIENT_CLI_POLICY_FMT_H_

#include "client/cli/command.h"

namespace sluis::cli {

void AddPolicyFmtCommand(CommandSet& set, CLI::App& group);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_POLICY_FMT_H_
