// The table of a meeting, read from CSV as a Belgian Excel or LibreOffice writes it.
//
// Accepts: semicolon or comma (told from the header line), UTF-8 with or without a byte order mark,
// Windows-1252 where the bytes are not UTF-8, fields in double quotes with separators, doubled
// quotes and line breaks inside, lines that end in CR LF, LF or CR. Text comes out as UTF-8 in
// normal form C with line feeds and without surrounding white space. Rows whose cells are all empty
// are passed over.
//
// Refuses the whole file: above 1 MiB or 50 rows (a meeting, not a register), UTF-16, NUL, a quote
// that is never closed or is followed by text, a header that holds an unknown column, a column
// twice, or lacks a required one. Not guaranteed: that cells make sense; signal_rows.h says that.
// Thread-safety: pure. Ownership: the table owns its text. Source: RFC 4180, and what the two
// programs do beyond it.
#ifndef SLUIS_CLIENT_LIB_TABLE_H_
#define SLUIS_CLIENT_LIB_TABLE_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "client/lib/message.h"

namespace sluis::client {

inline constexpr size_t kMaxTableBytes = size_t{1} << 20;
inline constexpr size_t kMaxTableRows = 50;

// A column that a table may have.
struct Column {
  std::string_view name;  // lower case, normal form C
  bool required = false;
  std::string_view plain = {};  // the name without accents, where it has some; accepted as well
};

struct TableRow {
  uint32_t line = 0;       // line of the file on which the row begins, from 1
  uint32_t sheet_row = 0;  // row as a spreadsheet counts: differs after a line break inside a cell
  std::vector<std::string>
      cells;  // as many as the header has columns, or more when the row is ill-formed
};

struct Table {
  std::vector<std::string> header;  // names of `Column`, in the order of the file
  std::vector<TableRow> rows;       // at most kMaxTableRows
};

// Reads `bytes`. Header cells are compared without case, blanks standing for underscores.
std::variant<Table, Remark> ReadTable(std::string_view bytes, std::span<const Column> columns);

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_TABLE_H_
