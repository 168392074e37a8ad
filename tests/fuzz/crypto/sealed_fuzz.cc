// Bytes that nobody sealed never open, of whatever length; neither as content, key, log part nor
// HPKE message.
#include "crypto/hpke.h"
#include "crypto/sealing.h"
#include "tests/fuzz/crypto/input.h"

using namespace sluis::crypto;  // NOLINT: a fuzz target is one function
using fuzz::Input;
using fuzz::Require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const DataKey key = NewDataKey(SystemRandom());
  static const hpke::KeyPair recipient = hpke::GenerateKeyPair(SystemRandom());
  const BytesView input = Input(data, size);
  Require(!Open(key, "ad", input).ok());
  Require(!OpenPart(key, "ad", input).ok());
  Require(!UnwrapKey(key, "ad", input).ok());
  if (size < 32) return 0;
  const auto encapsulation = ToFixed<32>(input.substr(0, 32)).value();
  auto context = hpke::SetupBaseR(encapsulation, recipient.private_key, "info");
  if (context.ok()) {
    Require(!context->Open("ad", input.substr(32)).ok());
    Require(!context->OpenKey("ad", input.substr(32)).ok());
  }
  return 0;
}
