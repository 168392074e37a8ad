// Terms that read have one encoding and are never looser than themselves.

#include "server/envelope/terms.h"
#include "tests/support/require.h"

using namespace sluis;  // NOLINT: a fuzz target is one function
using sluis::tests::Require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const crypto::BytesView input = crypto::View(std::span(data, size));
  const auto terms = envelope::ReadTerms(input);
  if (!terms.ok()) return 0;
  Require(terms->SerializeAsString() == input);
  Require(envelope::AtLeastAsStrict(terms->conditions(), terms->conditions()));
  for (const auto& attribute : terms->attributes()) {
    Require(envelope::AttributeOf(*terms, attribute.name()) == attribute.value());
  }
  return 0;
}
