#include "crypto/random.h"

#include <sodium.h>

#include "crypto/secret.h"

namespace sluis::crypto {
namespace {

class SodiumRandom final : public Random {
 public:
  void Fill(std::span<uint8_t> out) override { randombytes_buf(out.data(), out.size()); }
};

}  // namespace

Random& SystemRandom() {
  Init();
  static auto* random = new SodiumRandom;
  return *random;
}

}  // namespace sluis::crypto
