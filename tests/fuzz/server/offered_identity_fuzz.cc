// What a partner seals for this node: any plaintext under the right key, and any bytes under it,
// are refused or hold a message that is sealed to the same plaintext again.
#include <string>

#include "crypto/hash.h"
#include "server/envelope/content.h"
#include "server/envelope/offered_identity.h"
#include "server/envelope/padded_seal.h"
#include "tests/support/require.h"
#include "tests/support/seeded_random.h"

using namespace sluis;  // NOLINT: a fuzz target is one function
using sluis::tests::Require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tests::SeededRandom random(1);
  const crypto::DataKey key = crypto::NewDataKey(random);
  const std::string input(reinterpret_cast<const char*>(data), size);
  peer::v1::Offer offer;
  peer::v1::Binding& binding = *offer.mutable_binding();
  binding.set_partnership("livc-r.vaartland.example");
  binding.set_exchange_id(std::string(16, 'x'));
  binding.set_key_commitment(
      std::string(crypto::View(envelope::KeyCommitment(key, binding.exchange_id()))));
  offer.set_identity(input);
  Require(!envelope::OpenOfferedIdentity(key, offer).ok());
  const crypto::Bytes part = envelope::PartBinding("sluis/offered-identity/v1", binding);
  offer.set_identity(crypto::Seal(key, part, input, random));
  // Nobody signed for it.
  Require(!envelope::OpenOfferedIdentity(key, offer).ok());
  offer.set_ciphertext(crypto::Seal(key, envelope::ContentBinding(binding), input, random));
  if (const auto content = envelope::OpenContent(key, offer); content.ok()) {
    const auto again = envelope::SealContent(key, binding, *content, random);
    Require(again.ok() && again->size() == offer.ciphertext().size());
  }
  return 0;
}
