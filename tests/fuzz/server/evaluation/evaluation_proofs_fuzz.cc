// Proofs of entries that are read are within their bounds and have one encoding; none holds under a
// key that did not sign the head; and a counterpart part that is read is the only one that says so.
#include "server/evaluation/entry_proofs.h"
#include "server/evaluation/limits.h"
#include "tests/fuzz/server/evaluation/evaluation_world.h"

using namespace sluis;  // NOLINT: a fuzz target is one function
using fuzz::Require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const crypto::VerifierKey key =
      crypto::VerifierKey::Create("lid-1.example/log",
                                  fuzz::EvaluationWorld().identity.public_key())
          .value();
  const crypto::BytesView input = crypto::View(std::span(data, size));
  if (const auto entry = evaluation::ReadAskerPart(input)) {
    Require(evaluation::AskerPart(*entry, evaluation::kOutcomeAsked).SerializeAsString() == input);
  }
  const auto proofs = evaluation::ReadProofs(input);
  Require(!evaluation::VerifyProofs(input, key, std::nullopt).ok());
  if (!proofs.ok()) return 0;
  Require(input.size() <= evaluation::kMaxProofsBytes);
  Require(proofs->SerializeAsString() == input);
  Require(proofs->entries_size() >= 1 && proofs->entries_size() <= evaluation::kMaxProofs);
  return 0;
}
