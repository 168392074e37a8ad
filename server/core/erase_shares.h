#ifndef SLUIS_SERVER_CORE_ERASE_SHARES_H_
#define SLUIS_SERVER_CORE_ERASE_SHARES_H_

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/core/call.h"
#include "server/core/plan.h"
#include "server/core/refusal.h"
#include "server/core/view.h"
#include "sluis/node/v1/signals.pb.h"
#include "sluis/peer/v1/terms.pb.h"

namespace sluis::core {

// What the person who erases a record signed for partners, by exchange id.
using ErasureSignatures = std::map<std::string, peer::v1::UserSignature, std::less<>>;

// Verifies a statement of the caller, action "erase", for each exchange of the record whose partner
// may have the key and is a member of the manifest in force; what is signed for others is left out.
// The second alternative is the refusal: `erasure_unsigned` when one is missing, and what
// VerifyOwnStatement refuses. An error is a fault of the node.
absl::StatusOr<std::variant<ErasureSignatures, Refusal>> VerifyErasureStatements(
    const Call& call, View& view, const node::v1::EraseSignalRequest& request);

// What an erasure did to the exchanges of its record.
struct ErasedShares {
  // Partners that are asked to erase it too.
  size_t asked = 0;
  // Exchanges that could not be read: nobody can be asked.
  size_t unreadable = 0;

  // What is answered once the erasure is durable: DATA_LOSS when somebody was left out.
  absl::Status status() const;
};

// Adds to the erasure of a record, the effect of the plan at `erasing`, what it does to the
// exchanges of it. What is sealed in their rows dies with the key of the record; here it goes from
// the rows as well, with everything that says something about the content. An exchange that is on
// its way ends: nothing is owed any more before it left, and a Cancel once the partner may have the
// Offer, which then never gets its key; it has an entry of its own. Who may have the key is asked
// to erase it: in the person's name where there is a signature, in the node's own otherwise. One
// that cannot be read keeps neither the record nor the others from being erased.
absl::StatusOr<ErasedShares> AddErasedShares(const Call& call, const View& view,
                                             std::string_view record_id,
                                             const ErasureSignatures& signatures, Plan& plan,
                                             size_t erasing = 0);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_ERASE_SHARES_H_
