// A compact range that parses serialises to the same bytes, has a root and can grow.
#include "crypto/merkle.h"
#include "tests/fuzz/crypto/input.h"

using namespace sluis::crypto;  // NOLINT: a fuzz target is one function
using fuzz::Input;
using fuzz::Require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const BytesView input = Input(data, size);
  auto range = CompactRange::Parse(input);
  if (!range.ok()) return 0;
  Require(range->Serialise() == input);
  const TreeHead before = range->Head();
  if (before.size + 1 == uint64_t{1} << 63) return 0;  // full: appending would end the process
  range->Append(LeafHash("entry"));
  Require(range->size() == before.size + 1 && range->Root() != before.root);
  return 0;
}
