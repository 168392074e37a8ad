// A record proof that reads has one encoding, and proves nothing to a partnership without keys.

#include "server/envelope/record_proof.h"
#include "tests/support/require.h"

using namespace sluis;  // NOLINT: a fuzz target is one function
using sluis::tests::Require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const crypto::BytesView input = crypto::View(std::span(data, size));
  const auto proof = envelope::ReadRecordProof(input);
  if (!proof.ok()) return 0;
  Require(proof->Serialise() == input);
  const partnership::Manifest manifest;
  Require(!envelope::VerifyRecordProof(*proof, {manifest, "2026-10-05", std::nullopt}).ok());
  return 0;
}
