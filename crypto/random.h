// The one source of randomness, as an interface so that tests can be repeated.
//
// Guarantee: SystemRandom() is the operating system's generator through libsodium, fit for keys and
// nonces; it never fails and never returns short. Not guaranteed: anything about other
// implementations; a deterministic one belongs in tests only. Thread-safety: SystemRandom() may be
// used from any thread; another implementation says for itself. Ownership: SystemRandom() lives for
// ever.
#ifndef SLUIS_CRYPTO_RANDOM_H_
#define SLUIS_CRYPTO_RANDOM_H_

#include <cstdint>
#include <span>

#include "crypto/bytes.h"

namespace sluis::crypto {

class Random {
 public:
  virtual ~Random() = default;

  // Fills the whole span.
  virtual void Fill(std::span<uint8_t> out) = 0;

  // N public random bytes (nonces, salts, identifiers). For keys fill a Secret's mutable_span().
  template <size_t N>
  FixedBytes<N> Array() {
    FixedBytes<N> out;
    Fill(out);
    return out;
  }
};

Random& SystemRandom();

}  // namespace sluis::crypto

#endif  // SLUIS_CRYPTO_RANDOM_H_
