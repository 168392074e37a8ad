// Short forms for fuzz targets.
#ifndef SLUIS_TESTS_FUZZ_CRYPTO_INPUT_H_
#define SLUIS_TESTS_FUZZ_CRYPTO_INPUT_H_

#include <cstdint>

#include "crypto/bytes.h"
#include "tests/support/require.h"

namespace sluis::crypto::fuzz {

inline BytesView Input(const uint8_t* data, size_t size) { return View(std::span(data, size)); }

using sluis::tests::Require;

}  // namespace sluis::crypto::fuzz

#endif  // SLUIS_TESTS_FUZZ_CRYPTO_INPUT_H_
