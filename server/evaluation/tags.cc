#include "server/evaluation/tags.h"

#include "crypto/hash.h"

namespace sluis::evaluation {
namespace {

// All but the key may be seen.
Tag Hmac(crypto::BytesView key, std::initializer_list<crypto::BytesView> fields) {
  crypto::Bytes input;
  for (const crypto::BytesView field : fields) crypto::AppendLp(input, field);
  return crypto::HmacSha256(key, input);
}

}  // namespace

Tag ShareTag(const crypto::oprf::SecretElement& element, const crypto::Hash& key_id,
             std::string_view recipient) {
  return Hmac(crypto::View(element.bytes().expose()), {"share", crypto::View(key_id), recipient});
}

Tag MatchToken(const crypto::oprf::SecretElement& element, const crypto::Hash& key_id,
               std::string_view asker, std::string_view asked, uint32_t day) {
  crypto::Bytes number;
  crypto::AppendU32(number, day);
  return Hmac(crypto::View(element.bytes().expose()),
              {"match", crypto::View(key_id), asker, asked, number});
}

Tag TagIndex(const crypto::Secret<32>& local_key, std::string_view case_ref, const Tag& tag) {
  return Hmac(crypto::View(local_key.expose()), {"tag-index", case_ref, crypto::View(tag)});
}

}  // namespace sluis::evaluation
