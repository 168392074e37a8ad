#include "server/core/task_access.h"

#include <algorithm>

#include "server/authn/mandates_in_force.h"

namespace sluis::core {

bool Sees(const Call& call, const record::v1::StoredTask& task) {
  if (task.exercise() && call.terms->active()) return false;
  return task.role() == call.role || (call.role == kSupervisor && !task.escalated_on().empty());
}

absl::StatusOr<bool> HoldsRole(const Call& call, const View& view, authn::MandateVerifier& verifier,
                               std::string_view user_id, std::string_view role,
                               std::vector<ledger::Precondition>& because) {
  // A view of its own: what this person is held against binds no other effect.
  View own(view.snapshot(), view.keyring());
  const absl::StatusOr<authn::Registered> registered = own.ReadRegistered(user_id);
  if (!registered.ok()) return registered.status();
  because.insert(because.end(), own.preconditions().begin(), own.preconditions().end());
  if (!registered->user || registered->user->state() != record::v1::USER_STATE_ACTIVE ||
      !call.terms->packs.RoleAllowedAt(role, call.terms->kind)) {
    return false;
  }
  const std::vector<authn::Caller::Held> held =
      authn::MandatesInForce(*registered, verifier, call.now_us);
  return std::any_of(held.begin(), held.end(), [&](const authn::Caller::Held& one) {
    const auto& roles = one.mandate.roles();
    return std::find(roles.begin(), roles.end(), role) != roles.end();
  });
}

Refusal NoTask() {
  return {absl::StatusCode::kNotFound, "no_task",
          "there is no such open task in this role; look at the list of tasks", "task_id"};
}

}  // namespace sluis::core
