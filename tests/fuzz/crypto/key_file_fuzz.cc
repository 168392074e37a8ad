#include <cstdlib>

#include "crypto/key_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sluis::crypto;  // NOLINT(google-build-using-namespace)
  const BytesView text(reinterpret_cast<const char*>(data), size);
  const auto file = ParseKeyFile(text);
  if (!file.ok()) return 0;
  // One text per key file.
  const auto again = FormatKeyFile(*file);
  if (!again.ok() || View(again->expose()) != text) std::abort();
  return 0;
}
