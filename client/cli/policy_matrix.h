// `sluis policy matrix`: who can see which field for what.
#ifndef SLUIS_CLIENT_CLI_POLICY_MATRIX_H_
#define SLUIS_CLIENT_CLI_POLICY_MATRIX_H_

#include "client/cli/command.h"

namespace sluis::cli {

void AddPolicyMatrixCommand(CommandSet& set, CLI::App& group);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_POLICY_MATRIX_H_
