#include <map>

#include "client/cli/receipt.h"
#include "client/cli/request_context.h"
#include "client/cli/signal_commands.h"
#include "client/cli/signal_view.h"
#include "client/lib/form_words.h"
#include "client/lib/identity_form.h"
#include "client/lib/own_files.h"
#include "client/lib/signal_rows.h"

namespace sluis::cli {
namespace {

struct ImportOptions {
  ContextOptions context;
  std::string file;
  bool yes = false;
};

// What became of one row, for the report.
struct RowReport {
  uint32_t line = 0;
  std::string text;
  Json json;
};

std::string Reason(const Shell& shell, const node::v1::RefusalDetail& refusal) {
  std::string text = RefusalText(shell, refusal);
  return text.empty() ? shell.Text("refusal.other", {{"code", Harmless(refusal.code())}}) : text;
}

// Counts the outcomes and reports the rows that the node refused.
struct Tally {
  uint32_t recorded = 0;
  uint32_t there = 0;
  std::map<uint32_t, std::vector<RowReport>> refused;  // by line

  size_t refused_rows() const { return refused.size(); }
};

void Count(const Shell& shell, const std::vector<client::SignalRow>& rows,
           const node::v1::ImportSignalsResponse& answer, Tally* tally) {
  for (const node::v1::ImportRowResult& result : answer.results()) {
    if (result.outcome() == node::v1::IMPORT_ROW_OUTCOME_RECORDED) {
      ++tally->recorded;
      continue;
    }
    if (result.outcome() == node::v1::IMPORT_ROW_OUTCOME_ALREADY_THERE) {
      ++tally->there;
      continue;
    }
    client::Remark remark{result.line(), 0, client::FormNameOf(result.field()), {"", {}}};
    for (const client::SignalRow& row : rows) {
      if (row.line == result.line()) remark.sheet_row = row.sheet_row;
    }
    std::string text = PlaceOf(shell, remark);
    if (!remark.field.empty()) {
      text += ", " + shell.Text("place.field", {{"field", remark.field}});
    }
    const std::string why = Reason(shell, result.refusal());
    tally->refused[remark.line].push_back({remark.line,
                                           text + ": " + why,
                                           {{"line", remark.line},
                                            {"sheet_row", remark.sheet_row},
                                            {"field", remark.field},
                                            {"kind", "refusal." + result.refusal().code()},
                                            {"text", why}}});
  }
}

Exit Report(Shell& shell, const Tally& tally) {
  if (shell.json) {
    Json refused = Json::array();
    for (const auto& [line, reports] : tally.refused) {
      for (const RowReport& report : reports) refused.push_back(report.json);
    }
    shell.Print({{"recorded", tally.recorded},
                 {"already_there", tally.there},
                 {"refused", tally.refused_rows()},
                 {"remarks", refused}});
  } else {
    for (const auto& [line, reports] : tally.refused) {
      for (const RowReport& report : reports) shell.err() << report.text << '\n';
    }
    shell.Say("import.done", {{"recorded", std::to_string(tally.recorded)},
                              {"there", std::to_string(tally.there)},
                              {"refused", std::to_string(tally.refused_rows())}});
    if (tally.refused_rows() > 0) shell.Note("import.again");
  }
  return tally.refused_rows() > 0 ? Exit::kPartly : Exit::kDone;
}

Exit Import(Shell& shell, const ImportOptions& options) {
  const Result<node::v1::RequestContext> context = ContextOf(shell, options.context);
  if (!context.ok()) return shell.Fail(context.failure());
  const Result<client::Profile> profile = shell.Profile();
  if (!profile.ok()) return shell.Fail(profile.failure());
  // One byte more than a table may have, so that the table's own refusal is the one people see.
  const Result<std::string> bytes = client::ReadWhole(options.file, client::kMaxTableBytes + 1);
  if (!bytes.ok()) return shell.Fail(bytes.failure());
  const auto table = client::ReadTable(*bytes, client::FormColumns());
  if (const auto* remark = std::get_if<client::Remark>(&table)) {
    // No table brings in persons, however small it is.
    if (client::NamesPersons(remark->field)) {
      return shell.Fail(Exit::kUsage, "import.persons",
                        {{"path", options.file}, {"column", Harmless(remark->field)}});
    }
    return shell.Fail(Exit::kUsage, "import.file_refused",
                      {{"path", options.file}, {"why", RemarkText(shell, *remark)}});
  }
  const client::SignalRows rows = client::ReadSignalRows(std::get<client::Table>(table),
                                                         {shell.today(), profile->secrecy_regime});
  Tally tally;
  for (const client::Remark& remark : rows.remarks) {
    tally.refused[remark.line].push_back(
        {remark.line, RemarkText(shell, remark), RemarkJson(shell, remark)});
  }
  if (!rows.good.empty()) {
    if (!options.yes &&
        !shell.Confirm("import.confirm", {{"good", std::to_string(rows.good.size())},
                                          {"bad", std::to_string(tally.refused_rows())}})) {
      return shell.Fail(Exit::kUsage, "signal.not_sent");
    }
    node::v1::ImportSignalsRequest request;
    *request.mutable_context() = *context;
    for (const client::SignalRow& row : rows.good) {
      node::v1::ImportRow* sent = request.add_rows();
      sent->set_line(row.line);
      *sent->mutable_signal() = row.signal;
    }
    const auto answer = Call<node::v1::ImportSignalsResponse>(shell, request);
    if (!answer.ok()) return shell.Fail(answer.failure());
    Count(shell, rows.good, *answer, &tally);
  }
  return Report(shell, tally);
}

}  // namespace

void AddImportCommand(CommandSet& set, CLI::App& group) {
  const auto options = Options<ImportOptions>();
  Shell& shell = set.shell();
  Command command(set, group, "import", "sluis signal import tafel.csv --case INTAKE");
  command.Text("file", &options->file, Need::kRequired, "table_file").Flag("--yes", &options->yes);
  AddContext(command, &options->context);
  command.Runs([&shell, options] { return Import(shell, *options); });
}

}  // namespace sluis::cli
