#include "tests/crypto/vectors.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "tests/support/places.h"

namespace sluis::crypto::test {

nlohmann::json LoadVectors(const std::string& name) {
  const std::string path = tests::InSources("/tests/vectors/") + name + ".json";
  std::ifstream file(path);
  nlohmann::json out = nlohmann::json::parse(file, nullptr, /*allow_exceptions=*/false);
  if (out.is_discarded()) {
    std::fprintf(stderr, "cannot read %s\n", path.c_str());
    std::abort();
  }
  return out;
}

Bytes FromHex(std::string_view hex) { return HexDecode(hex).value(); }
Hash HashFromHex(std::string_view hex) { return ToFixed<32>(FromHex(hex)).value(); }

std::vector<Hash> HashesFromHex(const nlohmann::json& list) {
  std::vector<Hash> out;
  for (const auto& hex : list) out.push_back(HashFromHex(hex.get<std::string>()));
  return out;
}

void FixedRandom::Fill(std::span<uint8_t> out) {
  for (uint8_t& byte : out) {
    if (bytes_.has_value()) {
      if (next_ == bytes_->size()) std::abort();
      byte = static_cast<uint8_t>((*bytes_)[next_++]);
    } else {
      byte = next_++;
    }
  }
}

}  // namespace sluis::crypto::test
