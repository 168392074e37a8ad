// Signed notes and verifier keys: nothing opens without the one known key, and keys have one
// spelling.
#include "crypto/note.h"
#include "tests/fuzz/crypto/input.h"

using namespace sluis::crypto;  // NOLINT: a fuzz target is one function
using fuzz::Input;
using fuzz::Require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const VerifierKey known =
      VerifierKey::Parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
          .value();
  const BytesView input = Input(data, size);
  if (const auto key = VerifierKey::Parse(input); key.ok()) Require(key->Format() == input);
  const auto parsed = ParseUnverifiedNote(input);
  const auto opened = OpenNote(input, {&known, 1});
  if (opened.ok()) {
    Require(parsed.ok() && parsed->text == opened->text);
    Require(opened->verified.size() == 1 &&
            known.Verifies(opened->text, opened->verified[0].signature));
  }
  return 0;
}
