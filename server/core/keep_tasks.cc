#include "server/core/keep_tasks.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "server/core/task_access.h"
#include "server/core/task_rows.h"
#include "server/core/task_sources.h"

namespace sluis::core {
namespace {

// Whether somebody may have tasks of a role, asked once for each.
class Holders {
 public:
  Holders(const Call& call, const View& view, authn::MandateVerifier& verifier)
      : call_(call), view_(view), verifier_(verifier) {}

  struct Answer {
    bool holds = false;
    std::vector<ledger::Precondition> because = {};
  };
  absl::StatusOr<const Answer*> Of(const record::v1::StoredTask& task) {
    const auto [found, fresh] = known_.try_emplace({task.claimed_by(), task.role()});
    if (fresh) {
      const absl::StatusOr<bool> holds =
          HoldsRole(call_, view_, verifier_, task.claimed_by(), task.role(), found->second.because);
      if (!holds.ok() && !absl::IsDataLoss(holds.status())) return holds.status();
      // Whose row cannot be read keeps what they claimed, and holds up no other task.
      found->second.holds = !holds.ok() || *holds;
    }
    return &found->second;
  }

 private:
  const Call& call_;
  const View& view_;
  authn::MandateVerifier& verifier_;
  std::map<std::pair<std::string, std::string>, Answer> known_;
};

// What is due about one open task; nothing is added when nothing is.
absl::Status KeepOne(const Call& call, const View& view, const TaskRow& row, Holders& holders,
                     Plan& plan) {
  const absl::StatusOr<bool> gone = IsGone(view, row.task);
  if (!gone.ok()) return gone.status();
  if (*gone) {
    DropTask(row, plan.effects.emplace_back(
                      TaskEffect(call, view, row.task, WordOf(record::v1::TASK_OUTCOME_GONE))));
    return absl::OkStatus();
  }
  record::v1::StoredTask after = row.task;
  std::string what;
  std::vector<ledger::Precondition> because;
  if (!row.task.claimed_by().empty()) {
    const absl::StatusOr<const Holders::Answer*> answer = holders.Of(row.task);
    if (!answer.ok()) return answer.status();
    if (!(*answer)->holds) {
      after.clear_claimed_by();
      after.clear_claimed_at_us();
      because = (*answer)->because;
      what = "freed";
    }
  }
  if (row.task.escalated_on().empty() && row.task.due_day() < call.today) {
    after.set_escalated_on(call.today);
    what += what.empty() ? "late" : ", late";
  }
  if (what.empty()) return absl::OkStatus();
  Effect& effect = plan.effects.emplace_back(TaskEffect(call, view, after, what));
  effect.preconditions.insert(effect.preconditions.end(), because.begin(), because.end());
  WriteTask(row, after, effect);
  return absl::OkStatus();
}

absl::Status OpenFound(const Call& call, const View& view, crypto::Random& random, Plan& plan) {
  const auto wanted = WantedTasks(call, view, KeepTasks::kMostActs - plan.effects.size());
  if (!wanted.ok()) return wanted.status();
  for (const WantedTask& one : *wanted) {
    // A day outside the calendar is due at once: it must not go unseen.
    record::v1::StoredTask task = NewTask(call, one.mark.kind(), one.role,
                                          one.due_day.empty() ? call.today : one.due_day, random);
    task.set_source(one.mark.source());
    Effect& effect = plan.effects.emplace_back(TaskEffect(call, view, task, "opened"));
    AddTask(task, effect);
    const std::string mark = TaskMarkKey(one.mark.kind(), one.mark.source());
    effect.preconditions.push_back({mark, ledger::kAbsent});
    effect.rows.push_back({mark, one.mark.SerializeAsString()});
  }
  return absl::OkStatus();
}

// An entry for rows that are of no use any more.
void Forget(const Call& call, const std::string& key, uint64_t stamp, const char* what,
            Plan& plan) {
  Effect& effect = plan.effects.emplace_back();
  effect.entry = EntryOf(call, record::v1::OPERATION_ADMINISTRATION, record::v1::OUTCOME_DONE);
  effect.entry.act.set_reason(what);
  effect.preconditions.push_back({key, stamp});
  effect.rows.push_back({key, std::nullopt});
}

// Ends the open tasks about a matter that is over, and forgets its mark.
absl::Status EndMarked(const Call& call, const View& view,
                       const std::map<std::string, TaskRow>& by_mark, Plan& plan) {
  absl::Status fault = absl::OkStatus();
  const absl::Status visited = VisitTaskMarks(view, [&](const TaskMarkRow& row) {
    const absl::StatusOr<bool> there = IsThere(view, row.mark);
    if (!there.ok()) {
      fault = there.status();
      return false;
    }
    if (*there) return true;
    const auto open = by_mark.find(row.key);
    if (open == by_mark.end()) {
      Forget(call, row.key, row.stamp, "task: its matter is over", plan);
    } else {
      Effect& effect = plan.effects.emplace_back(
          TaskEffect(call, view, open->second.task, WordOf(record::v1::TASK_OUTCOME_GONE)));
      DropTask(open->second, effect);
      effect.preconditions.push_back({row.key, row.stamp});
      effect.rows.push_back({row.key, std::nullopt});
    }
    return plan.effects.size() < KeepTasks::kMostActs;
  });
  return visited.ok() ? fault : visited;
}

}  // namespace

const Method& KeepTasks::method() const {
  static const Method& method = *new Method{"Node.KeepTasks", node::v1::METHOD_CLASS_ADMIN};
  return method;
}

absl::StatusOr<Plan> KeepTasks::Decide(const Call& call, View& view) {
  std::map<std::string, TaskRow> by_mark;
  std::vector<TaskRow> open;
  absl::Status done = VisitTasks(view, [&](const TaskRow& row) {
    // What an exercise left is being erased.
    if (row.task.exercise() && call.terms->active()) return true;
    open.push_back(row);
    if (!row.task.source().empty()) {
      by_mark.emplace(TaskMarkKey(row.task.kind(), row.task.source()), row);
    }
    return true;
  });
  if (!done.ok()) return done;
  Plan plan;
  plan.reply = [](std::span<const ledger::Logged>) { return absl::OkStatus(); };
  done = EndMarked(call, view, by_mark, plan);
  if (!done.ok()) return done;
  // One that ended just now is in a plan already.
  if (!plan.effects.empty()) return plan;
  Holders holders(call, view, verifier_);
  for (const TaskRow& row : open) {
    if (plan.effects.size() >= kMostActs) return plan;
    done = KeepOne(call, view, row, holders, plan);
    if (!done.ok()) return done;
  }
  if (plan.effects.size() >= kMostActs) return plan;
  done = OpenFound(call, view, random_, plan);
  // A row that cannot be read is told of by the round after this one, and holds up no other task.
  if (absl::IsDataLoss(done) && !plan.effects.empty()) return plan;
  if (!done.ok()) return done;
  done = VisitAbsences(view, [&](const AbsenceRow& row) {
    if (plan.effects.size() >= kMostActs) return false;
    if (row.absence.until_day() < call.today) {
      Forget(call, row.key, row.stamp, "absence: over", plan);
    }
    return true;
  });
  if (!done.ok()) return done;
  return plan;
}

}  // namespace sluis::core
