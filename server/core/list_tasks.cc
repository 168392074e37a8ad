#include "server/core/list_tasks.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server/core/page_token.h"
#include "server/core/question.h"
#include "server/core/received_tags.h"
#include "server/core/record_act.h"
#include "server/core/task_access.h"
#include "server/core/task_rows.h"

namespace sluis::core {
namespace {

constexpr uint32_t kDefaultPage = 100;
constexpr uint32_t kMaxPage = 1000;

// Where a task stands in the list.
std::string PlaceOf(const record::v1::StoredTask& task) {
  return (task.escalated_on().empty() ? "1" : "0") + task.due_day() + task.task_id();
}

struct Placed {
  std::string place;
  record::v1::StoredTask task;
};

node::v1::TaskSummary SummaryOf(const Call& call, const record::v1::StoredTask& task,
                                const std::map<std::string, AbsenceRow>& absent) {
  node::v1::TaskSummary summary;
  summary.set_task_id(task.task_id());
  summary.set_kind(task.kind());
  summary.set_role(task.role());
  summary.set_due_day(task.due_day());
  summary.set_claimed_by(task.claimed_by());
  summary.set_escalated_on(task.escalated_on());
  summary.set_opened_at_us(task.opened_at_us());
  summary.set_exercise(task.exercise());
  const auto away = absent.find(task.claimed_by());
  summary.set_standing_in(task.role() == call.role && away != absent.end() &&
                          away->second.absence.deputy() == call.caller->user_id);
  return summary;
}

// The records that one page names: each once, where the rules let this caller list it. What cannot
// be read is named to nobody.
class NamedRecords {
 public:
  NamedRecords(const Call& call, const View& view, Effect& effect)
      : call_(call), view_(view), effect_(effect) {}

  // Whether the entry has no room for the record of another task.
  bool Full(const std::string& record_id) const {
    return names_ >= kMaxNamed && !record_id.empty() && !known_.contains(record_id);
  }
  void Name(const std::string& record_id, node::v1::TaskSummary& summary) {
    if (record_id.empty()) return;
    const auto [found, fresh] = known_.try_emplace(record_id, false);
    if (fresh) found->second = Ask(record_id);
    if (found->second) summary.set_record_id(record_id);
  }

 private:
  bool Ask(const std::string& record_id) {
    const absl::StatusOr<std::shared_ptr<const OpenedRecord>> record = view_.OpenRecord(record_id);
    if (!record.ok() || !core::Ask(call_, "list", FactsOf(call_, **record)).permitted()) {
      return false;
    }
    effect_.preconditions.push_back({RecordKey(record_id), (*record)->stamp});
    effect_.entry.subject.add_record_ids(record_id);
    ++names_;
    return true;
  }

  const Call& call_;
  const View& view_;
  Effect& effect_;
  std::map<std::string, bool> known_;
  size_t names_ = 0;
};

}  // namespace

const Method& ListTasks::method() const {
  static const Method& method = MethodNamed("TaskService.ListTasks");
  return method;
}

absl::StatusOr<Plan> ListTasks::Decide(const Call& call, View& view) {
  const uint32_t page = request_.page_size() == 0 ? kDefaultPage : request_.page_size();
  if (page > kMaxPage) {
    return RefusalPlan(call, {absl::StatusCode::kInvalidArgument, "bad_request",
                              "ask at most 1000 rows", "page_size"});
  }
  const std::string filter = FilterOf(request_);
  std::string after;
  if (!request_.page_token().empty()) {
    absl::StatusOr<std::string> position = call.pages->Open(call, filter, request_.page_token());
    if (!position.ok()) return RefusalPlan(call, StalePage());
    after = *std::move(position);
  }
  const auto absent = AbsentOn(view, call.today);
  if (!absent.ok()) return absent.status();
  std::vector<Placed> seen;
  const absl::Status visited = VisitTasks(view, [&](const TaskRow& row) {
    if (!Sees(call, row.task)) return true;
    if (request_.mine() && row.task.claimed_by() != call.caller->user_id) return true;
    std::string place = PlaceOf(row.task);
    if (place > after) seen.push_back({std::move(place), row.task});
    return true;
  });
  if (!visited.ok()) return visited;
  std::sort(seen.begin(), seen.end(),
            [](const Placed& a, const Placed& b) { return a.place < b.place; });

  Plan plan;
  Effect& effect = plan.effects.emplace_back();
  effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  auto shown = std::make_shared<node::v1::ListTasksResponse>();
  NamedRecords named(call, view, effect);
  size_t count = 0;
  for (; count < std::min<size_t>(page, seen.size()); ++count) {
    const record::v1::StoredTask& task = seen[count].task;
    if (named.Full(task.record_id())) break;
    node::v1::TaskSummary& summary = *shown->add_tasks();
    summary = SummaryOf(call, task, *absent);
    named.Name(task.record_id(), summary);
  }
  if (count < seen.size()) {
    shown->set_next_page_token(call.pages->Seal(call, filter, seen[count - 1].place));
  }
  plan.reply = [this, shown](std::span<const ledger::Logged> logged) {
    response_ = std::move(*shown);
    *response_.mutable_log_receipt() = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

node::v1::CountTasksResponse CountOf(const Call& call,
                                     const std::vector<record::v1::StoredTask>& tasks) {
  node::v1::CountTasksResponse counted;
  for (const record::v1::StoredTask& task : tasks) {
    if (!Sees(call, task)) continue;
    counted.set_open(counted.open() + 1);
    if (task.claimed_by().empty()) counted.set_unclaimed(counted.unclaimed() + 1);
    if (task.claimed_by() == call.caller->user_id) counted.set_mine(counted.mine() + 1);
    if (!task.escalated_on().empty()) counted.set_late(counted.late() + 1);
  }
  return counted;
}

const Method& CountTasks::method() const {
  static const Method& method = MethodNamed("TaskService.CountTasks");
  return method;
}

absl::StatusOr<Plan> CountTasks::Decide(const Call& call, View& view) {
  const absl::StatusOr<std::vector<record::v1::StoredTask>> tasks = AllTasks(view);
  if (!tasks.ok()) return tasks.status();
  Plan plan;
  plan.effects.emplace_back().entry =
      EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  plan.reply = [this, counted = CountOf(call, *tasks)](std::span<const ledger::Logged> logged) {
    response_ = counted;
    *response_.mutable_log_receipt() = LogReceiptOf(logged[0]);
    return absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
