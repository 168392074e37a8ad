// A certificate as PEM text ('p') or DER ('d'), alone and behind a good one, and any bytes as a
// PKCS#10 request to the own CA ('r'). What is refused names a text; what is issued holds the one
// identity and key asked for; a second certificate in one text is never passed over.
#include <cstdint>
#include <string>

#include "client/lib/certificate.h"
#include "crypto/bytes.h"
#include "tests/support/require.h"

namespace {

using namespace sluis;  // NOLINT(google-build-using-namespace)

constexpr int64_t kNow = 1763740800;  // 2025-11-21T16:00:00Z

using sluis::tests::Require;

std::string PemOf(std::string_view der) {
  const std::string base64 = crypto::Base64Encode(der);
  std::string pem = "-----BEGIN CERTIFICATE-----\n";
  for (size_t at = 0; at < base64.size(); at += 64) pem += base64.substr(at, 64) + "\n";
  return pem + "-----END CERTIFICATE-----\n";
}

const client::CertifiedKey& Ca() {
  static const client::CertifiedKey ca = *client::MakeCa("caw.example", kNow);
  return ca;
}

void CheckCertificate(const std::string& pem) {
  const auto facts = client::FactsOf(pem);
  if (!facts.ok()) {
    Require(!facts.failure().message.key.empty());
    Require(!client::Matches(pem, Ca().key_pem));
    Require(!client::IsSignedBy(pem, Ca().certificate_pem));
    return;
  }
  const auto again = client::FactsOf(pem);
  Require(again.ok() && again->digest == facts->digest && again->uris == facts->uris);
  Require(!client::FactsOf(Ca().certificate_pem + pem).ok());
}

void CheckRequest(const std::string& der) {
  const client::LeafNames names{client::UserUri("caw.example", "an.peeters"), {}, {}};
  const auto issue = [&](const std::string& request) {
    return client::Issue(Ca(), request, names, client::LeafUse::kUser, kNow);
  };
  const auto pem = issue(der);
  if (!pem.ok()) return Require(!pem.failure().message.key.empty());
  const auto facts = client::FactsOf(*pem);
  Require(facts.ok() && facts->uris == std::vector<std::string>{names.uri});
  Require(facts->dns.empty() && facts->ips.empty());
  Require(client::IsSignedBy(*pem, Ca().certificate_pem));
  Require(!issue(der + "x").ok());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  if (data[0] == 'p') CheckCertificate(bytes);
  if (data[0] == 'd') CheckCertificate(PemOf(bytes));
  if (data[0] == 'r') CheckRequest(bytes);
  return 0;
}
