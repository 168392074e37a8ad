// What `sluis node doctor` finds about the partners of a node, and what `sluis exchange status`
// says of each.
#ifndef SLUIS_CLIENT_CLI_EXCHANGE_DOCTOR_H_
#define SLUIS_CLIENT_CLI_EXCHANGE_DOCTOR_H_

#include <string>
#include <string_view>
#include <vector>

#include "client/cli/node_doctor.h"
#include "sluis/node/v1/exchange.pb.h"
#include "sluis/node/v1/status.pb.h"

namespace sluis::cli {

// Key of the short text for a trouble code; for a code that this command does not know, one that
// says so.
std::string StandingKey(std::string_view trouble);

// One diagnosis per partner and fault; empty when the node is in no partnership. `status` is of the
// same node at about the same time. Pure.
std::vector<Diagnosis> ExamineExchange(const node::v1::GetExchangeResponse& exchange,
                                       const node::v1::GetStatusResponse& status);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_EXCHANGE_DOCTOR_H_
