// A leaf that decodes has one encoding.

#include "server/ledger/leaf.h"
#include "tests/support/require.h"

using namespace sluis;  // NOLINT: a fuzz target is one function
using sluis::tests::Require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const crypto::BytesView input = crypto::View(std::span(data, size));
  if (const auto leaf = ledger::DecodeLeaf(input); leaf.ok()) {
    Require(crypto::View(ledger::EncodeLeaf(*leaf)) == input);
  }
  return 0;
}
