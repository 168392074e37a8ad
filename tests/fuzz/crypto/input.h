// Short forms for fuzz targets.
#ifndef SLUIS_TESTS_FUZZ_CRYPTO_INPUT_H_
#define SLUIS_TESTS_FUZZ_CRYPTO_INPUT_H_

#include <cstdint>
#include <cstdlib>

#include "crypto/bytes.h"

namespace sluis::crypto::fuzz {

inline BytesView Input(const uint8_t* data, size_t size) { return View(std::span(data, size)); }

// Ends the process, which is how a fuzz target reports a broken property.
inline void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace sluis::crypto::fuzz

#endif  // SLUIS_TESTS_FUZZ_CRYPTO_INPUT_H_
