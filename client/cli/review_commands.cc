#include "client/cli/review_commands.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <string>

#include "client/cli/receipt.h"
#include "client/cli/request_context.h"
#include "client/cli/signal_view.h"
#include "client/lib/text.h"

namespace sluis::cli {
namespace {

namespace chrono = std::chrono;
using record::v1::StoredReview;

struct ReviewOptions {
  ContextOptions context;
  std::string key;
  std::string epoch;
  std::string from;
  std::string until;
  std::string each;
  bool everything = false;
  std::string reason;
  std::string decision_ref;
};

// UTC, days since 1970-01-01, of YYYY-MM-DD.
uint32_t DayNumber(const std::string& day) {
  const auto number = [&day](size_t at, size_t length) {
    int out = 0;
    std::from_chars(day.data() + at, day.data() + at + length, out);
    return out;
  };
  const chrono::sys_days days = chrono::year(number(0, 4)) /
                                chrono::month(static_cast<unsigned>(number(5, 2))) /
                                chrono::day(static_cast<unsigned>(number(8, 2)));
  return static_cast<uint32_t>(std::max(0, static_cast<int>(days.time_since_epoch().count())));
}

std::string DayText(uint32_t day) {
  const chrono::year_month_day date(chrono::sys_days(chrono::days(static_cast<int>(day))));
  char text[32];
  std::snprintf(text, sizeof text, "%02u/%02u/%04d", static_cast<unsigned>(date.day()),
                static_cast<unsigned>(date.month()), static_cast<int>(date.year()));
  return text;
}

Result<uint32_t> NumberOf(const std::string& text, uint32_t most, const std::string& option) {
  uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (!text.empty() &&
      (error != std::errc() || end != text.data() + text.size() || number == 0 || number > most)) {
    return Failure{Exit::kUsage,
                   {"review.bad_number", {{"option", option}, {"most", std::to_string(most)}}},
                   nullptr};
  }
  return number;
}

Step SetPeriod(const ReviewOptions& options, node::v1::ReviewPeriod* period) {
  const Result<std::string> from = DayOf(options.from, "--from");
  if (!from.ok()) return from.failure();
  const Result<std::string> until = DayOf(options.until, "--until");
  if (!until.ok()) return until.failure();
  const Result<uint32_t> epoch = NumberOf(options.epoch, 1'000'000, "--epoch");
  if (!epoch.ok()) return epoch.failure();
  period->set_purpose(options.key);
  period->set_epoch(*epoch);
  period->set_first_day(DayNumber(*from));
  period->set_last_day(DayNumber(*until));
  return std::nullopt;
}

template <typename Request>
Result<Request> RequestOf(Shell& shell, const ReviewOptions& options) {
  const Result<node::v1::RequestContext> context =
      ContextOf(shell, options.context, CaseRef::kOptional);
  if (!context.ok()) return context.failure();
  Request request;
  *request.mutable_context() = *context;
  if constexpr (!std::is_same_v<Request, node::v1::GetReviewsRequest>) {
    if (Step failure = SetPeriod(options, request.mutable_period())) return *std::move(failure);
  }
  return request;
}

// The word of a fixed list; as it came when this command does not know it.
std::string Known(const Shell& shell, const std::string& group, const std::string& word) {
  const std::string key = group + word;
  return shell.catalogue().Has(key) ? shell.Text(key) : Harmless(word);
}

std::string StateWord(const Shell& shell, record::v1::ReviewState state) {
  switch (state) {
    case record::v1::REVIEW_STATE_COLLECTING:
      return shell.Text("review.state.collecting");
    case record::v1::REVIEW_STATE_FIXED:
      return shell.Text("review.state.fixed");
    case record::v1::REVIEW_STATE_DRAWN:
      return shell.Text("review.state.drawn");
    case record::v1::REVIEW_STATE_CLOSING:
      return shell.Text("review.state.closing");
    case record::v1::REVIEW_STATE_CLOSED:
      return shell.Text("review.state.closed");
    case record::v1::REVIEW_STATE_UNSPECIFIED:
      return shell.Text("review.state.given_up");
    default:
      return "?";
  }
}

bool InOrder(const record::v1::SampledEvaluation& one) {
  return one.verdict().empty() || one.verdict() == "matches";
}

Exit ExitOf(const node::v1::ReviewView& view) {
  const StoredReview& review = view.review();
  const bool in_order = review.missing().empty() && review.findings().empty() &&
                        std::all_of(review.sample().begin(), review.sample().end(), InOrder);
  return in_order ? Exit::kDone : Exit::kFinding;
}

void SayResult(Shell& shell, const record::v1::SampledEvaluation& one) {
  const std::string verdict = one.verdict().empty() ? "waiting" : one.verdict();
  shell.Say("review.result", {{"leaf", crypto::HexEncode(one.leaf_hash())},
                              {"verdict", Known(shell, "review.verdict.", verdict)}});
  if (verdict == "erased") {
    shell.Say("review.erased", {{"entry", std::to_string(one.erased_by_entry())}});
    if (one.erased_by_asker()) shell.Say("review.erased_by_asker");
    if (one.erased_in_period()) shell.Say("review.erased_in_period");
  }
}

template <typename Answer>
Exit SayStep(Shell& shell, const Answer& answer, Exit exit) {
  if (shell.json) {
    shell.Print(client::ToJson(answer));
  } else {
    SayReview(shell, answer.review());
    SayReceipt(shell, answer.log_receipt());
  }
  return exit == Exit::kDone ? ExitOf(answer.review()) : exit;
}

Exit Status(Shell& shell, const ReviewOptions& options) {
  const auto request = RequestOf<node::v1::GetReviewsRequest>(shell, options);
  if (!request.ok()) return shell.Fail(request.failure());
  const auto answer = Call<node::v1::GetReviewsResponse>(shell, *request);
  if (!answer.ok()) return shell.Fail(answer.failure());
  Exit exit = Exit::kDone;
  for (const node::v1::ReviewView& view : answer->reviews()) {
    if (ExitOf(view) != Exit::kDone) exit = Exit::kFinding;
  }
  if (shell.json) {
    shell.Print(client::ToJson(*answer));
    return exit;
  }
  if (answer->reviews().empty()) shell.Say("review.none");
  for (const node::v1::ReviewView& view : answer->reviews()) SayReview(shell, view);
  SayReceipt(shell, answer->log_receipt());
  return exit;
}

Exit Collect(Shell& shell, const ReviewOptions& options) {
  const auto request = RequestOf<node::v1::CollectListsRequest>(shell, options);
  if (!request.ok()) return shell.Fail(request.failure());
  const auto answer = Call<node::v1::CollectListsResponse>(shell, *request);
  if (!answer.ok()) return shell.Fail(answer.failure());
  const StoredReview& review = answer->review().review();
  const uint32_t days = review.last_day() - review.first_day() + 1;
  bool all = true;
  for (const node::v1::ReviewHolder& holder : answer->review().holders()) {
    all = all && holder.lists() >= days;
  }
  return SayStep(shell, *answer, all ? Exit::kDone : Exit::kPartly);
}

Exit Draw(Shell& shell, const ReviewOptions& options) {
  auto request = RequestOf<node::v1::DrawSampleRequest>(shell, options);
  if (!request.ok()) return shell.Fail(request.failure());
  const Result<uint32_t> each = NumberOf(options.each, 100, "--each");
  if (!each.ok()) return shell.Fail(each.failure());
  request->set_per_holder(*each);
  request->set_everything(options.everything);
  const auto answer = Call<node::v1::DrawSampleResponse>(shell, *request);
  if (!answer.ok()) return shell.Fail(answer.failure());
  const bool drawn = answer->review().review().state() == record::v1::REVIEW_STATE_DRAWN;
  return SayStep(shell, *answer, drawn ? Exit::kDone : Exit::kPartly);
}

Exit Open(Shell& shell, const ReviewOptions& options) {
  auto request = RequestOf<node::v1::OpenSampleRequest>(shell, options);
  if (!request.ok()) return shell.Fail(request.failure());
  request->set_reason(options.reason);
  request->set_decision_ref(options.decision_ref);
  const auto answer = Call<node::v1::OpenSampleResponse>(shell, *request);
  if (!answer.ok()) return shell.Fail(answer.failure());
  const bool in_order = std::all_of(answer->opened().begin(), answer->opened().end(),
                                    [](const auto& opened) { return InOrder(opened.result()); });
  const Exit exit = in_order ? Exit::kDone : Exit::kFinding;
  if (shell.json) {
    shell.Print(client::ToJson(*answer));
    return exit;
  }
  for (const node::v1::OpenedEvaluation& opened : answer->opened()) {
    SayResult(shell, opened.result());
    std::string ids;
    for (const std::string& id : opened.record_ids()) {
      ids += (ids.empty() ? "" : ", ") + crypto::HexEncode(id);
    }
    if (!ids.empty()) {
      shell.Say("review.opened", {{"case", Harmless(opened.case_ref())}, {"ids", ids}});
    }
    SayReceipt(shell, opened.log_receipt());
  }
  return exit;
}

Exit Close(Shell& shell, const ReviewOptions& options) {
  const auto request = RequestOf<node::v1::CloseReviewRequest>(shell, options);
  if (!request.ok()) return shell.Fail(request.failure());
  const auto answer = Call<node::v1::CloseReviewResponse>(shell, *request);
  if (!answer.ok()) return shell.Fail(answer.failure());
  return SayStep(shell, *answer, Exit::kDone);
}

Command Described(CommandSet& set, CLI::App& group, const std::string& name,
                  const std::shared_ptr<ReviewOptions>& options, const std::string& example) {
  Command command(set, group, name, example);
  command.Text("--key", &options->key, Need::kRequired, "review_key")
      .Text("--from", &options->from, Need::kRequired, "review_from")
      .Text("--until", &options->until, Need::kRequired, "review_until")
      .Text("--epoch", &options->epoch, Need::kOptional, "review_epoch");
  return command;
}

}  // namespace

void SayReview(Shell& shell, const node::v1::ReviewView& view) {
  const StoredReview& review = view.review();
  shell.Say("review.head", {{"purpose", Harmless(review.purpose())},
                            {"epoch", std::to_string(review.epoch())},
                            {"from", DayText(review.first_day())},
                            {"until", DayText(review.last_day())},
                            {"state", StateWord(shell, review.state())}});
  for (const node::v1::ReviewHolder& holder : view.holders()) {
    shell.Say(holder.revealed() ? "review.holder_revealed" : "review.holder",
              {{"organisation", Harmless(holder.organisation())},
               {"lists", std::to_string(holder.lists())}});
  }
  for (const std::string& holder : review.missing()) {
    shell.Say("review.missing", {{"organisation", Harmless(holder)}});
  }
  if (review.open_until_s() != 0) {
    shell.Say(review.everything() ? "review.everything" : "review.sample",
              {{"requests", std::to_string(review.requests())},
               {"sample", std::to_string(review.sample_size())},
               {"until", client::LegalMinute(static_cast<int64_t>(review.open_until_s()))}});
  }
  for (const record::v1::ReviewFinding& finding : review.findings()) {
    std::string holders;
    for (const std::string& holder : finding.holders()) {
      holders += (holders.empty() ? "" : ", ") + Harmless(holder);
    }
    shell.Say("review.finding",
              {{"fault", Known(shell, "review.fault.", finding.fault())}, {"holders", holders}});
  }
  if (review.more_findings()) shell.Say("review.more_findings");
  for (const record::v1::SampledEvaluation& one : review.sample()) SayResult(shell, one);
  if (review.state() == record::v1::REVIEW_STATE_CLOSING) {
    shell.Say("review.to_destroy", {{"count", std::to_string(view.to_destroy())}});
  }
}

void AddReviewCommands(CommandSet& set) {
  CLI::App& group = AddGroup(set, "review", "sluis review status");
  Shell& shell = set.shell();
  const auto status = Options<ReviewOptions>();
  Command listing(set, group, "status", "sluis review status");
  AddContext(listing, &status->context);
  listing.Runs([&shell, status] { return Status(shell, *status); });

  const auto collect = Options<ReviewOptions>();
  Command collecting = Described(
      set, group, "collect", collect,
      "sluis review collect --key doorverwijzing-hulp --from 01/07/2026 --until 30/09/2026");
  AddContext(collecting, &collect->context);
  collecting.Runs([&shell, collect] { return Collect(shell, *collect); });

  const auto draw = Options<ReviewOptions>();
  Command drawing =
      Described(set, group, "draw", draw,
                "sluis review draw --key doorverwijzing-hulp --from 01/07/2026 --until 30/09/2026");
  drawing.Text("--each", &draw->each, Need::kOptional, "review_each")
      .Flag("--everything", &draw->everything, "review_everything");
  AddContext(drawing, &draw->context);
  drawing.Runs([&shell, draw] { return Draw(shell, *draw); });

  const auto open = Options<ReviewOptions>();
  Command opening =
      Described(set, group, "open", open,
                "sluis review open --key doorverwijzing-hulp --from 01/07/2026 --until 30/09/2026"
                " --reason=steekproef --decision-ref=B-2026-7");
  opening.Text("--reason", &open->reason, Need::kRequired, "log_reason")
      .Text("--decision-ref", &open->decision_ref, Need::kRequired);
  AddContext(opening, &open->context);
  opening.Runs([&shell, open] { return Open(shell, *open); });

  const auto close = Options<ReviewOptions>();
  Command closing = Described(
      set, group, "close", close,
      "sluis review close --key doorverwijzing-hulp --from 01/07/2026 --until 30/09/2026");
  AddContext(closing, &close->context);
  closing.Runs([&shell, close] { return Close(shell, *close); });
}

}  // namespace sluis::cli
