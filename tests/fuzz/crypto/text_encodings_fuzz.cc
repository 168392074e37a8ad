// Hexadecimal and base64: whatever decodes must encode to the same text again.
#include <algorithm>
#include <cctype>

#include "tests/fuzz/crypto/input.h"

using namespace sluis::crypto;  // NOLINT: a fuzz target is one function
using fuzz::Input;
using fuzz::Require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const BytesView text = Input(data, size);
  if (const auto bytes = Base64Decode(text); bytes.ok()) Require(Base64Encode(*bytes) == text);
  if (const auto bytes = HexDecode(text); bytes.ok()) {
    Bytes lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    Require(HexEncode(*bytes) == lower);
  }
  Require(Base64Decode(Base64Encode(text)).value() == text);
  Require(HexDecode(HexEncode(text)).value() == text);
  return 0;
}
