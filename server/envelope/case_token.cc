#include "server/envelope/case_token.h"

#include "crypto/hash.h"

namespace sluis::envelope {
namespace {

constexpr std::string_view kCaseLabel = "sluis/case-token/v1";

}  // namespace

crypto::Hash CaseToken(const crypto::Secret<32>& key, std::string_view partnership,
                       std::string_view recipient, std::string_view case_ref) {
  return crypto::HmacSha256(crypto::View(key.expose()),
                            {crypto::Lp(kCaseLabel), crypto::Lp(partnership), crypto::Lp(recipient),
                             crypto::Lp(case_ref)});
}

}  // namespace sluis::envelope
