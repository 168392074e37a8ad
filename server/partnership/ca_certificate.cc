#include "server/partnership/ca_certificate.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

#include "crypto/hash.h"

namespace sluis::partnership {
namespace {

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using CertificatePtr = std::unique_ptr<X509, Freer<X509_free>>;

// DER of an object through one of OpenSSL's i2d functions; empty on failure.
template <typename T>
std::string Der(const T* object, int (*encode)(const T*, unsigned char**)) {
  unsigned char* buffer = nullptr;
  const int length = encode(object, &buffer);
  if (length <= 0) return {};
  std::string der(reinterpret_cast<char*>(buffer), static_cast<size_t>(length));
  OPENSSL_free(buffer);
  return der;
}

}  // namespace

absl::StatusOr<crypto::Hash> CaKeyDigest(std::string_view der) {
  const absl::Status unreadable =
      absl::InvalidArgumentError("must be one X.509 certificate in DER of at most 4,096 bytes");
  if (der.empty() || der.size() > kMaxCaCertificateBytes) return unreadable;
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const CertificatePtr certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  // What OpenSSL has to say stays behind in the thread's queue otherwise.
  ERR_clear_error();
  if (!certificate || Der<X509>(certificate.get(), i2d_X509) != der) return unreadable;
  // 1: version 3 with basic constraints CA, and key usage that lets it sign certificates.
  if (X509_check_ca(certificate.get()) != 1) {
    return absl::InvalidArgumentError("must be that of a CA");
  }
  const std::string key =
      Der<X509_PUBKEY>(X509_get_X509_PUBKEY(certificate.get()), i2d_X509_PUBKEY);
  if (key.empty()) return unreadable;
  return crypto::Sha256(key);
}

}  // namespace sluis::partnership
