#include "server/core/open_task.h"

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "server/calendar/working_days.h"
#include "server/core/record_act.h"
#include "server/core/refusal.h"
#include "server/core/task_rows.h"

namespace sluis::core {
namespace {

Refusal BadRequest(const char* what, const char* field) {
  return {absl::StatusCode::kInvalidArgument, "bad_request", what, field};
}

bool IsByHand(record::v1::TaskKind kind) {
  return kind == record::v1::TASK_KIND_FOLLOW_UP || kind == record::v1::TASK_KIND_CONTACT ||
         kind == record::v1::TASK_KIND_CHECK;
}

std::optional<Refusal> RefuseForm(const Call& call, const node::v1::OpenTaskRequest& request) {
  if (!IsByHand(request.kind())) {
    return BadRequest("name what there is to do: follow_up, contact or check", "kind");
  }
  if (!call.terms->packs.RoleAllowedAt(request.role(), call.terms->kind)) {
    return BadRequest("name a role that your organisation may give", "role");
  }
  if (request.working_days() > kMostTaskWorkingDays) {
    return BadRequest("give 1 to 250 working days", "working_days");
  }
  return std::nullopt;
}

}  // namespace

const Method& OpenTask::method() const {
  static const Method& method = MethodNamed("TaskService.OpenTask");
  return method;
}

absl::StatusOr<Plan> OpenTask::Decide(const Call& call, View& view) {
  if (auto refusal = RefuseForm(call, request_)) return RefusalPlan(call, *std::move(refusal));
  size_t open = 0;
  const absl::Status visited = VisitTasks(view, [&open](const TaskRow& row) {
    // What the node opened is bounded by what it is about.
    if (!row.task.opened_by().empty()) ++open;
    return true;
  });
  if (!visited.ok()) return visited;
  if (open >= kMostOpenTasks) {
    return RefusalPlan(call, {absl::StatusCode::kResourceExhausted, "too_many_tasks",
                              "there are 10000 open tasks; end some of them first", ""});
  }
  std::optional<RecordAct> about;
  if (!request_.record_id().empty()) {
    auto asked = AskAbout(call, view, request_.record_id(), "read");
    if (!asked.ok()) return asked.status();
    if (auto* refused = std::get_if<Plan>(&*asked)) return std::move(*refused);
    about = std::get<RecordAct>(*std::move(asked));
  }
  const uint32_t days = request_.working_days() == 0 ? kTaskWorkingDays : request_.working_days();
  record::v1::StoredTask task =
      NewTask(call, request_.kind(), request_.role(),
              calendar::AddWorkingDays(call.today, static_cast<int>(days)), random_);
  if (task.due_day().empty()) {
    return absl::InternalError("the date of this machine is no date; set its clock right");
  }
  task.set_record_id(request_.record_id());
  task.set_opened_by(call.caller->user_id);
  Plan plan;
  Effect& effect = plan.effects.emplace_back(TaskEffect(call, view, task, "opened"));
  if (about) AddDecision(call, about->answer, effect.entry);
  AddTask(task, effect);
  plan.reply = [this, id = task.task_id(),
                due = task.due_day()](std::span<const ledger::Logged> logged) {
    response_.set_task_id(id);
    response_.set_due_day(due);
    *response_.mutable_log_receipt() = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
