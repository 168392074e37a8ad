#include "client/cli/log_query.h"

#include "client/cli/log_export.h"
#include "client/cli/receipt.h"
#include "client/cli/request_context.h"
#include "client/cli/signal_view.h"
#include "client/lib/text.h"
#include "sluis/record/v1/entry.pb.h"

namespace sluis::cli {
namespace {

struct QueryOptions {
  ContextOptions context;
  OpenOptions open;
  std::string reason;
  std::string from;
  std::string until;
  std::vector<std::string> operations;
  std::vector<std::string> outcomes;
  std::string filter_purpose;
  std::string filter_user;
  std::string filter_record;
  std::string limit;
  std::string page;
};

// The value whose word this is; 0 is no value that can be asked for.
template <typename Enum>
Step AddWords(const std::vector<std::string>& words, const std::string& option,
              google::protobuf::RepeatedField<int>* out) {
  const auto* type = google::protobuf::GetEnumDescriptor<Enum>();
  for (const std::string& word : words) {
    int found = 0;
    std::string known;
    for (int i = 0; i < type->value_count(); ++i) {
      const auto& value = *type->value(i);
      if (value.number() == 0) continue;
      const std::string name = client::EnumWord(value);
      known += (known.empty() ? "" : ", ") + name;
      if (name == word) found = value.number();
    }
    if (found == 0) {
      return Failure{
          Exit::kUsage, {"log.bad_word", {{"option", option}, {"words", known}}}, nullptr};
    }
    out->Add(found);
  }
  return std::nullopt;
}

Step SetTimes(const QueryOptions& options, node::v1::QueryLogRequest* request) {
  const Result<std::string> from = DayOf(options.from, "--from");
  if (!from.ok()) return from.failure();
  const Result<std::string> until = DayOf(options.until, "--until");
  if (!until.ok()) return until.failure();
  constexpr uint64_t kMicros = 1000000;
  if (!from->empty()) {
    request->set_from_us(static_cast<uint64_t>(client::DayBegin(*from)) * kMicros);
  }
  if (!until->empty()) {
    // The day itself is meant too; a day may last 23 or 25 hours, 36 hours on is in the next.
    const std::string next = client::LegalDay(client::DayBegin(*until) + 36 * 3600);
    request->set_until_us(static_cast<uint64_t>(client::DayBegin(next)) * kMicros);
  }
  return std::nullopt;
}

Result<node::v1::QueryLogRequest> RequestOf(Shell& shell, const QueryOptions& options) {
  const Result<node::v1::RequestContext> context =
      ContextOf(shell, options.context, CaseRef::kOptional);
  if (!context.ok()) return context.failure();
  node::v1::QueryLogRequest request;
  *request.mutable_context() = *context;
  request.set_reason(options.reason);
  request.set_purpose(options.filter_purpose);
  request.set_user_id(options.filter_user);
  Step failure = SetOpen(options.open, request.mutable_open());
  if (!failure) failure = SetTimes(options, &request);
  if (!failure) {
    failure = AddWords<record::v1::Operation>(options.operations, "--operation",
                                              request.mutable_operations());
  }
  if (!failure) {
    failure =
        AddWords<record::v1::Outcome>(options.outcomes, "--outcome", request.mutable_outcomes());
  }
  if (!failure) failure = SetPage(options.page, options.limit, 500, &request);
  if (failure) return *std::move(failure);
  if (!options.filter_record.empty()) {
    const Result<std::string> id = IdOf(options.filter_record, 16);
    if (!id.ok()) return id.failure();
    request.set_record_id(*id);
  }
  return request;
}

std::string Word(const google::protobuf::EnumDescriptor& type, int number) {
  const auto* value = type.FindValueByNumber(number);
  return value == nullptr ? "?" : client::EnumWord(*value);
}

void SayRow(Shell& shell, const node::v1::LogRow& row) {
  const record::v1::ActPart& act = row.act();
  std::string line =
      std::to_string(row.index()) + "  " +
      client::LegalMinute(static_cast<int64_t>(row.logged_at_us() / 1000000)) + "  " +
      shell.Text("operation." + Word(*record::v1::Operation_descriptor(), act.operation())) + "  " +
      shell.Text("outcome." + Word(*record::v1::Outcome_descriptor(), act.outcome())) + "  " +
      Harmless(act.method());
  for (const std::string* word : {&act.purpose(), &act.basis(), &act.refusal()}) {
    if (!word->empty()) line += "  " + Harmless(*word);
  }
  if (act.count() > 1) line += "  x" + std::to_string(act.count());
  for (const std::string& rule : act.rule_ids()) line += "  " + Harmless(rule);
  for (const std::string& field : act.scope()) line += "  " + Harmless(field);
  if (!act.barred_until().empty()) {
    line += "  " + shell.Text("log.barred_until", {{"day", Harmless(act.barred_until())}});
  }
  if (row.has_actor()) {
    line += "  " + Harmless(row.actor().user_id()) + "/" + Harmless(row.actor().role());
  }
  if (row.subject_erased()) {
    line += "  " + shell.Text("log.subject_erased");
  } else if (row.has_subject()) {
    for (const std::string& id : row.subject().record_ids()) line += "  " + crypto::HexEncode(id);
    line += "  " + Harmless(row.subject().case_ref());
    for (const std::string* word :
         {&row.subject().order_reference(), &row.subject().order_authority()}) {
      if (!word->empty()) line += "  " + Harmless(*word);
    }
  }
  shell.out() << line << '\n';
  for (const record::v1::AttributeValue& attribute : row.decision().attributes()) {
    shell.out() << "    " << Harmless(attribute.name()) << " = " << Harmless(attribute.value())
                << '\n';
  }
}

Exit Query(Shell& shell, const QueryOptions& options) {
  const Result<node::v1::QueryLogRequest> request = RequestOf(shell, options);
  if (!request.ok()) return shell.Fail(request.failure());
  const auto answer = Call<node::v1::QueryLogResponse>(shell, *request);
  if (!answer.ok()) return shell.Fail(answer.failure());
  if (shell.json) {
    shell.Print(client::ToJson(*answer));
    return Exit::kDone;
  }
  for (const node::v1::LogRow& row : answer->rows()) SayRow(shell, row);
  shell.Note("log.covered", {{"count", std::to_string(answer->covered())}});
  SayNextPage(shell, answer->next_page_token());
  SayReceipt(shell, answer->log_receipt());
  return Exit::kDone;
}

}  // namespace

void AddQueryCommand(CommandSet& set, CLI::App& group) {
  const auto options = Options<QueryOptions>();
  Shell& shell = set.shell();
  Command command(set, group, "query",
                  "sluis log query --reason \"steekproef van november\" --from 01/11/2026");
  command.Text("--reason", &options->reason, Need::kRequired, "log_reason")
      .Text("--from", &options->from)
      .Text("--until", &options->until)
      .Texts("--operation", &options->operations)
      .Texts("--outcome", &options->outcomes)
      .Text("--filter-purpose", &options->filter_purpose)
      .Text("--filter-user", &options->filter_user)
      .Text("--filter-record", &options->filter_record)
      .Text("--limit", &options->limit)
      .Text("--page", &options->page);
  AddOpen(command, &options->open);
  AddContext(command, &options->context);
  command.Runs([&shell, options] { return Query(shell, *options); });
}

}  // namespace sluis::cli
