// A message that is read is within its bounds, names its own body, and has one encoding.

#include "crypto/hash.h"
#include "server/keys/message.h"
#include "tests/support/require.h"

using namespace sluis;  // NOLINT: a fuzz target is one function
using sluis::tests::Require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const crypto::BytesView input = crypto::View(std::span(data, size));
  const auto message = keys::ReadMessage(input);
  if (!message.ok()) return 0;
  Require(input.size() <= keys::kMaxCeremonyMessageBytes);
  Require(message->Serialise() == input);
  Require(message->signature.size() == 64);
  Require(message->body.empty() || crypto::View(crypto::Sha256(message->body)) ==
                                       crypto::BytesView(message->head.body_digest()));
  if (const auto parameters = keys::AnnouncedParameters(*message); parameters.ok()) {
    Require(crypto::View(parameters->id) == crypto::BytesView(message->head.ceremony()));
  }
  return 0;
}
