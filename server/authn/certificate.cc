#include "server/authn/certificate.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <memory>

#include "crypto/hash.h"

namespace sluis::authn {
namespace {

constexpr size_t kMaxPemBytes = 64 << 10;

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using BioPtr = std::unique_ptr<BIO, Freer<BIO_free>>;
using X509Ptr = std::unique_ptr<X509, Freer<X509_free>>;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, Freer<GENERAL_NAMES_free>>;

// OpenSSL's own callback would ask whoever sits at the terminal.
int NoPassPhrase(char*, int, int, void*) { return -1; }

absl::Status NotACertificate() {
  return absl::InvalidArgumentError(
      "the client certificate cannot be read; ask for a new certificate from your own node");
}

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

absl::StatusOr<CertificateFacts> FactsOfPem(std::string_view pem) {
  if (pem.empty() || pem.size() > kMaxPemBytes) return NotACertificate();
  BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (!bio) return NotACertificate();
  X509Ptr certificate(PEM_read_bio_X509(bio.get(), nullptr, NoPassPhrase, nullptr));
  if (!certificate) return NotACertificate();

  CertificateFacts facts;
  const std::string der = Der<X509>(certificate.get(), i2d_X509);
  const std::string key =
      Der<X509_PUBKEY>(X509_get_X509_PUBKEY(certificate.get()), i2d_X509_PUBKEY);
  if (der.empty() || key.empty()) return NotACertificate();
  facts.certificate_digest = crypto::Sha256(der);
  facts.key_digest = crypto::Sha256(key);
  std::tm until{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &until) != 1) return NotACertificate();
  const time_t not_after = timegm(&until);
  if (not_after > 0) facts.not_after_s = static_cast<uint64_t>(not_after);

  NamesPtr names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate.get(), NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_URI) continue;
    const ASN1_IA5STRING* uri = name->d.uniformResourceIdentifier;
    facts.uris.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                            static_cast<size_t>(ASN1_STRING_length(uri)));
  }
  return facts;
}

}  // namespace sluis::authn
