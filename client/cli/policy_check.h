// `sluis policy check` and `sluis policy test`: whether rule packs load, and what their own tests
// say.
#ifndef SLUIS_CLIENT_CLI_POLICY_CHECK_H_
#define SLUIS_CLIENT_CLI_POLICY_CHECK_H_

#include "client/cli/command.h"

namespace sluis::cli {

void AddPolicyCheckCommand(CommandSet& set, CLI::App& group);
void AddPolicyTestCommand(CommandSet& set, CLI::App& group);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_POLICY_CHECK_H_
