// A record proof that reads has one encoding, and proves nothing to a partnership without keys.
#include <cstdlib>

#include "server/envelope/record_proof.h"

using namespace sluis;  // NOLINT: a fuzz target is one function

namespace {

// Ends the process, which is how a fuzz target reports a broken property.
void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const crypto::BytesView input = crypto::View(std::span(data, size));
  const auto proof = envelope::ReadRecordProof(input);
  if (!proof.ok()) return 0;
  Require(proof->Serialise() == input);
  const partnership::Manifest manifest;
  Require(!envelope::VerifyRecordProof(*proof, {manifest, "2026-10-05", std::nullopt}).ok());
  return 0;
}
