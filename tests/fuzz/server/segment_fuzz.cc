// A segment that parses is its entries and nothing else, each with room for a leaf.

#include "server/ledger/segment.h"
#include "tests/support/require.h"

using namespace sluis;  // NOLINT: a fuzz target is one function
using sluis::tests::Require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const crypto::BytesView input = crypto::View(std::span(data, size));
  if (const auto entries = ledger::ParseSegment(input); entries.ok()) {
    std::string again;
    for (const ledger::SegmentEntry& entry : *entries) {
      ledger::AppendSegmentEntry(again, *crypto::ToFixed<ledger::kLeafBytes>(entry.leaf),
                                 entry.sealed);
    }
    Require(again == input);
    Require(!entries->empty() && entries->size() <= ledger::kMaxSegmentEntries);
  }
  if (const auto first = ledger::SegmentFirst(input); first.has_value()) {
    Require(ledger::SegmentKey(*first) == input);
  }
  return 0;
}
