// Parameters that are read are within their bounds and have one encoding.

#include "server/keys/parameters.h"
#include "tests/support/require.h"

using namespace sluis;  // NOLINT: a fuzz target is one function
using sluis::tests::Require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const crypto::BytesView input = crypto::View(std::span(data, size));
  const auto parameters = keys::ReadParameters(input);
  if (!parameters.ok()) return 0;
  Require(input.size() <= keys::kMaxParametersBytes);
  Require(parameters->bytes == input);
  Require(parameters->holders.size() <= keys::kMaxHolders);
  for (size_t i = 1; i < parameters->holders.size(); ++i) {
    Require(parameters->holders[i - 1].index < parameters->holders[i].index);
  }
  // No manifest without members allows any of it.
  Require(!keys::Roster::Of(*parameters, partnership::Manifest()).ok());
  return 0;
}
