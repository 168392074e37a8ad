// Any bytes as an export, and as a kept checkpoint: refused or judged, never a crash, and what is
// reported stays within its bounds.
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>

#include "client/lib/verifier.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  std::istringstream input(bytes);
  sluis::client::VerifyOptions options;
  options.max_findings = 10;
  options.seen = {bytes};
  const absl::StatusOr<sluis::client::VerifyReport> report =
      sluis::client::VerifyExport(input, options);
  if (!report.ok() || report->findings.size() > 10) std::abort();
  if (report->findings.size() > report->findings_total) std::abort();
  // An entry takes at least 33 bytes: nothing is counted that is not there.
  if (report->entries > size / 33) std::abort();
  return 0;
}
