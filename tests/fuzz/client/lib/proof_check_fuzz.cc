// Any bytes as leaf, key and log proof: refused, never a crash.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "client/lib/export_reader.h"
#include "client/lib/proof_check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const size_t leaf = std::min(size, sluis::client::kExportLeafBytes);
  const size_t line = std::min(bytes.find('\n', leaf), size);
  const std::string_view key = bytes.substr(leaf, line - leaf);
  const std::string_view proof = bytes.substr(std::min(line + 1, size));
  sluis::client::CheckProof(proof, bytes.substr(0, leaf), key).status().IgnoreError();
  return 0;
}
