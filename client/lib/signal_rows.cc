#include "client/lib/signal_rows.h"

#include <string>
#include <string_view>
#include <utility>

namespace sluis::client {
namespace {

// The values in one cell: one per line for a list, otherwise the cell as a whole.
std::vector<std::string> CellValues(const FormField& field, const std::string& cell) {
  if (!field.list || field.statement) return {cell};
  std::vector<std::string> out;
  std::string_view rest = cell;
  while (true) {
    const size_t end = rest.find('\n');
    out.emplace_back(rest.substr(0, end));
    if (end == std::string_view::npos) return out;
    rest.remove_prefix(end + 1);
  }
}

}  // namespace

SignalRows ReadSignalRows(const Table& table, const FormOptions& options) {
  SignalRows out;
  for (const TableRow& row : table.rows) {
    std::vector<Remark> remarks;
    SignalRow read{row.line, row.sheet_row, {}};
    if (row.cells.size() != table.header.size()) {
      remarks.push_back({0, 0, "", {"field.too_many_cells", {}}});
    } else {
      Form form;
      for (size_t i = 0; i < row.cells.size(); ++i) {
        form[table.header[i]] = CellValues(*FindFormField(table.header[i]), row.cells[i]);
      }
      remarks = FillSignal(form, options, &read.signal);
    }
    if (remarks.empty()) out.good.push_back(std::move(read));
    for (Remark& remark : remarks) {
      remark.line = row.line;
      remark.sheet_row = row.sheet_row;
      out.remarks.push_back(std::move(remark));
    }
  }
  return out;
}

}  // namespace sluis::client
