// A package that is read is consistent and has one encoding.

#include "server/keys/package.h"
#include "tests/support/require.h"

using namespace sluis;  // NOLINT: a fuzz target is one function
using sluis::tests::Require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const crypto::BytesView input = crypto::View(std::span(data, size));
  const auto package = keys::ReadPackage(input);
  if (!package.ok()) return 0;
  Require(input.size() <= keys::kMaxPackageBytes);
  Require(package->bytes == input);
  Require(package->threshold == package->commitments.size());
  Require(package->threshold >= keys::LeastThreshold(package->holders.size()));
  Require(package->threshold <= package->holders.size());
  for (const keys::KeyHolder& holder : package->holders) {
    Require(package->Find(holder.index) == &holder);
  }
  return 0;
}
