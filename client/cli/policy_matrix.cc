#include "client/cli/policy_matrix.h"

#include <sstream>
#include <utility>
#include <vector>

#include "client/cli/matrix_view.h"
#include "client/cli/policy_files.h"
#include "client/cli/signal_view.h"
#include "crypto/bytes.h"
#include "policies/visibility.h"

namespace sluis::cli {
namespace {

struct MatrixCommand {
  std::vector<std::string> files;
  std::string axes;
  std::vector<std::string> where;
  std::string format;
};

constexpr const char* kDefaultAxes[] = {"purpose", "actor.role"};

// What --axes names; otherwise the usual ones that the rules declare.
std::vector<std::string> AxesOf(const policies::Schema& schema, const std::string& typed) {
  std::vector<std::string> axes;
  if (typed.empty()) {
    for (const char* name : kDefaultAxes) {
      if (schema.FindAttribute(name)) axes.emplace_back(name);
    }
    return axes;
  }
  std::istringstream words(typed);
  std::string word;
  while (std::getline(words, word, ',')) axes.push_back(word);
  return axes;
}

// What --where asks, as tests of the attributes it names.
std::vector<policies::ValueTest> TestsOf(const policies::Schema& schema,
                                         const policies::GivenValues& values) {
  std::vector<policies::ValueTest> tests;
  for (const auto& [id, value] : values) {
    policies::ValueTest test;
    test.attribute = id;
    test.integer = schema.attributes[id].type == policies::ValueType::kInteger;
    test.none = value == policies::kNone;
    if (test.integer && !test.none) test.minimum = test.maximum = value;
    if (!test.integer && !test.none) test.values = uint64_t{1} << static_cast<uint32_t>(value);
    tests.push_back(test);
  }
  return tests;
}

std::string TextOf(const policies::Schema& schema, const policies::GivenValues& values) {
  std::string text;
  for (const auto& [id, value] : values) {
    const policies::Attribute& attribute = schema.attributes[id];
    text += (text.empty() ? "" : ", ") + attribute.name + "=" + schema.ValueName(attribute, value);
  }
  return text;
}

Exit PrintMatrix(Shell& shell, const MatrixCommand& options) {
  if (!options.format.empty() && options.format != "table" && options.format != "csv" &&
      options.format != "html") {
    return shell.Fail(Exit::kUsage, "policy.bad_format", {{"format", Harmless(options.format)}});
  }
  if (shell.json && !options.format.empty()) return shell.Fail(Exit::kUsage, "policy.format_json");
  const Result<policies::PackSet> packs = LoadPacks(options.files);
  if (!packs.ok()) return shell.Fail(packs.failure());
  const Result<policies::GivenValues> values =
      ValuesTyped(packs->schema(), options.where, "--where", Derived::kTaken);
  if (!values.ok()) return shell.Fail(values.failure());
  const std::vector<policies::ValueTest> where = TestsOf(packs->schema(), *values);
  std::vector<const policies::ValueTest*> cuts;
  for (const policies::ValueTest& test : where) cuts.push_back(&test);
  // Integers are cut at what is asked too, so that an example has that very number.
  const absl::StatusOr<policies::RuleSpace> rules =
      policies::RuleSpace::Of(*packs, policies::RuleSpace::kSteps, cuts);
  if (!rules.ok()) return shell.Fail(NoAnswer(rules.status()));
  Matrix matrix;
  matrix.packs = PackNames(*packs);
  matrix.digest = crypto::HexEncode(crypto::View(packs->digests().effective));
  matrix.axes = AxesOf(packs->schema(), options.axes);
  matrix.where = TextOf(packs->schema(), *values);
  for (const policies::Field& field : packs->schema().fields) matrix.fields.push_back(field.name);
  absl::StatusOr<std::vector<policies::MatrixRow>> rows =
      policies::AccessMatrix(*rules, matrix.axes, rules->Where(where));
  if (!rows.ok()) return shell.Fail(NoAnswer(rows.status()));
  matrix.rows = *std::move(rows);
  if (shell.json) {
    shell.Print(MatrixJson(matrix));
  } else if (options.format == "csv") {
    shell.out() << MatrixCsv(matrix);
  } else if (options.format == "html") {
    shell.out() << MatrixHtml(shell, matrix);
  } else {
    shell.out() << MatrixTable(shell, matrix);
  }
  return Exit::kDone;
}

}  // namespace

void AddPolicyMatrixCommand(CommandSet& set, CLI::App& group) {
  const auto options = Options<MatrixCommand>();
  Shell& shell = set.shell();
  Command(set, group, "matrix",
          "sluis policy matrix statutory.be.yaml livc-r.yaml --axes purpose,actor.role "
          "--where action=share --format html")
      .Files("file", &options->files, Need::kRequired, "pack_files")
      .Text("--axes", &options->axes)
      .Texts("--where", &options->where)
      .Text("--format", &options->format, Need::kOptional, "matrix_format")
      .AnswersJson()
      .Runs([&shell, options] { return PrintMatrix(shell, *options); });
}

}  // namespace sluis::cli
