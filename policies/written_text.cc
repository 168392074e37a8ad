#include "policies/written_text.h"

namespace sluis::policies {
namespace {

constexpr std::size_t kTurningBytes = 3;

void AppendHtml(char c, std::string& out) {
  switch (c) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '"':
      out += "&quot;";
      break;
    case '\'':
      out += "&#39;";
      break;
    case '\n':
    case '\r':
    case '\t':
      out += ' ';
      break;
    default:
      out += c;
  }
}

// What a spreadsheet takes for the begin of a formula; some look past spaces.
bool BeginsFormula(std::string_view cell) {
  if (cell.empty()) return false;
  if (std::string_view("\t\r\n").find(cell[0]) != std::string_view::npos) return true;
  const std::size_t first = cell.find_first_not_of(' ');
  return first != std::string_view::npos &&
         std::string_view("=+-@").find(cell[first]) != std::string_view::npos;
}

std::string CsvCell(std::string cell) {
  if (BeginsFormula(cell)) cell.insert(cell.begin(), '\'');
  if (cell.find_first_of(",;\"\r\n") == std::string::npos) return cell;
  std::string quoted = "\"";
  for (const char c : cell) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace

bool TurnsDirection(std::string_view text, std::size_t at) {
  if (text.size() - at < kTurningBytes) return false;
  const std::string_view three = text.substr(at, kTurningBytes);
  return (three >= "\xE2\x80\xAA" && three <= "\xE2\x80\xAE") ||
         (three >= "\xE2\x81\xA6" && three <= "\xE2\x81\xA9");
}

std::string HtmlText(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (TurnsDirection(text, i)) {
      out += '?';
      i += kTurningBytes - 1;
    } else {
      AppendHtml(text[i], out);
    }
  }
  return out;
}

std::string CsvLine(const std::vector<std::string>& cells) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) line += (i == 0 ? "" : ",") + CsvCell(cells[i]);
  return line + "\r\n";
}

}  // namespace sluis::policies
