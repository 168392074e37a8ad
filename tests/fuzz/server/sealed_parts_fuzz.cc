// Sealed parts and plain parts that parse have one encoding each.

#include "server/ledger/sealed_parts.h"
#include "tests/support/require.h"

using namespace sluis;  // NOLINT: a fuzz target is one function
using sluis::tests::Require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const crypto::BytesView input = crypto::View(std::span(data, size));
  if (const auto parts = ledger::ParseSealedParts(input); parts.ok()) {
    Require(ledger::EncodeSealedParts(*parts) == input);
  }
  if (const auto part = ledger::ParsePlainPart(input); part.ok()) {
    Require(ledger::EncodePlainPart(*part) == input);
  }
  return 0;
}
