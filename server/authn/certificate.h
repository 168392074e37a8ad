#ifndef SLUIS_SERVER_AUTHN_CERTIFICATE_H_
#define SLUIS_SERVER_AUTHN_CERTIFICATE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"

namespace sluis::authn {

// What a verified client certificate says. The TLS layer has checked chain, dates and possession,
// the dates as they were when the connection began; nothing here is taken from metadata or from a
// request body.
struct CertificateFacts {
  // Every URI among the subject alternative names, in the order of the certificate.
  std::vector<std::string> uris;
  // SHA-256 of the certificate, DER.
  crypto::Hash certificate_digest{};
  // SHA-256 of its subject public key info, DER.
  crypto::Hash key_digest{};
  // Last second of its validity, since the epoch, UTC.
  uint64_t not_after_s = 0;
};

// Reads the facts from one PEM certificate of at most 64 KiB. INVALID_ARGUMENT when it is not one.
// Thread-safe.
absl::StatusOr<CertificateFacts> FactsOfPem(std::string_view pem);

}  // namespace sluis::authn

#endif  // SLUIS_SERVER_AUTHN_CERTIFICATE_H_
