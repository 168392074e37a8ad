#ifndef SLUIS_SERVER_CORE_RECEIVED_CORRECTION_H_
#define SLUIS_SERVER_CORE_RECEIVED_CORRECTION_H_

#include <set>
#include <string>

#include "absl/status/status.h"
#include "server/core/call.h"
#include "server/core/plan.h"
#include "server/core/received_exchange.h"
#include "sluis/peer/v1/terms.pb.h"

namespace sluis::core {

// Whether the sender said that this version is wrong, and what corrects it has not been opened yet.
bool AwaitsCorrection(const record::v1::ReceivedExchange& row);

// Adds what opening a received record does to the earlier version that it corrects, as its terms
// say: one effect that closes that record to reading, like one that was taken back, and says in its
// row what took its place, and destroys who it was about; the same of one that its sender closed
// ahead of the correction. Nothing when the terms correct nothing, or something that this sender's
// exchange with this node did not bring here open. `corrected`:
// those closed in this plan already. Pure. Errors: DATA_LOSS for a row that cannot be read.
absl::Status AddCorrected(const Call& call, const View& view,
                          const record::v1::ReceivedExchange& opened, const peer::v1::Terms& terms,
                          std::set<std::string>& corrected, Plan& plan);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_RECEIVED_CORRECTION_H_
