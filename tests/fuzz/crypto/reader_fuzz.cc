// A Reader driven by the input itself: the first half of each step says what to read, nothing reads
// outside.
#include "tests/fuzz/crypto/input.h"

using namespace sluis::crypto;  // NOLINT: a fuzz target is one function
using fuzz::Input;
using fuzz::Require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const BytesView input = Input(data, size);
  Reader reader(input);
  uint8_t step = 0;
  while (reader.U8(&step)) {
    const size_t before = reader.remaining();
    BytesView piece;
    uint64_t number = 0;
    bool ok = false;
    if (step % 3 == 0) {
      ok = reader.Fixed(step, &piece);
    } else if (step % 3 == 1) {
      ok = reader.Lp(step, &piece);
      Require(!ok || piece.size() <= step);
    } else {
      ok = reader.U64(&number);
    }
    Require(!ok || reader.remaining() <= before);
    Require(piece.empty() ||
            (piece.data() >= input.data() && piece.data() + piece.size() <= input.data() + size));
  }
  Require(!reader.done());
  return 0;
}
