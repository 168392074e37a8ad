// Who sees a task, and who may have it.
//
// A task belongs to a role. Late ones are also shown to those who supervise, who may give them to
// somebody in the role but do not do them.
//
// Guarantee: nobody is given a task without being registered and holding its role by a mandate in
// force. Thread-safety: pure but for the verifier's memory. Errors: those of the store.
#ifndef SLUIS_SERVER_CORE_TASK_ACCESS_H_
#define SLUIS_SERVER_CORE_TASK_ACCESS_H_

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/authn/mandate.h"
#include "server/core/call.h"
#include "server/core/refusal.h"
#include "server/core/task_rows.h"
#include "server/core/view.h"

namespace sluis::core {

// Words of `actor.role` in the statutory pack: who supervises, and who administers the node.
inline constexpr std::string_view kSupervisor = "privacy-officer";
inline constexpr std::string_view kAdministers = "beheerder";

// Whether a call in this role sees it. What was opened in exercise nobody sees once that is over.
bool Sees(const Call& call, const record::v1::StoredTask& task);

// Whether that person may have a task of that role now; adds the rows that say so.
absl::StatusOr<bool> HoldsRole(const Call& call, const View& view, authn::MandateVerifier& verifier,
                               std::string_view user_id, std::string_view role,
                               std::vector<ledger::Precondition>& because);

// The answer to whoever names a task that is not there, or that they do not see.
Refusal NoTask();

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_TASK_ACCESS_H_
