// `sluis policy diff`: on which requests two versions of rule packs differ.
#ifndef SLUIS_CLIENT_CLI_POLICY_DIFF_H_
#define SLUIS_CLIENT_CLI_POLICY_DIFF_H_

#include "client/cli/command.h"

namespace sluis::cli {

void AddPolicyDiffCommand(CommandSet& set, CLI::App& group);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_POLICY_DIFF_H_
