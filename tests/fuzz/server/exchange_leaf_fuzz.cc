// A leaf that reads has one encoding, answers itself at most, and reads as no other kind. Built
// once for each kind.
#include <string>
#include <variant>

#include "server/envelope/leaf.h"
#include "tests/support/require.h"

using namespace sluis;  // NOLINT: a fuzz target is one function
using sluis::tests::Require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const crypto::BytesView input = crypto::View(std::span(data, size));
  const auto kind = peer::v1::SLUIS_LEAF_KIND;
  const auto leaf = envelope::ReadLeaf(kind, input);
  if (!leaf.ok()) return 0;
  Require(std::visit([](const auto& message) { return message.SerializeAsString(); }, *leaf) ==
          input);
  Require(envelope::BindingOf(*leaf).kind() == kind);
  for (int other = 0; other <= peer::v1::ENVELOPE_KIND_NOTICE + 1; ++other) {
    if (other == kind) continue;
    Require(!envelope::ReadLeaf(static_cast<peer::v1::EnvelopeKind>(other), input).ok());
  }
  return 0;
}
