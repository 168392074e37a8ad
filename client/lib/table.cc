#include "client/lib/table.h"

#include <algorithm>
#include <optional>

#include "client/lib/text.h"

namespace sluis::client {
namespace {

Remark FileRemark(std::string key, uint32_t line = 0, Args args = {}) {
  return {line, 0, "", {std::move(key), std::move(args)}};
}

// The text of the file as UTF-8, without byte order mark.
std::variant<std::string, Remark> Decode(std::string_view bytes) {
  if (bytes.size() > kMaxTableBytes) return FileRemark("table.too_large");
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
    return FileRemark("table.utf16");
  }
  const size_t nul = bytes.find('\0');
  if (nul != std::string_view::npos) return FileRemark("table.not_text");
  if (bytes.starts_with("\xEF\xBB\xBF")) {
    bytes.remove_prefix(3);
    if (!IsUtf8(bytes)) return FileRemark("table.bad_utf8");
    return std::string(bytes);
  }
  if (IsUtf8(bytes)) return std::string(bytes);
  std::optional<std::string> text = FromWindows1252(bytes);
  if (!text) return FileRemark("table.not_text");
  return *std::move(text);
}

// Splits decoded text into rows of raw cells; stops one row after the limit.
class Scanner {
 public:
  Scanner(std::string_view text, char separator) : text_(text), separator_(separator) {}

  bool AtEnd() const { return at_ >= text_.size(); }

  // The next row, or what makes the file unreadable.
  std::optional<Remark> Next(TableRow* row) {
    row->line = line_;
    row->sheet_row = ++sheet_row_;
    row->cells.clear();
    while (true) {
      std::string cell;
      if (auto remark = Cell(&cell)) return remark;
      row->cells.push_back(Tidy(cell));
      if (AtEnd()) return std::nullopt;
      if (text_[at_] == separator_) {
        ++at_;
        continue;
      }
      LineBreak();
      return std::nullopt;
    }
  }

 private:
  void LineBreak() {
    at_ += text_.substr(at_).starts_with("\r\n") ? 2 : 1;
    ++line_;
  }

  bool EndsCell(char c) const { return c == separator_ || c == '\n' || c == '\r'; }

  std::optional<Remark> Cell(std::string* out) {
    if (AtEnd() || text_[at_] != '"') {
      const size_t begin = at_;
      while (!AtEnd() && !EndsCell(text_[at_])) ++at_;
      *out = std::string(text_.substr(begin, at_ - begin));
      return std::nullopt;
    }
    const uint32_t opened = line_;
    ++at_;
    while (!AtEnd()) {
      const char c = text_[at_];
      if (c == '"') {
        if (!text_.substr(at_).starts_with("\"\"")) break;
        out->push_back('"');
        at_ += 2;
      } else if (c == '\r' || c == '\n') {
        out->push_back('\n');
        LineBreak();
      } else {
        out->push_back(c);
        ++at_;
      }
    }
    if (AtEnd()) return FileRemark("table.quote_open", opened);
    ++at_;
    if (!AtEnd() && !EndsCell(text_[at_])) return FileRemark("table.after_quote", line_);
    return std::nullopt;
  }

  std::string_view text_;
  char separator_;
  size_t at_ = 0;
  uint32_t line_ = 1;
  uint32_t sheet_row_ = 0;
};

// The separator that the first line has more of outside quotes; semicolon when neither occurs.
char Separator(std::string_view text) {
  size_t semicolons = 0;
  size_t commas = 0;
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '\n' || c == '\r') break;
    semicolons += c == ';' ? 1 : 0;
    commas += c == ',' ? 1 : 0;
  }
  return commas > semicolons ? ',' : ';';
}

bool Blank(const TableRow& row) {
  return std::all_of(row.cells.begin(), row.cells.end(),
                     [](const std::string& cell) { return cell.empty(); });
}

std::optional<Remark> ReadHeader(TableRow row, std::span<const Column> columns, Table* table) {
  // A spreadsheet that once had more columns leaves empty cells behind the last name.
  while (!row.cells.empty() && row.cells.back().empty()) row.cells.pop_back();
  if (row.cells.empty()) return FileRemark("table.no_header", row.line);
  for (const std::string& cell : row.cells) {
    std::string name = Lower(cell);
    std::replace(name.begin(), name.end(), ' ', '_');
    const auto known = std::find_if(columns.begin(), columns.end(), [&](const Column& column) {
      return column.name == name || (!name.empty() && column.plain == name);
    });
    if (known == columns.end()) {
      Remark remark = FileRemark("table.unknown_column", row.line, {{"column", cell}});
      remark.field = cell;
      return remark;
    }
    name = std::string(known->name);
    if (std::find(table->header.begin(), table->header.end(), name) != table->header.end()) {
      Remark remark = FileRemark("table.column_twice", row.line, {{"column", name}});
      remark.field = name;
      return remark;
    }
    table->header.push_back(std::move(name));
  }
  for (const Column& column : columns) {
    if (column.required &&
        std::find(table->header.begin(), table->header.end(), column.name) == table->header.end()) {
      Remark remark =
          FileRemark("table.column_missing", row.line, {{"column", std::string(column.name)}});
      remark.field = std::string(column.name);
      return remark;
    }
  }
  return std::nullopt;
}

}  // namespace

std::variant<Table, Remark> ReadTable(std::string_view bytes, std::span<const Column> columns) {
  std::variant<std::string, Remark> decoded = Decode(bytes);
  if (auto* remark = std::get_if<Remark>(&decoded)) return std::move(*remark);
  const std::string& text = std::get<std::string>(decoded);
  Scanner scanner(text, Separator(text));
  Table table;
  TableRow row;
  if (scanner.AtEnd()) return FileRemark("table.no_header", 1);
  if (auto remark = scanner.Next(&row)) return *std::move(remark);
  if (auto remark = ReadHeader(std::move(row), columns, &table)) return *std::move(remark);
  while (!scanner.AtEnd()) {
    row = TableRow();
    if (auto remark = scanner.Next(&row)) return *std::move(remark);
    if (Blank(row)) continue;
    if (table.rows.size() == kMaxTableRows) {
      return FileRemark("table.too_many_rows", row.line, {{"max", std::to_string(kMaxTableRows)}});
    }
    // Cells that a program left out at the end are empty; empty ones beyond the header are nothing.
    while (row.cells.size() > table.header.size() && row.cells.back().empty()) row.cells.pop_back();
    row.cells.resize(std::max(row.cells.size(), table.header.size()));
    table.rows.push_back(std::move(row));
  }
  if (table.rows.empty()) return FileRemark("table.no_rows", 2);
  return table;
}

}  // namespace sluis::client
