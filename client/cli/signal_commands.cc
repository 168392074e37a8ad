#include "client/cli/signal_commands.h"

#include "client/cli/receipt.h"
#include "client/cli/request_context.h"
#include "client/cli/share_commands.h"
#include "client/cli/share_view.h"
#include "client/cli/signal_view.h"
#include "client/lib/flat_yaml.h"
#include "client/lib/own_files.h"
#include "client/lib/signal_form.h"
#include "client/lib/to_json.h"
#include "crypto/bytes.h"

namespace sluis::cli {
namespace {

struct RecordOptions {
  ContextOptions context;
  std::string id;
  std::string reason;
  std::string from;
  std::string out;
  std::string review_on;
  bool yes = false;
  bool release = false;
  bool identity = false;
};

struct ListOptions {
  ContextOptions context;
  std::string filter_case;
  std::string page;
  std::string limit;
};

// A request that names one record, with its context.
template <typename Request>
Result<Request> RequestFor(Shell& shell, const RecordOptions& options) {
  const Result<node::v1::RequestContext> context = ContextOf(shell, options.context);
  if (!context.ok()) return context.failure();
  const Result<std::string> id = IdOf(options.id, 16);
  if (!id.ok()) return id.failure();
  Request request;
  *request.mutable_context() = *context;
  request.set_record_id(*id);
  return request;
}

// Writes the form of what was opened, for correcting it.
Step WriteForm(const std::string& path, const record::v1::SignalView& view) {
  record::v1::Signal signal;
  *signal.mutable_content() = view.content();
  *signal.mutable_marks() = view.marks();
  const client::Form form = client::FormOf(signal);
  std::vector<std::pair<std::string, std::vector<std::string>>> lines;
  for (const client::FormField& field : client::FormFields()) {
    const auto at = form.find(field.column.name);
    if (at != form.end()) lines.emplace_back(at->first, at->second);
  }
  return client::WriteNew(path, client::WriteFlatYaml(lines), client::FileMode::kPrivate);
}

// Who it is about alone: an act of its own, with an entry of its own.
Exit OpenIdentity(Shell& shell, const RecordOptions& options) {
  if (!options.out.empty()) return shell.Fail(Exit::kUsage, "signal.identity_no_form");
  const auto request = RequestFor<node::v1::OpenIdentityRequest>(shell, options);
  if (!request.ok()) return shell.Fail(request.failure());
  const auto answer = Call<node::v1::OpenIdentityResponse>(shell, *request);
  if (!answer.ok()) return shell.Fail(answer.failure());
  if (shell.json) {
    shell.Print(client::ToJson(*answer));
    return Exit::kDone;
  }
  shell.out() << PersonLines(shell, answer->identity());
  SayReceipt(shell, answer->log_receipt());
  return Exit::kDone;
}

Exit Open(Shell& shell, const RecordOptions& options) {
  if (options.identity) return OpenIdentity(shell, options);
  const auto request = RequestFor<node::v1::OpenSignalRequest>(shell, options);
  if (!request.ok()) return shell.Fail(request.failure());
  const auto answer = Call<node::v1::OpenSignalResponse>(shell, *request);
  if (!answer.ok()) return shell.Fail(answer.failure());
  return ShowOpened(shell, *answer, options.out);
}

Exit List(Shell& shell, const ListOptions& options) {
  const Result<node::v1::RequestContext> context = ContextOf(shell, options.context);
  if (!context.ok()) return shell.Fail(context.failure());
  node::v1::ListSignalsRequest request;
  *request.mutable_context() = *context;
  request.set_case_ref(options.filter_case);
  if (Step failure = SetPage(options.page, options.limit, 200, &request))
    return shell.Fail(*failure);
  const auto answer = Call<node::v1::ListSignalsResponse>(shell, request);
  if (!answer.ok()) return shell.Fail(answer.failure());
  if (shell.json) {
    shell.Print(client::ToJson(*answer));
    return Exit::kDone;
  }
  for (const node::v1::SignalSummary& summary : answer->signals()) {
    shell.out() << SummaryLine(shell, summary) << '\n';
  }
  if (answer->signals().empty()) shell.Note("signal.none");
  if (answer->unreadable() > 0) {
    shell.Note("signal.unreadable", {{"count", std::to_string(answer->unreadable())}});
  }
  SayNextPage(shell, answer->next_page_token());
  SayReceipt(shell, answer->log_receipt());
  return Exit::kDone;
}

Exit Withdraw(Shell& shell, const RecordOptions& options) {
  auto request = RequestFor<node::v1::WithdrawSignalRequest>(shell, options);
  if (!request.ok()) return shell.Fail(request.failure());
  if (!options.from.empty()) {
    return WithdrawShares(shell,
                          {request->context(), request->record_id(), options.from, options.reason});
  }
  request->set_reason(options.reason);
  const auto answer = Call<node::v1::WithdrawSignalResponse>(shell, *request);
  if (!answer.ok()) return shell.Fail(answer.failure());
  return SayWithdrawn(shell, *request, *answer);
}

Exit Erase(Shell& shell, const RecordOptions& options) {
  auto request = RequestFor<node::v1::EraseSignalRequest>(shell, options);
  if (!request.ok()) return shell.Fail(request.failure());
  request->set_reason(options.reason);
  if (!options.yes && !shell.Confirm("signal.confirm_erase", {{"id", options.id}})) {
    return shell.Fail(Exit::kUsage, "signal.not_sent");
  }
  auto answer = Call<node::v1::EraseSignalResponse>(shell, *request);
  if (!answer.ok() && answer.failure().refusal != nullptr &&
      answer.failure().refusal->code() == "erasure_unsigned") {
    if (Step failure = SignForPartners(shell, *request)) return shell.Fail(*failure);
    answer = Call<node::v1::EraseSignalResponse>(shell, *request);
  }
  if (!answer.ok()) return shell.Fail(answer.failure());
  if (!shell.json && answer->partners_asked() > 0) {
    shell.Note("signal.partners_asked", {{"count", std::to_string(answer->partners_asked())}});
  }
  return SayDone(shell, *answer, "signal.erased", {{"day", answer->erased_everywhere_on()}});
}

Exit Hold(Shell& shell, const RecordOptions& options) {
  auto request = RequestFor<node::v1::HoldSignalRequest>(shell, options);
  if (!request.ok()) return shell.Fail(request.failure());
  const Result<std::string> day = DayOf(options.review_on, "--review-on");
  if (!day.ok()) return shell.Fail(day.failure());
  if (options.release != day->empty()) return shell.Fail(Exit::kUsage, "signal.hold_or_release");
  request->set_held(!options.release);
  request->set_reason(options.reason);
  request->set_review_on(*day);
  const auto answer = Call<node::v1::HoldSignalResponse>(shell, *request);
  if (!answer.ok()) return shell.Fail(answer.failure());
  return SayDone(shell, *answer, options.release ? "signal.released" : "signal.hold_placed",
                 {{"day", *day}});
}

}  // namespace

Exit ShowOpened(Shell& shell, const node::v1::OpenSignalResponse& answer, const std::string& out) {
  // Only what was opened says whose it is, and by then the reading is on record: it is shown.
  const bool no_form = !out.empty() && answer.view().has_received();
  const Failure refused{Exit::kRefused, {"received.no_form", {}}, nullptr};
  if (!out.empty() && !no_form) {
    if (Step failure = WriteForm(out, answer.view())) return shell.Fail(*failure);
  }
  if (shell.json) {
    if (no_form) return shell.Fail(refused, client::ToJson(answer));
    shell.Print(client::ToJson(answer));
    return Exit::kDone;
  }
  shell.out() << ViewLines(shell, answer.view()) << SamePersonLines(shell, answer.same_person());
  SayReceipt(shell, answer.log_receipt());
  return no_form ? shell.Fail(refused) : Exit::kDone;
}

void AddSignalCommands(CommandSet& set) {
  CLI::App& group = AddGroup(set, "signal", "sluis signal import tafel.csv --case INTAKE");
  Shell& shell = set.shell();
  AddRecordCommand(set, group);
  AddImportCommand(set, group);

  const auto list = Options<ListOptions>();
  Command listing(set, group, "list", "sluis signal list --case INTAKE");
  listing.Text("--filter-case", &list->filter_case)
      .Text("--limit", &list->limit)
      .Text("--page", &list->page);
  AddContext(listing, &list->context);
  listing.Runs([&shell, list] { return List(shell, *list); });

  const auto open = Options<RecordOptions>();
  Command opening(set, group, "open",
                  "sluis signal open 4f0c9a1be2d37788a0b1c2d3e4f50617 --case LV-2026-014");
  opening.Text("id", &open->id, Need::kRequired, "record_id")
      .Text("--out", &open->out, Need::kOptional, "form_out")
      .Flag("--identity", &open->identity, "open_identity");
  AddContext(opening, &open->context);
  opening.Runs([&shell, open] { return Open(shell, *open); });

  AddAmendCommand(set, group);
  AddTagCommand(set, group);
  AddShareCommand(set, group);
  AddSentCommand(set, group);

  const auto withdraw = Options<RecordOptions>();
  Command withdrawing(set, group, "withdraw",
                      "sluis signal withdraw 4f0c9a1be2d37788a0b1c2d3e4f50617 --case INTAKE "
                      "--reason \"verkeerde wijk\"");
  withdrawing.Text("id", &withdraw->id, Need::kRequired, "record_id")
      .Text("--from", &withdraw->from, Need::kOptional, "withdraw_from")
      .Text("--reason", &withdraw->reason, Need::kRequired);
  AddContext(withdrawing, &withdraw->context);
  withdrawing.Runs([&shell, withdraw] { return Withdraw(shell, *withdraw); });

  const auto erase = Options<RecordOptions>();
  Command erasing(set, group, "erase",
                  "sluis signal erase 4f0c9a1be2d37788a0b1c2d3e4f50617 --case INTAKE "
                  "--reason \"niet langer nodig\"");
  erasing.Text("id", &erase->id, Need::kRequired, "record_id")
      .Text("--reason", &erase->reason, Need::kRequired)
      .Flag("--yes", &erase->yes);
  AddContext(erasing, &erase->context);
  erasing.Runs([&shell, erase] { return Erase(shell, *erase); });

  const auto hold = Options<RecordOptions>();
  Command holding(set, group, "hold",
                  "sluis signal hold 4f0c9a1be2d37788a0b1c2d3e4f50617 --case INTAKE "
                  "--reason \"klacht bij de toezichthouder\" --review-on 01/03/2027");
  holding.Text("id", &hold->id, Need::kRequired, "record_id")
      .Text("--reason", &hold->reason, Need::kRequired)
      .Text("--review-on", &hold->review_on)
      .Flag("--release", &hold->release);
  AddContext(holding, &hold->context);
  holding.Runs([&shell, hold] { return Hold(shell, *hold); });

  AddCompelledCommand(set, group);
}

}  // namespace sluis::cli
