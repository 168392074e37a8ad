// A certificate as PEM text (first byte 'p') or DER (any other): a refusal with a text, or facts
// that are the same at a second reading; an identity in it is the URI it holds.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "crypto/bytes.h"
#include "server/authn/certificate.h"
#include "server/authn/identity.h"

namespace {

std::string PemOf(std::string_view der) {
  const std::string base64 = sluis::crypto::Base64Encode(der);
  std::string pem = "-----BEGIN CERTIFICATE-----\n";
  for (size_t at = 0; at < base64.size(); at += 64) pem += base64.substr(at, 64) + "\n";
  return pem + "-----END CERTIFICATE-----\n";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sluis::authn;  // NOLINT(google-build-using-namespace)
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  const std::string pem = data[0] == 'p' ? std::string(bytes) : PemOf(bytes);
  const auto facts = FactsOfPem(pem);
  if (!facts.ok()) {
    if (facts.status().message().empty()) std::abort();
    return 0;
  }
  const auto again = FactsOfPem(pem);
  if (!again.ok() || again->uris != facts->uris || again->key_digest != facts->key_digest ||
      again->certificate_digest != facts->certificate_digest ||
      again->not_after_s != facts->not_after_s) {
    std::abort();
  }
  if (const auto identity = IdentityOf(facts->uris); identity.ok()) {
    const std::string uri = identity->user_id.empty()
                                ? NodeUri(identity->organisation)
                                : UserUri(identity->organisation, identity->user_id);
    if (facts->uris.size() != 1 || facts->uris[0] != uri) std::abort();
  }
  return 0;
}
