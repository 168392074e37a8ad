// Mandates under which people sign for a partnership: `sluis mandate issue --partnership`,
// `mandate install`, and the list of revoked mandates that partners ask for.
//
// Thread-safety: one thread.
#ifndef SLUIS_CLIENT_CLI_MANDATE_PARTNERSHIP_H_
#define SLUIS_CLIENT_CLI_MANDATE_PARTNERSHIP_H_

#include <set>
#include <string>

#include "client/cli/command.h"
#include "client/cli/shell.h"
#include "crypto/signature.h"
#include "sluis/node/v1/register.pb.h"
#include "sluis/record/v1/mandate.pb.h"

namespace sluis::cli {

struct PartnershipIssue {
  std::string user;
  std::string partnership;
  std::string out;
  std::string follows;  // an earlier mandate of the same person, whose pseudonym stays; or empty
};

// Signs `mandate`, which has everything but partnership and pseudonym, and writes the file. While
// the node has no list of revoked mandates, without which partners believe none, puts an empty one.
Exit IssueForPartnership(Shell& shell, const PartnershipIssue& options, record::v1::Mandate mandate,
                         const crypto::SigningKey& mandate_key);

// The node's list of revoked mandates with these besides and the next number, signed and put there.
Result<node::v1::PutMandateStatusResponse> PutNextList(Shell& shell,
                                                       const node::v1::ListMandatesResponse& stored,
                                                       const std::set<std::string>& besides,
                                                       const crypto::SigningKey& mandate_key);

// `sluis mandate install`.
void AddInstallCommand(CommandSet& set, CLI::App& group);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_MANDATE_PARTNERSHIP_H_
