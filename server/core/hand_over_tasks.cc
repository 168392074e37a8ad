#include "server/core/hand_over_tasks.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/hash.h"
#include "server/core/refusal.h"
#include "server/core/task_access.h"
#include "server/core/task_rows.h"
#include "server/storage/clock.h"

namespace sluis::core {
namespace {

Refusal NotInRole(const char* field) {
  return {absl::StatusCode::kFailedPrecondition, "not_in_role",
          "name somebody else of your organisation who holds this role by a mandate in force",
          field};
}

Refusal BadDays(const char* field) {
  return {absl::StatusCode::kInvalidArgument, "bad_request",
          "give the first and the last day as YYYY-MM-DD: the last not before today nor before the "
          "first, and at most 366 days after it",
          field};
}

// Whether the caller may give it away.
bool MayGive(const Call& call, const record::v1::StoredTask& task) {
  if (!Sees(call, task)) return false;
  if (call.role == kSupervisor && !task.escalated_on().empty()) return true;
  return task.role() == call.role && task.claimed_by() == call.caller->user_id;
}

// What is asked to be handed over, each once; nothing when one of them is not the caller's to give.
absl::StatusOr<std::optional<std::vector<TaskRow>>> Asked(
    const Call& call, const View& view, const node::v1::HandOverTasksRequest& request,
    uint32_t& left) {
  std::vector<TaskRow> tasks;
  if (request.task_ids().empty()) {
    const absl::Status visited = VisitTasks(view, [&](const TaskRow& row) {
      if (!MayGive(call, row.task) || row.task.claimed_by() != call.caller->user_id) return true;
      if (tasks.size() < static_cast<size_t>(kMostHandedOver)) {
        tasks.push_back(row);
      } else {
        ++left;
      }
      return true;
    });
    if (!visited.ok()) return visited;
    if (tasks.empty()) return std::nullopt;
    return tasks;
  }
  const std::set<std::string> ids(request.task_ids().begin(), request.task_ids().end());
  for (const std::string& id : ids) {
    absl::StatusOr<TaskRow> found = ReadTask(view, id);
    if (!found.ok() && !absl::IsNotFound(found.status())) return found.status();
    if (!found.ok() || !MayGive(call, found->task)) return std::nullopt;
    tasks.push_back(*std::move(found));
  }
  return tasks;
}

}  // namespace

const Method& HandOverTasks::method() const {
  static const Method& method = MethodNamed("TaskService.HandOverTasks");
  return method;
}

absl::StatusOr<Plan> HandOverTasks::Decide(const Call& call, View& view) {
  if (request_.task_ids_size() > kMostHandedOver) {
    return RefusalPlan(call, {absl::StatusCode::kInvalidArgument, "bad_request",
                              "name at most 100 tasks at a time", "task_ids"});
  }
  auto shown = std::make_shared<node::v1::HandOverTasksResponse>();
  uint32_t left = 0;
  const auto asked = Asked(call, view, request_, left);
  if (!asked.ok()) return asked.status();
  if (!*asked) return RefusalPlan(call, NoTask());
  shown->set_left(left);
  std::set<std::string> roles;
  for (const TaskRow& row : **asked) roles.insert(row.task.role());
  std::vector<ledger::Precondition> because;
  for (const std::string& role : roles) {
    if (request_.to().empty()) break;
    const absl::StatusOr<bool> holds =
        HoldsRole(call, view, verifier_, request_.to(), role, because);
    if (!holds.ok()) return holds.status();
    if (!*holds) return RefusalPlan(call, NotInRole("to"));
  }
  Plan plan;
  for (const TaskRow& row : **asked) {
    record::v1::StoredTask after = row.task;
    after.set_claimed_by(request_.to());
    after.set_claimed_at_us(request_.to().empty() ? 0 : call.now_us);
    Effect& effect = plan.effects.emplace_back(TaskEffect(call, view, after, "handed over"));
    effect.preconditions.insert(effect.preconditions.end(), because.begin(), because.end());
    WriteTask(row, after, effect);
    shown->add_task_ids(row.task.task_id());
  }
  plan.reply = [this, shown](std::span<const ledger::Logged> logged) {
    response_ = std::move(*shown);
    *response_.mutable_log_receipt() = LogReceiptOf(logged.back());
    return absl::OkStatus();
  };
  return plan;
}

const Method& SetAbsence::method() const {
  static const Method& method = MethodNamed("TaskService.SetAbsence");
  return method;
}

absl::StatusOr<Plan> SetAbsence::Decide(const Call& call, View& view) {
  const std::string& from = request_.from_day();
  const std::string& until = request_.until_day();
  const bool over = from.empty();
  if (over && (!until.empty() || !request_.deputy().empty())) {
    return RefusalPlan(call, BadDays("from_day"));
  }
  if (!over && !storage::IsDay(from)) return RefusalPlan(call, BadDays("from_day"));
  if (!over && (!storage::IsDay(until) || until < from || until < call.today ||
                storage::AddDays(from, kLongestAbsenceDays) < until)) {
    return RefusalPlan(call, BadDays("until_day"));
  }
  Effect effect;
  effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  effect.entry.act.set_reason(over ? "absence: over" : "absence: set");
  if (!over) {
    const absl::StatusOr<bool> holds =
        HoldsRole(call, view, verifier_, request_.deputy(), call.role, effect.preconditions);
    if (!holds.ok()) return holds.status();
    if (!*holds || request_.deputy() == call.caller->user_id) {
      return RefusalPlan(call, NotInRole("deputy"));
    }
  }
  const absl::Status visited = VisitAbsences(view, [&](const AbsenceRow& row) {
    if (row.absence.user_id() != call.caller->user_id) return true;
    effect.preconditions.push_back({row.key, row.stamp});
    effect.rows.push_back({row.key, std::nullopt});
    return true;
  });
  if (!visited.ok()) return visited;
  if (!over) {
    crypto::FixedBytes<16> id{};
    random_.Fill(id);
    record::v1::StoredAbsence absence;
    absence.set_user_id(call.caller->user_id);
    absence.set_deputy(request_.deputy());
    absence.set_from_day(from);
    absence.set_until_day(until);
    effect.rows.push_back({AbsenceKey(crypto::View(id)), absence.SerializeAsString()});
  }
  Plan plan;
  plan.effects.push_back(std::move(effect));
  plan.reply = [this](std::span<const ledger::Logged> logged) {
    *response_.mutable_log_receipt() = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
