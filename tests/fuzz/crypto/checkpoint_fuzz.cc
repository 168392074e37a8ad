// Checkpoint texts have one spelling; opened notes need the log's key.
#include "crypto/checkpoint.h"
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
  if (const auto checkpoint = ParseCheckpointText(input); checkpoint.ok()) {
    Require(CheckpointText(*checkpoint).value() == input);
  }
  if (const auto opened = OpenCheckpoint(input, known); opened.ok()) {
    Require(opened->origin == known.name());
  }
  return 0;
}
