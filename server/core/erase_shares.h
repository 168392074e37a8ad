#ifndef SLUIS_SERVER_CORE_ERASE_SHARES_H_
#define SLUIS_SERVER_CORE_ERASE_SHARES_H_

#include <string_view>

#include "absl/status/status.h"
#include "server/core/call.h"
#include "server/core/plan.h"
#include "server/core/view.h"

namespace sluis::core {

// Adds to the erasure of a record what it does to the exchanges of it. What is sealed in their rows
// dies with the key of the record; here it goes from the rows as well. An exchange that is on its
// way ends: nothing is owed any more before it left, and a Cancel once the partner may have the
// Offer, which then never gets its key. What was opened there is not reached by this.
absl::Status AddErasedShares(const Call& call, const View& view, std::string_view record_id,
                             Effect& effect);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_ERASE_SHARES_H_
