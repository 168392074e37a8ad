// An envelope that reads has one encoding, its records prove themselves, and no foreign manifest
// lets it through.

#include "server/envelope/envelope.h"
#include "server/envelope/record_proof.h"
#include "tests/support/require.h"

using namespace sluis;  // NOLINT: a fuzz target is one function
using sluis::tests::Require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const crypto::BytesView input = crypto::View(std::span(data, size));
  const auto envelope = envelope::ReadEnvelope(input);
  if (!envelope.ok()) return 0;
  Require(envelope->Message().SerializeAsString() == input);
  // Members without keys: whatever the envelope says, nobody there can have signed it.
  partnership::Manifest manifest;
  manifest.partnership = envelope->head.head.partnership();
  manifest.version = envelope->head.head.manifest_version();
  manifest.state = record::v1::PARTNERSHIP_STATE_ACTIVE;
  for (const std::string& member :
       {envelope->head.head.sender(), envelope->head.head.recipient()}) {
    manifest.members.emplace_back().organisation = member;
  }
  Require(!envelope::VerifyEnvelope(*envelope, {manifest, "2026-10-05", std::nullopt}).ok());
  for (const auto& proof : envelope::ProveRecords(*envelope)) {
    Require(envelope::ReadRecordProof(proof.Serialise()).ok());
  }
  return 0;
}
