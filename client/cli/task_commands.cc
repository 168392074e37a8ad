#include "client/cli/task_commands.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/cli/receipt.h"
#include "client/cli/request_context.h"
#include "client/cli/signal_view.h"
#include "sluis/node/v1/tasks.pb.h"

namespace sluis::cli {
namespace {

constexpr size_t kIdBytes = 16;
constexpr uint32_t kMaxPage = 1000;
constexpr unsigned kMostDays = 250;

struct TaskOptions {
  ContextOptions context;
  std::string id;
  std::vector<std::string> ids;
  std::string page;
  std::string limit;
  bool mine = false;
  std::string kind;
  std::string role;
  std::string record;
  std::string days;
  std::string outcome;
  std::string to;
  std::string from;
  std::string until;
  std::string deputy;
  bool over = false;
};

// A word of an enumeration as it is typed, "follow-up" for TASK_KIND_FOLLOW_UP.
std::string Typed(std::string_view name, std::string_view prefix) {
  std::string word(name.substr(std::min(name.size(), prefix.size())));
  for (char& c : word) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '_') c = '-';
  }
  return word;
}

std::string KindText(const Shell& shell, record::v1::TaskKind kind) {
  const std::string key = "tasks.kind." + Typed(record::v1::TaskKind_Name(kind), "TASK_KIND_");
  return shell.catalogue().Has(key) ? shell.Text(key) : std::to_string(kind);
}

// The context into a request; the case reference is optional for tasks.
template <typename Request>
Result<Request> Asked(Shell& shell, const TaskOptions& options) {
  const Result<node::v1::RequestContext> context =
      ContextOf(shell, options.context, CaseRef::kOptional);
  if (!context.ok()) return context.failure();
  Request request;
  *request.mutable_context() = *context;
  return request;
}

template <typename Request>
Result<Request> AskedAbout(Shell& shell, const TaskOptions& options) {
  const Result<std::string> id = IdOf(options.id, kIdBytes);
  if (!id.ok()) return id.failure();
  Result<Request> request = Asked<Request>(shell, options);
  if (request.ok()) request->set_task_id(*id);
  return request;
}

// One task as a line, and beneath it what else there is to know.
void SayTask(Shell& shell, const node::v1::TaskSummary& task) {
  shell.Say(task.escalated_on().empty() ? "tasks.line" : "tasks.line_late",
            {{"id", crypto::HexEncode(task.task_id())},
             {"kind", KindText(shell, task.kind())},
             {"role", Harmless(task.role())},
             {"day", Harmless(task.due_day())}});
  if (!task.claimed_by().empty()) {
    shell.Say("tasks.claimed_by", {{"user", Harmless(task.claimed_by())}});
  }
  if (task.standing_in()) shell.Say("tasks.standing_in");
  if (!task.record_id().empty()) {
    shell.Say("tasks.record", {{"id", crypto::HexEncode(task.record_id())}});
  }
}

Exit List(Shell& shell, const TaskOptions& options) {
  auto request = Asked<node::v1::ListTasksRequest>(shell, options);
  if (!request.ok()) return shell.Fail(request.failure());
  request->set_mine(options.mine);
  if (Step failure = SetPage(options.page, options.limit, kMaxPage, &*request)) {
    return shell.Fail(*failure);
  }
  const auto answer = Call<node::v1::ListTasksResponse>(shell, *request);
  if (!answer.ok()) return shell.Fail(answer.failure());
  if (shell.json) {
    shell.Print(client::ToJson(*answer));
    return Exit::kDone;
  }
  for (const node::v1::TaskSummary& task : answer->tasks()) SayTask(shell, task);
  if (answer->tasks().empty()) shell.Note("tasks.none");
  SayNextPage(shell, answer->next_page_token());
  SayReceipt(shell, answer->log_receipt());
  return Exit::kDone;
}

// What a mailer may send: a number, and nothing of what it counts.
Exit Digest(Shell& shell, const TaskOptions& options) {
  const auto request = Asked<node::v1::CountTasksRequest>(shell, options);
  if (!request.ok()) return shell.Fail(request.failure());
  const auto answer = Call<node::v1::CountTasksResponse>(shell, *request);
  if (!answer.ok()) return shell.Fail(answer.failure());
  if (shell.json) {
    shell.Print(client::ToJson(*answer));
    return Exit::kDone;
  }
  const uint32_t count = answer->unclaimed();
  shell.Say(count == 0   ? "tasks.digest_none"
            : count == 1 ? "tasks.digest_one"
                         : "tasks.digest",
            {{"count", std::to_string(count)}});
  SayReceipt(shell, answer->log_receipt());
  return Exit::kDone;
}

Exit Watch(Shell& shell, const TaskOptions& options) {
  const auto request = Asked<node::v1::WatchTasksRequest>(shell, options);
  if (!request.ok()) return shell.Fail(request.failure());
  const Result<std::shared_ptr<client::Calls>> calls = shell.Node();
  if (!calls.ok()) return shell.Fail(calls.failure());
  const Step failure = (*calls)->Watch(*request, [&](const node::v1::WatchTasksResponse& now) {
    if (shell.json) {
      shell.Print(client::ToJson(now));
    } else {
      shell.Say("tasks.watch", {{"open", std::to_string(now.open())},
                                {"unclaimed", std::to_string(now.unclaimed())},
                                {"mine", std::to_string(now.mine())},
                                {"late", std::to_string(now.late())}});
    }
    shell.out().flush();
    return Step();
  });
  return failure ? shell.Fail(*failure) : Exit::kDone;
}

Exit Open(Shell& shell, const TaskOptions& options) {
  auto request = Asked<node::v1::OpenTaskRequest>(shell, options);
  if (!request.ok()) return shell.Fail(request.failure());
  std::optional<record::v1::TaskKind> kind;
  for (const auto one : {record::v1::TASK_KIND_FOLLOW_UP, record::v1::TASK_KIND_CONTACT,
                         record::v1::TASK_KIND_CHECK}) {
    if (options.kind == Typed(record::v1::TaskKind_Name(one), "TASK_KIND_")) kind = one;
  }
  if (!kind) return shell.Fail(Exit::kUsage, "tasks.bad_kind");
  request->set_kind(*kind);
  request->set_role(options.role.empty() ? request->context().role() : options.role);
  if (!options.record.empty()) {
    const Result<std::string> record = IdOf(options.record, kIdBytes);
    if (!record.ok()) return shell.Fail(record.failure());
    request->set_record_id(*record);
  }
  if (!options.days.empty()) {
    unsigned days = 0;
    const char* const end = options.days.data() + options.days.size();
    const auto read = std::from_chars(options.days.data(), end, days);
    if (read.ec != std::errc() || read.ptr != end || days == 0 || days > kMostDays) {
      return shell.Fail(Exit::kUsage, "tasks.bad_days", {{"most", std::to_string(kMostDays)}});
    }
    request->set_working_days(days);
  }
  const auto answer = Call<node::v1::OpenTaskResponse>(shell, *request);
  if (!answer.ok()) return shell.Fail(answer.failure());
  return SayDone(
      shell, *answer, "tasks.opened",
      {{"id", crypto::HexEncode(answer->task_id())}, {"day", Harmless(answer->due_day())}});
}

template <typename Request, typename Response>
Exit Act(Shell& shell, const TaskOptions& options, std::string_view said) {
  const auto request = AskedAbout<Request>(shell, options);
  if (!request.ok()) return shell.Fail(request.failure());
  const auto answer = Call<Response>(shell, *request);
  if (!answer.ok()) return shell.Fail(answer.failure());
  return SayDone(shell, *answer, said);
}

Exit Done(Shell& shell, const TaskOptions& options) {
  auto request = AskedAbout<node::v1::EndTaskRequest>(shell, options);
  if (!request.ok()) return shell.Fail(request.failure());
  std::optional<record::v1::TaskOutcome> outcome;
  for (const auto one :
       {record::v1::TASK_OUTCOME_DONE, record::v1::TASK_OUTCOME_NOT_NEEDED,
        record::v1::TASK_OUTCOME_NOT_POSSIBLE, record::v1::TASK_OUTCOME_PASSED_ON}) {
    if (options.outcome == Typed(record::v1::TaskOutcome_Name(one), "TASK_OUTCOME_")) {
      outcome = one;
    }
  }
  if (options.outcome.empty()) outcome = record::v1::TASK_OUTCOME_DONE;
  if (!outcome) return shell.Fail(Exit::kUsage, "tasks.bad_outcome");
  request->set_outcome(*outcome);
  const auto answer = Call<node::v1::EndTaskResponse>(shell, *request);
  if (!answer.ok()) return shell.Fail(answer.failure());
  return SayDone(shell, *answer, "tasks.ended");
}

Exit HandOver(Shell& shell, const TaskOptions& options) {
  auto request = Asked<node::v1::HandOverTasksRequest>(shell, options);
  if (!request.ok()) return shell.Fail(request.failure());
  for (const std::string& typed : options.ids) {
    const Result<std::string> id = IdOf(typed, kIdBytes);
    if (!id.ok()) return shell.Fail(id.failure());
    request->add_task_ids(*id);
  }
  request->set_to(options.to);
  const auto answer = Call<node::v1::HandOverTasksResponse>(shell, *request);
  if (!answer.ok()) return shell.Fail(answer.failure());
  if (!shell.json && answer->left() > 0) {
    shell.Note("tasks.left", {{"count", std::to_string(answer->left())}});
  }
  return SayDone(
      shell, *answer, options.to.empty() ? "tasks.freed" : "tasks.handed_over",
      {{"count", std::to_string(answer->task_ids_size())}, {"user", Harmless(options.to)}});
}

Exit Absence(Shell& shell, const TaskOptions& options) {
  const bool said = !options.from.empty() && !options.until.empty() && !options.deputy.empty();
  const bool some = !options.from.empty() || !options.until.empty() || !options.deputy.empty();
  if (options.over ? some : !said) return shell.Fail(Exit::kUsage, "tasks.bad_absence");
  auto request = Asked<node::v1::SetAbsenceRequest>(shell, options);
  if (!request.ok()) return shell.Fail(request.failure());
  const Result<std::string> from = DayOf(options.from, "--from");
  if (!from.ok()) return shell.Fail(from.failure());
  const Result<std::string> until = DayOf(options.until, "--until");
  if (!until.ok()) return shell.Fail(until.failure());
  request->set_from_day(*from);
  request->set_until_day(*until);
  request->set_deputy(options.deputy);
  const auto answer = Call<node::v1::SetAbsenceResponse>(shell, *request);
  if (!answer.ok()) return shell.Fail(answer.failure());
  return SayDone(shell, *answer, options.over ? "tasks.absence_over" : "tasks.absence_set",
                 {{"user", Harmless(options.deputy)}});
}

using Run = Exit (*)(Shell&, const TaskOptions&);

// A command about one task.
void AddAct(CommandSet& set, CLI::App& group, const std::string& name, const std::string& example,
            bool has_outcome, Run run) {
  Shell& shell = set.shell();
  const auto options = Options<TaskOptions>();
  Command command(set, group, name, example);
  command.Text("id", &options->id, Need::kRequired, "task_id");
  if (has_outcome) command.Text("--outcome", &options->outcome, Need::kOptional, "task_outcome");
  AddContext(command, &options->context);
  command.Runs([&shell, options, run] { return run(shell, *options); });
}

// A command about all of a role.
void AddLook(CommandSet& set, CLI::App& group, const std::string& name, Run run) {
  Shell& shell = set.shell();
  const auto options = Options<TaskOptions>();
  Command command(set, group, name, "sluis tasks " + name);
  AddContext(command, &options->context);
  command.Runs([&shell, options, run] { return run(shell, *options); });
}

Exit Claim(Shell& shell, const TaskOptions& options) {
  return Act<node::v1::ClaimTaskRequest, node::v1::ClaimTaskResponse>(shell, options,
                                                                      "tasks.claimed");
}

Exit Release(Shell& shell, const TaskOptions& options) {
  return Act<node::v1::ReleaseTaskRequest, node::v1::ReleaseTaskResponse>(shell, options,
                                                                          "tasks.released");
}

}  // namespace

void AddTaskCommands(CommandSet& set) {
  CLI::App& group = AddGroup(set, "tasks", "sluis tasks list");
  Shell& shell = set.shell();

  const auto list = Options<TaskOptions>();
  Command listing(set, group, "list", "sluis tasks list");
  listing.Flag("--mine", &list->mine, "task_mine")
      .Text("--limit", &list->limit)
      .Text("--page", &list->page);
  AddContext(listing, &list->context);
  listing.Runs([&shell, list] { return List(shell, *list); });

  const auto open = Options<TaskOptions>();
  Command opening(set, group, "open", "sluis tasks open follow-up --days 3");
  opening.Text("kind", &open->kind, Need::kRequired, "task_kind")
      .Text("--for", &open->role, Need::kOptional, "task_role")
      .Text("--record", &open->record, Need::kOptional, "task_record")
      .Text("--days", &open->days, Need::kOptional, "task_days");
  AddContext(opening, &open->context);
  opening.Runs([&shell, open] { return Open(shell, *open); });

  AddAct(set, group, "claim", "sluis tasks claim 4f0c9a1be2d37788a0b1c2d3e4f50617", false, Claim);
  AddAct(set, group, "release", "sluis tasks release 4f0c9a1be2d37788a0b1c2d3e4f50617", false,
         Release);
  AddAct(set, group, "done",
         "sluis tasks done 4f0c9a1be2d37788a0b1c2d3e4f50617 --outcome passed-on", true, Done);

  const auto hand = Options<TaskOptions>();
  Command handing(set, group, "hand-over", "sluis tasks hand-over --to an.peeters");
  handing.Texts("--task", &hand->ids, Need::kOptional, "task_ids")
      .Text("--to", &hand->to, Need::kOptional, "task_to");
  AddContext(handing, &hand->context);
  handing.Runs([&shell, hand] { return HandOver(shell, *hand); });

  const auto away = Options<TaskOptions>();
  Command absence(set, group, "absence",
                  "sluis tasks absence --from 21/12/2026 --until 31/12/2026 --deputy an.peeters");
  absence.Text("--from", &away->from, Need::kOptional, "task_from")
      .Text("--until", &away->until, Need::kOptional, "task_until")
      .Text("--deputy", &away->deputy, Need::kOptional, "task_deputy")
      .Flag("--over", &away->over, "task_over");
  AddContext(absence, &away->context);
  absence.Runs([&shell, away] { return Absence(shell, *away); });

  AddLook(set, group, "watch", Watch);
  AddLook(set, group, "digest", Digest);
}

}  // namespace sluis::cli
