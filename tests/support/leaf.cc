#include "tests/support/leaf.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>

namespace sluis::tests {
namespace {

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using BioPtr = std::unique_ptr<BIO, Freer<BIO_free_all>>;
using X509Ptr = std::unique_ptr<X509, Freer<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>>;

void Must(bool good, const char* what) {
  if (!good) throw std::runtime_error(std::string("test certificate: ") + what);
}

std::string TextOf(BIO* bio) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<size_t>(length));
}

std::string PemOf(EVP_PKEY* key) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  Must(PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
       "no key text");
  return TextOf(bio.get());
}

std::string DerOf(const X509* certificate) {
  unsigned char* der = nullptr;
  const int length = i2d_X509(certificate, &der);
  Must(length > 0, "no DER");
  std::string out(reinterpret_cast<char*>(der), static_cast<size_t>(length));
  OPENSSL_free(der);
  return out;
}

void Add(X509* certificate, X509* issuer, int nid, const std::string& value) {
  if (value.empty()) return;
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  Must(extension && X509_add_ext(certificate, extension.get(), -1) == 1, value.c_str());
}

X509Ptr Begin(EVP_PKEY* key, const std::string& name, int64_t from_s, int64_t until_s) {
  static long serial = 1000;
  X509Ptr made(X509_new());
  X509_NAME* const subject = X509_get_subject_name(made.get());
  Must(X509_set_version(made.get(), X509_VERSION_3) == 1 &&
           ASN1_INTEGER_set(X509_get_serialNumber(made.get()), ++serial) == 1 &&
           X509_set_pubkey(made.get(), key) == 1 &&
           ASN1_TIME_set(X509_getm_notBefore(made.get()), from_s) != nullptr &&
           ASN1_TIME_set(X509_getm_notAfter(made.get()), until_s) != nullptr &&
           X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                      reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                                      0) == 1,
       "cannot begin");
  return made;
}

}  // namespace

TestCa MakeTestCa(const std::string& name, int64_t from_s, int64_t until_s) {
  const KeyPtr key(EVP_EC_gen("P-256"));
  const X509Ptr made = Begin(key.get(), name, from_s, until_s);
  X509* const ca = made.get();
  Must(X509_set_issuer_name(ca, X509_get_subject_name(ca)) == 1, "no issuer");
  Add(ca, ca, NID_basic_constraints, "critical,CA:TRUE");
  Add(ca, ca, NID_key_usage, "critical,keyCertSign,cRLSign");
  // No key identifiers: names alone must not decide which CA it was.
  Must(X509_sign(ca, key.get(), EVP_sha256()) > 0, "cannot sign");
  return {.key_pem = PemOf(key.get()), .certificate_der = DerOf(ca)};
}

TestLeaf MakeLeaf(const TestCa& ca, const LeafForm& form) {
  const auto* at = reinterpret_cast<const unsigned char*>(ca.certificate_der.data());
  const X509Ptr issuer(d2i_X509(nullptr, &at, static_cast<long>(ca.certificate_der.size())));
  const BioPtr key_text(BIO_new_mem_buf(ca.key_pem.data(), static_cast<int>(ca.key_pem.size())));
  const KeyPtr ca_key(PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr));
  Must(issuer && ca_key, "no CA");
  const KeyPtr key(EVP_EC_gen("P-256"));
  const X509Ptr made = Begin(key.get(), form.name, form.from_s, form.until_s);
  X509* const leaf = made.get();
  Must(X509_set_issuer_name(leaf, X509_get_subject_name(issuer.get())) == 1, "no issuer");
  std::string names;
  for (const std::string& uri : form.uris) names += (names.empty() ? "URI:" : ",URI:") + uri;
  Add(leaf, issuer.get(), NID_subject_alt_name, names);
  Add(leaf, issuer.get(), NID_basic_constraints, form.basic_constraints);
  Add(leaf, issuer.get(), NID_key_usage, form.key_usage);
  Add(leaf, issuer.get(), NID_ext_key_usage, form.extended_key_usage);
  Must(X509_sign(leaf, ca_key.get(), EVP_sha256()) > 0, "cannot sign");
  const BioPtr pem(BIO_new(BIO_s_mem()));
  Must(PEM_write_bio_X509(pem.get(), leaf) == 1, "no PEM");
  return {.key_pem = PemOf(key.get()),
          .certificate_pem = TextOf(pem.get()),
          .certificate_der = DerOf(leaf)};
}

}  // namespace sluis::tests
