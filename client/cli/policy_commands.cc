#include "client/cli/policy_commands.h"

#include "client/cli/policy_analyse.h"
#include "client/cli/policy_check.h"
#include "client/cli/policy_diff.h"
#include "client/cli/policy_explain.h"
#include "client/cli/policy_fmt.h"
#include "client/cli/policy_matrix.h"

namespace sluis::cli {

void AddPolicyCommands(CommandSet& set) {
  CLI::App& group = AddGroup(set, "policy", "sluis policy check statutory.be.yaml livc-r.yaml");
  AddPolicyCheckCommand(set, group);
  AddPolicyTestCommand(set, group);
  AddPolicyFmtCommand(set, group);
  AddPolicyExplainCommand(set, group);
  AddPolicyMatrixCommand(set, group);
  AddPolicyDiffCommand(set, group);
  AddPolicyAnalyseCommand(set, group);
}

}  // namespace sluis::cli
