// Rows of a table as signals, each good or bad on its own.
//
// Guarantee: every row of the table is in exactly one of the two lists' lines: `good` holds the
// rows without a remark. Thread-safety: pure. Source: docs/import.md.
#ifndef SLUIS_CLIENT_LIB_SIGNAL_ROWS_H_
#define SLUIS_CLIENT_LIB_SIGNAL_ROWS_H_

#include <cstdint>
#include <vector>

#include "client/lib/message.h"
#include "client/lib/signal_form.h"
#include "client/lib/table.h"
#include "sluis/record/v1/signal.pb.h"

namespace sluis::client {

struct SignalRow {
  uint32_t line = 0;
  uint32_t sheet_row = 0;
  record::v1::Signal signal;
};

struct SignalRows {
  std::vector<SignalRow> good;  // in the order of the table
  std::vector<Remark> remarks;  // of the others, in the order of the table
};

SignalRows ReadSignalRows(const Table& table, const FormOptions& options);

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_SIGNAL_ROWS_H_
