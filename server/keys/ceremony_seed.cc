#include "server/keys/ceremony_seed.h"

#include <algorithm>
#include <cstring>

#include "crypto/bytes.h"
#include "crypto/hash.h"

namespace sluis::keys {

CeremonySeed::Stream CeremonySeed::For(std::string_view what, std::string_view bound) const {
  std::string label = crypto::Lp("sluis/ceremony-seed/v1");
  crypto::AppendLp(label, what);
  crypto::AppendLp(label, bound);
  return Stream(seed_, std::move(label));
}

void CeremonySeed::Stream::Fill(std::span<uint8_t> out) {
  while (!out.empty()) {
    crypto::Bytes counter;
    crypto::AppendU64(counter, next_++);
    const crypto::Secret<32> block =
        crypto::HmacSha256Secret(crypto::View(seed_.expose()), {label_, counter});
    const size_t count = std::min<size_t>(out.size(), block.expose().size());
    std::memcpy(out.data(), block.expose().data(), count);
    out = out.subspan(count);
  }
}

}  // namespace sluis::keys
