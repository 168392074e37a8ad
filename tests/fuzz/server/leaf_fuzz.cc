// A leaf that decodes has one encoding.
#include <cstdlib>

#include "server/ledger/leaf.h"

using namespace sluis;  // NOLINT: a fuzz target is one function

namespace {

// Ends the process, which is how a fuzz target reports a broken property.
void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const crypto::BytesView input = crypto::View(std::span(data, size));
  if (const auto leaf = ledger::DecodeLeaf(input); leaf.ok()) {
    Require(crypto::View(ledger::EncodeLeaf(*leaf)) == input);
  }
  return 0;
}
