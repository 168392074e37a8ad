// Published test vectors from tests/vectors, and short forms for reading them.
#ifndef SLUIS_TESTS_CRYPTO_VECTORS_H_
#define SLUIS_TESTS_CRYPTO_VECTORS_H_

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/random.h"

namespace sluis::crypto::test {

// tests/vectors/<name>.json; ends the process when it cannot be read, so that no test passes on
// nothing.
nlohmann::json LoadVectors(const std::string& name);

// Ends the process on bad input: for constants only.
Bytes FromHex(std::string_view hex);
Hash HashFromHex(std::string_view hex);
std::vector<Hash> HashesFromHex(const nlohmann::json& list);

// Byte 0, 1, 2, ... by default, or the given bytes once, after which it ends the process.
class FixedRandom : public Random {
 public:
  FixedRandom() = default;
  explicit FixedRandom(Bytes bytes) : bytes_(std::move(bytes)) {}
  void Fill(std::span<uint8_t> out) override;

 private:
  std::optional<Bytes> bytes_;
  uint8_t next_ = 0;
};

}  // namespace sluis::crypto::test

#endif  // SLUIS_TESTS_CRYPTO_VECTORS_H_
