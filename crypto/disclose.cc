#include "crypto/disclose.h"

namespace sluis::crypto {

bool Disclose(int bit) {
  if (bit != 0) {
    // Keeps the compiler from turning the jump into a copy of the bit.
    asm volatile("");
    return true;
  }
  return false;
}

}  // namespace sluis::crypto
