// Certificates of an organisation's own CA, through OpenSSL: ECDSA P-256, signed with SHA-256.
//
// A certificate names one identity, by one URI among its subject alternative names:
// spiffe://<organisation>/node or spiffe://<organisation>/user/<id>.
//
// Guarantee: Issue takes only the public key from a request, after checking that its holder made
// the request; every name, use and date comes from the caller. A CA certificate may sign leaves and
// no further CA. Not guaranteed: revocation; the node's register does that on each call.
// A PEM text has at most 64 KiB and no pass phrase, that of a certificate one block; anything else
// is refused.
// Thread-safety: pure but for randomness. Ownership: private keys come out as PEM text, which the
// caller writes to a private file and wipes. Errors: a Failure.
#ifndef SLUIS_CLIENT_LIB_CERTIFICATE_H_
#define SLUIS_CLIENT_LIB_CERTIFICATE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "client/lib/message.h"
#include "crypto/bytes.h"

namespace sluis::client {

inline constexpr int kCaDays = 3650;
inline constexpr int kLeafDays = 365;

struct CertifiedKey {
  std::string key_pem;  // PKCS#8, not encrypted
  std::string certificate_pem;
};

enum class LeafUse { kNode, kUser };  // server and client; client only

struct LeafNames {
  std::string uri;
  std::vector<std::string> dns;
  std::vector<std::string> ips;  // IPv4 or IPv6 in text
};

struct CertificateFacts {
  std::vector<std::string> uris;
  std::vector<std::string> dns;
  std::vector<std::string> ips;   // in text
  int64_t not_after_s = 0;        // seconds since the epoch, UTC
  crypto::Hash digest{};          // SHA-256 of the DER form
  crypto::Hash tls_key_digest{};  // SHA-256 of the subject public key info
};

std::string NodeUri(std::string_view organisation);
std::string UserUri(std::string_view organisation, std::string_view user_id);

// A self-signed CA for this organisation, valid from five minutes before `now_s`.
Result<CertifiedKey> MakeCa(const std::string& organisation, int64_t now_s, int days = kCaDays);

// A new private key, PEM.
Result<std::string> MakeTlsKey();

// A PKCS#10 request, DER, for this key. The name in it is for people; Issue does not use it.
Result<std::string> MakeCertificateRequest(const std::string& key_pem, const std::string& name);

// A certificate, PEM, for the key of the request. Refuses a request that its key did not sign, that
// has more than 4,096 bytes or something behind it, a key that is not P-256, a CA certificate that
// does not match `ca_key_pem`, and an address that is none.
Result<std::string> Issue(const CertifiedKey& ca, const std::string& request_der,
                          const LeafNames& names, LeafUse use, int64_t now_s, int days = kLeafDays);

Result<CertificateFacts> FactsOf(const std::string& certificate_pem);

// The one certificate of a PEM text, DER.
Result<std::string> DerOf(const std::string& certificate_pem);

// Whether the certificate holds the public half of this key.
bool Matches(const std::string& certificate_pem, const std::string& key_pem);
// Whether `ca_pem` signed the certificate.
bool IsSignedBy(const std::string& certificate_pem, const std::string& ca_pem);

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_CERTIFICATE_H_
