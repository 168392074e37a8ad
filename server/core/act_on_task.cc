#include "server/core/act_on_task.h"

#include <string>
#include <utility>
#include <variant>

#include "server/core/refusal.h"
#include "server/core/task_access.h"
#include "server/core/task_rows.h"

namespace sluis::core {
namespace {

Refusal NotYours() {
  return {absl::StatusCode::kFailedPrecondition, "task_not_yours",
          "claim this task first; it is not yours", "task_id"};
}

// The task of the role in use, or the refusal.
absl::StatusOr<std::variant<TaskRow, Plan>> Named(const Call& call, const View& view,
                                                  const std::string& task_id) {
  absl::StatusOr<TaskRow> found = ReadTask(view, task_id);
  if (!found.ok() && !absl::IsNotFound(found.status())) return found.status();
  if (!found.ok() || !Sees(call, found->task) || found->task.role() != call.role) {
    return RefusalPlan(call, NoTask());
  }
  return *std::move(found);
}

// The same of one that the caller claimed.
absl::StatusOr<std::variant<TaskRow, Plan>> Own(const Call& call, const View& view,
                                                const std::string& task_id) {
  auto named = Named(call, view, task_id);
  if (!named.ok() || std::holds_alternative<Plan>(*named)) return named;
  if (std::get<TaskRow>(*named).task.claimed_by() != call.caller->user_id) {
    return RefusalPlan(call, NotYours());
  }
  return named;
}

template <typename Response>
Plan PlanOf(Effect effect, Response& response) {
  Plan plan;
  plan.effects.push_back(std::move(effect));
  plan.reply = [&response](std::span<const ledger::Logged> logged) {
    *response.mutable_log_receipt() = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

}  // namespace

const Method& ClaimTask::method() const {
  static const Method& method = MethodNamed("TaskService.ClaimTask");
  return method;
}

absl::StatusOr<Plan> ClaimTask::Decide(const Call& call, View& view) {
  auto named = Named(call, view, request_.task_id());
  if (!named.ok()) return named.status();
  if (auto* refused = std::get_if<Plan>(&*named)) return std::move(*refused);
  const TaskRow& row = std::get<TaskRow>(*named);
  record::v1::StoredTask after = row.task;
  after.set_claimed_by(call.caller->user_id);
  after.set_claimed_at_us(call.now_us);
  Effect effect = TaskEffect(call, view, after, "claimed");
  if (!row.task.claimed_by().empty()) {
    const auto absent = AbsentOn(view, call.today);
    if (!absent.ok()) return absent.status();
    const auto away = absent->find(row.task.claimed_by());
    if (away == absent->end() || away->second.absence.deputy() != call.caller->user_id) {
      return RefusalPlan(call,
                         {absl::StatusCode::kFailedPrecondition, "task_claimed",
                          "somebody has claimed this task; look at the list of tasks", "task_id"});
    }
    effect.entry.act.set_reason(WordOf(after.kind()) + ": taken over");
    effect.preconditions.push_back({away->second.key, away->second.stamp});
  }
  WriteTask(row, after, effect);
  return PlanOf(std::move(effect), response_);
}

const Method& ReleaseTask::method() const {
  static const Method& method = MethodNamed("TaskService.ReleaseTask");
  return method;
}

absl::StatusOr<Plan> ReleaseTask::Decide(const Call& call, View& view) {
  auto own = Own(call, view, request_.task_id());
  if (!own.ok()) return own.status();
  if (auto* refused = std::get_if<Plan>(&*own)) return std::move(*refused);
  const TaskRow& row = std::get<TaskRow>(*own);
  record::v1::StoredTask after = row.task;
  after.clear_claimed_by();
  after.clear_claimed_at_us();
  Effect effect = TaskEffect(call, view, after, "released");
  WriteTask(row, after, effect);
  return PlanOf(std::move(effect), response_);
}

const Method& EndTask::method() const {
  static const Method& method = MethodNamed("TaskService.EndTask");
  return method;
}

absl::StatusOr<Plan> EndTask::Decide(const Call& call, View& view) {
  const record::v1::TaskOutcome outcome = request_.outcome();
  if (!record::v1::TaskOutcome_IsValid(outcome) ||
      outcome == record::v1::TASK_OUTCOME_UNSPECIFIED || outcome == record::v1::TASK_OUTCOME_GONE) {
    return RefusalPlan(
        call, {absl::StatusCode::kInvalidArgument, "bad_request",
               "say what came of it: done, not_needed, not_possible or passed_on", "outcome"});
  }
  auto own = Own(call, view, request_.task_id());
  if (!own.ok()) return own.status();
  if (auto* refused = std::get_if<Plan>(&*own)) return std::move(*refused);
  const TaskRow& row = std::get<TaskRow>(*own);
  Effect effect = TaskEffect(call, view, row.task, WordOf(outcome));
  DropTask(row, effect);
  return PlanOf(std::move(effect), response_);
}

}  // namespace sluis::core
