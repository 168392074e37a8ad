#include <cstdlib>

#include "client/lib/signal_rows.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sluis::client;  // NOLINT(google-build-using-namespace)
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto table = ReadTable(bytes, FormColumns());
  if (!std::holds_alternative<Table>(table)) return 0;
  const FormOptions options{"2025-11-21", false};
  const SignalRows rows = ReadSignalRows(std::get<Table>(table), options);
  if (rows.good.size() > kMaxTableRows) std::abort();
  for (const SignalRow& row : rows.good) {
    // What was accepted is accepted again in the words it is shown in.
    sluis::record::v1::Signal again;
    if (!FillSignal(FormOf(row.signal), options, &again).empty()) std::abort();
    if (again.SerializeAsString() != row.signal.SerializeAsString()) std::abort();
  }
  return 0;
}
