// `sluis signal share`, `sent`, taking a share back, and what erasing asks of partners.
//
// Thread-safety: one thread.
#ifndef SLUIS_CLIENT_CLI_SHARE_COMMANDS_H_
#define SLUIS_CLIENT_CLI_SHARE_COMMANDS_H_

#include <string>

#include "client/cli/command.h"
#include "sluis/node/v1/context.pb.h"
#include "sluis/node/v1/signals.pb.h"

namespace sluis::cli {

void AddShareCommand(CommandSet& set, CLI::App& group);
void AddSentCommand(CommandSet& set, CLI::App& group);

struct ShareWithdrawal {
  node::v1::RequestContext context;
  std::string record_id;  // 16 bytes
  std::string from;       // organisation id
  std::string reason;
};

// Takes back every share of the record with that organisation that is still open, each with the
// person's signature: whether it has left meanwhile is known to the node only.
Exit WithdrawShares(Shell& shell, const ShareWithdrawal& asked);

// Tells that a signal was taken back at the own node, at which partners it is still open all the
// same, and how to take it back there. Done even when those cannot be listed, which is told too.
Exit SayWithdrawn(Shell& shell, const node::v1::WithdrawSignalRequest& request,
                  const node::v1::WithdrawSignalResponse& answer);

// Adds to the erasure of a record the person's signature for each partner that may have it.
Step SignForPartners(Shell& shell, node::v1::EraseSignalRequest& request);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_SHARE_COMMANDS_H_
