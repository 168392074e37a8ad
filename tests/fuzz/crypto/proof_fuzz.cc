// Whatever parses as a proof marshals to the same bytes; verifying a foreign proof never accepts an
// entry that the log did not hold.
#include "crypto/proof.h"
#include "tests/fuzz/crypto/input.h"

using namespace sluis::crypto;  // NOLINT: a fuzz target is one function
using fuzz::Input;
using fuzz::Require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const VerifierKey known =
      VerifierKey::Parse(
          "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx")
          .value();
  const BytesView input = Input(data, size);
  const auto proof = ParseProof(input);
  if (!proof.ok()) return 0;
  Require(MarshalProof(*proof).value() == input);
  Require(!VerifyProof(*proof, "never logged", known).ok());
  return 0;
}
