#include "server/ledger/part.h"

#include "crypto/hash.h"

namespace sluis::ledger {

crypto::Hash Commitment(std::string_view origin, Part part, const Salt& salt,
                        crypto::BytesView bytes) {
  // Everything before the bytes fits a small buffer: one allocation at most, none for short
  // origins.
  crypto::Bytes head;
  head.reserve(13 + 4 + origin.size() + 1 + salt.size() + 4);
  head += "sluis/part/v1";
  crypto::AppendLp(head, origin);
  crypto::AppendU8(head, static_cast<uint8_t>(part));
  head += crypto::View(salt);
  crypto::AppendU32(head, static_cast<uint32_t>(bytes.size()));
  return crypto::Sha256({head, bytes});
}

}  // namespace sluis::ledger
