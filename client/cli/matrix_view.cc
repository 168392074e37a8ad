#include "client/cli/matrix_view.h"

#include <algorithm>
#include <string_view>

#include "client/cli/signal_view.h"
#include "client/lib/text.h"
#include "policies/written_text.h"

namespace sluis::cli {
namespace {

using policies::MatrixRow;
using policies::Sight;

// Between columns, and after the last field number of a legend.
constexpr char kGap[] = "  ";

std::string SightText(const Shell& shell, Sight sight) {
  return shell.Text("policy.sight." + std::string(policies::SightName(sight)));
}

const char* SightMark(Sight sight) {
  if (sight == Sight::kAsIs) return "x";
  return sight == Sight::kCoarser ? "~" : ".";
}

std::string Padded(const std::string& text, size_t width) {
  const size_t length = client::Length(text);
  return text + std::string(length < width ? width - length : 0, ' ');
}

// Without blanks at its end.
std::string Line(std::string text) {
  text.erase(text.find_last_not_of(' ') + 1);
  return text + "\n";
}

std::string Escaped(std::string_view text) { return policies::HtmlText(Harmless(text)); }

// `inner` is HTML already; `attribute` is name="value" or nothing.
std::string Tag(const std::string& name, const std::string& inner,
                const std::string& attribute = "") {
  return "<" + name + (attribute.empty() ? "" : " ") + attribute + ">" + inner + "</" + name + ">";
}

std::string Attribute(const std::string& name, std::string_view value) {
  return name + "=\"" + Escaped(value) + "\"";
}

constexpr char kStyle[] =
    "body{font-family:sans-serif}table{border-collapse:collapse}"
    "th,td{border:solid 1px;padding:0.3em;text-align:left}.as_is{background:#fdd}"
    ".coarser{background:#ffd}.never{color:#777}";

}  // namespace

std::string MatrixTable(const Shell& shell, const Matrix& matrix) {
  std::string out = shell.Text("policy.matrix_of", {{"packs", matrix.packs}}) + "\n";
  if (!matrix.where.empty()) {
    out += shell.Text("policy.matrix_where", {{"values", matrix.where}}) + "\n";
  }
  if (matrix.rows.empty()) return out + shell.Text("policy.matrix_empty") + "\n";
  for (size_t i = 0; i < matrix.fields.size(); ++i) {
    out += kGap + Padded(std::to_string(i + 1), 2) + " " + matrix.fields[i] + "\n";
  }
  for (const Sight sight : {Sight::kAsIs, Sight::kCoarser, Sight::kNever}) {
    out += kGap + Padded(SightMark(sight), 2) + " " + SightText(shell, sight) + "\n";
  }
  std::vector<size_t> widths;
  for (size_t i = 0; i < matrix.axes.size(); ++i) {
    widths.push_back(client::Length(matrix.axes[i]));
    for (const MatrixRow& row : matrix.rows) {
      widths[i] = std::max(widths[i], client::Length(row.values[i]));
    }
  }
  std::string header;
  for (size_t i = 0; i < matrix.axes.size(); ++i) {
    header += Padded(matrix.axes[i], widths[i]) + kGap;
  }
  for (size_t i = 0; i < matrix.fields.size(); ++i) header += Padded(std::to_string(i + 1), 3);
  out += "\n" + Line(header);
  for (const MatrixRow& row : matrix.rows) {
    std::string line;
    for (size_t i = 0; i < row.values.size(); ++i) line += Padded(row.values[i], widths[i]) + kGap;
    for (const Sight sight : row.fields) line += Padded(SightMark(sight), 3);
    out += Line(line);
  }
  return out;
}

std::string MatrixCsv(const Matrix& matrix) {
  std::vector<std::string> cells = matrix.axes;
  cells.insert(cells.end(), matrix.fields.begin(), matrix.fields.end());
  cells.emplace_back("example");
  std::string out = policies::CsvLine(cells);
  for (const MatrixRow& row : matrix.rows) {
    cells = row.values;
    for (const Sight sight : row.fields) cells.emplace_back(policies::SightName(sight));
    cells.push_back(row.example);
    out += policies::CsvLine(cells);
  }
  return out;
}

std::string MatrixHtml(const Shell& shell, const Matrix& matrix) {
  const std::string title = Escaped(shell.Text("policy.matrix_of", {{"packs", matrix.packs}}));
  std::string head;
  for (const auto* names : {&matrix.axes, &matrix.fields}) {
    for (const std::string& name : *names) {
      head += Tag("th", Escaped(name), Attribute("scope", "col"));
    }
  }
  head += Tag("th", Escaped(shell.Text("policy.example")), Attribute("scope", "col"));
  std::string body;
  for (const MatrixRow& row : matrix.rows) {
    std::string cells;
    for (const std::string& value : row.values) {
      cells += Tag("th", Escaped(value), Attribute("scope", "row"));
    }
    for (const Sight sight : row.fields) {
      cells += Tag("td", Escaped(SightText(shell, sight)),
                   Attribute("class", policies::SightName(sight)));
    }
    body += Tag("tr", cells + Tag("td", Tag("small", Escaped(row.example)))) + "\n";
  }
  std::string page = Tag("h1", title) + "\n";
  if (!matrix.where.empty()) {
    page += Tag("p", Escaped(shell.Text("policy.matrix_where", {{"values", matrix.where}}))) + "\n";
  }
  if (matrix.rows.empty()) page += Tag("p", Escaped(shell.Text("policy.matrix_empty"))) + "\n";
  page += Tag("table", "\n" + Tag("thead", Tag("tr", head)) + "\n" + Tag("tbody", "\n" + body)) +
          "\n" +
          Tag("p", Escaped(shell.Text("policy.under",
                                      {{"packs", matrix.packs}, {"digest", matrix.digest}}))) +
          "\n";
  return "<!DOCTYPE\nhtml>\n" +
         Tag("html",
             "\n" +
                 Tag("head", "<meta\n" + Attribute("charset", "utf-8") + ">" + Tag("title", title) +
                                 Tag("style", kStyle)) +
                 "\n" + Tag("body", "\n" + page) + "\n",
             Attribute("lang", shell.Language())) +
         "\n";
}

Json MatrixJson(const Matrix& matrix) {
  Json rows = Json::array();
  for (const MatrixRow& row : matrix.rows) {
    Json values = Json::object();
    for (size_t i = 0; i < row.values.size(); ++i) values[matrix.axes[i]] = row.values[i];
    Json fields = Json::object();
    for (size_t i = 0; i < row.fields.size(); ++i) {
      fields[matrix.fields[i]] = policies::SightName(row.fields[i]);
    }
    Json examples = Json::object();
    for (size_t i = 0; i < row.fields.size(); ++i) {
      if (row.fields[i] != Sight::kNever) examples[matrix.fields[i]] = row.examples[i];
    }
    rows.push_back(
        {{"values", values}, {"fields", fields}, {"example", row.example}, {"examples", examples}});
  }
  return {{"packs", matrix.packs},
          {"effective", matrix.digest},
          {"where", matrix.where},
          {"axes", matrix.axes},
          {"rows", rows}};
}

}  // namespace sluis::cli
