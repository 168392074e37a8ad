// The CA certificate that a member pins: read far enough to know that it can be one.
//
// Guarantee: what passes is one whole X.509 certificate in DER, without bytes behind it, that may
// sign certificates (basic constraints CA, and key usage where there is one).
// Not guaranteed: dates, names, or that its organisation keeps the key well: those who verify a
// leaf against it look at dates, and people compare its fingerprint over a second channel.
// Thread-safety: pure. Errors: kInvalidArgument, as the rest of a sentence: "must be ...".
// Source: RFC 5280, 4.2.1.3 and 4.2.1.9.
#ifndef SLUIS_SERVER_PARTNERSHIP_CA_CERTIFICATE_H_
#define SLUIS_SERVER_PARTNERSHIP_CA_CERTIFICATE_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"

namespace sluis::partnership {

inline constexpr size_t kMaxCaCertificateBytes = 4096;

// SHA-256 of its subject public key info, DER: two certificates of one key are one CA.
absl::StatusOr<crypto::Hash> CaKeyDigest(std::string_view der);

}  // namespace sluis::partnership

#endif  // SLUIS_SERVER_PARTNERSHIP_CA_CERTIFICATE_H_
