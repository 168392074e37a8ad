#include "server/core/watch_tasks.h"

#include <utility>

#include "server/core/refusal.h"

namespace sluis::core {

std::shared_ptr<void> WatchPlaces::Take(const std::string& user_id) {
  std::lock_guard lock(taken_->mutex);
  size_t& own = taken_->of[user_id];
  if (own >= kMostWatches || taken_->all >= kMostWatchesInAll) {
    if (own == 0) taken_->of.erase(user_id);
    return nullptr;
  }
  ++own;
  ++taken_->all;
  return std::shared_ptr<void>(nullptr, [taken = taken_, user_id](void*) {
    std::lock_guard given_back(taken->mutex);
    --taken->all;
    const auto found = taken->of.find(user_id);
    if (--found->second == 0) taken->of.erase(found);
  });
}

const Method& WatchTasks::method() const {
  static const Method& method = MethodNamed("TaskService.WatchTasks");
  return method;
}

absl::StatusOr<Plan> WatchTasks::Decide(const Call& call, View&) {
  // A plan that is not committed is dropped with its reply, and its place with that.
  std::shared_ptr<void> place = places_.Take(call.caller->user_id);
  if (place.use_count() == 0) {
    return RefusalPlan(call, {absl::StatusCode::kResourceExhausted, "too_many_watches",
                              "end a watch first: four at a time are kept for each person", ""});
  }
  Plan plan;
  plan.effects.emplace_back().entry =
      EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  plan.reply = [this, place = std::move(place)](std::span<const ledger::Logged>) {
    place_ = place;
    return absl::OkStatus();
  };
  return plan;
}

absl::StatusOr<Call> WatchingNow(const authn::CertificateFacts& facts, const std::string& role,
                                 std::shared_ptr<const Terms> terms,
                                 authn::MandateVerifier& verifier, uint64_t now_us, View& view) {
  const absl::StatusOr<std::string> user = authn::ClaimedUser(facts, terms->organisation);
  if (!user.ok()) return user.status();
  const absl::StatusOr<authn::Registered> registered = view.ReadRegistered(*user);
  if (!registered.ok()) return registered.status();
  absl::StatusOr<authn::Caller> caller = authn::Authenticate(facts, *registered, verifier, now_us);
  if (!caller.ok()) return caller.status();
  if (caller->MandateFor(role) == nullptr || !terms->packs.RoleAllowedAt(role, terms->kind)) {
    return absl::PermissionDeniedError(
        "no mandate in force gives you this role; ask who issues mandates");
  }
  Call call;
  call.terms = std::move(terms);
  call.caller = std::make_shared<const authn::Caller>(*std::move(caller));
  call.role = role;
  return call;
}

}  // namespace sluis::core
