#include "client/lib/certificate.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

#include "crypto/hash.h"
#include "crypto/random.h"

namespace sluis::client {
namespace {

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using BioPtr = std::unique_ptr<BIO, Freer<BIO_free_all>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using CertPtr = std::unique_ptr<X509, Freer<X509_free>>;
using RequestPtr = std::unique_ptr<X509_REQ, Freer<X509_REQ_free>>;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, Freer<GENERAL_NAMES_free>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>>;
using IntegerPtr = std::unique_ptr<ASN1_INTEGER, Freer<ASN1_INTEGER_free>>;
using NumberPtr = std::unique_ptr<BIGNUM, Freer<BN_free>>;

constexpr int64_t kBackdateSeconds = 300;  // clocks of machines differ a little
constexpr int64_t kDaySeconds = 24 * 3600;
constexpr size_t kMaxPemBytes = 64 << 10;
constexpr size_t kMaxRequestBytes = 4096;  // as the node takes it

Failure Refused(std::string key) { return {Exit::kUsage, {std::move(key), {}}, nullptr}; }
Failure Broken() { return {Exit::kInternal, {"certificate.failed", {}}, nullptr}; }

std::string Text(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<size_t>(size)) : std::string();
}

std::string Text(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<size_t>(ASN1_STRING_length(text))};
}

// An address as PushName takes it; empty when it has neither size.
std::string AddressText(const ASN1_OCTET_STRING* address) {
  const int size = ASN1_STRING_length(address);
  char text[INET6_ADDRSTRLEN];
  if (size != 4 && size != 16) return {};
  const char* written =
      inet_ntop(size == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(address), text, sizeof(text));
  return written == nullptr ? std::string() : std::string(written);
}

// OpenSSL's own callback would ask whoever sits at the terminal.
int NoPassPhrase(char*, int, int, void*) { return -1; }

// A text of one block. A second one would be kept with the file, and trusted by TLS, unseen by all
// that is checked here.
BioPtr OneBlock(std::string_view pem) {
  constexpr std::string_view kBegin = "-----BEGIN";
  const size_t first = pem.find(kBegin);
  if (pem.size() > kMaxPemBytes || first == std::string_view::npos ||
      pem.find(kBegin, first + 1) != std::string_view::npos) {
    return nullptr;
  }
  return BioPtr(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

KeyPtr ReadKeyPem(const std::string& pem) {
  if (pem.size() > kMaxPemBytes) return nullptr;
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return KeyPtr(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassPhrase, nullptr));
}

CertPtr ReadCertPem(const std::string& pem) {
  const BioPtr bio = OneBlock(pem);
  if (!bio) return nullptr;
  return CertPtr(PEM_read_bio_X509(bio.get(), nullptr, NoPassPhrase, nullptr));
}

bool IsP256(EVP_PKEY* key) {
  std::string group(64, '\0');
  size_t length = 0;
  return EVP_PKEY_get_id(key) == EVP_PKEY_EC &&
         EVP_PKEY_get_group_name(key, group.data(), group.size(), &length) == 1 &&
         group.substr(0, length) == "prime256v1";
}

std::string KeyPem(EVP_PKEY* key) {
  const BioPtr bio(BIO_new(BIO_s_secmem()));
  if (!bio ||
      PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return {};
  }
  return Text(bio.get());
}

std::string CertPem(X509* certificate) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  if (!bio || PEM_write_bio_X509(bio.get(), certificate) != 1) return {};
  return Text(bio.get());
}

bool AddName(X509_NAME* name, const char* field, const std::string& value) {
  // A common name holds 64 characters; the identity is the URI, this is for people.
  return X509_NAME_add_entry_by_txt(
             name, field, MBSTRING_UTF8,
             reinterpret_cast<const unsigned char*>(value.substr(0, 64).c_str()), -1, -1, 0) == 1;
}

bool AddExtension(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

// Adds one name; false when OpenSSL does not take it.
bool PushName(GENERAL_NAMES* names, int type, const std::string& value) {
  GENERAL_NAME* name = nullptr;
  if (type == GEN_IPADD) {
    name = a2i_GENERAL_NAME(nullptr, nullptr, nullptr, GEN_IPADD, value.c_str(), 0);
    if (name == nullptr) return false;
  } else {
    name = GENERAL_NAME_new();
    ASN1_IA5STRING* text = ASN1_IA5STRING_new();
    if (name == nullptr || text == nullptr ||
        ASN1_STRING_set(text, value.data(), static_cast<int>(value.size())) != 1) {
      GENERAL_NAME_free(name);
      ASN1_IA5STRING_free(text);
      return false;
    }
    GENERAL_NAME_set0_value(name, type, text);
  }
  if (sk_GENERAL_NAME_push(names, name) > 0) return true;
  GENERAL_NAME_free(name);
  return false;
}

bool AddNames(X509* certificate, const LeafNames& names) {
  const NamesPtr all(sk_GENERAL_NAME_new_null());
  if (!all || !PushName(all.get(), GEN_URI, names.uri)) return false;
  for (const std::string& dns : names.dns) {
    if (!PushName(all.get(), GEN_DNS, dns)) return false;
  }
  for (const std::string& ip : names.ips) {
    if (!PushName(all.get(), GEN_IPADD, ip)) return false;
  }
  return X509_add1_ext_i2d(certificate, NID_subject_alt_name, all.get(), 0, 0) == 1;
}

// Version, random serial number, dates and key.
bool Begin(X509* certificate, EVP_PKEY* key, int64_t now_s, int days) {
  auto serial = crypto::SystemRandom().Array<16>();
  serial[0] &= 0x7F;  // positive
  const NumberPtr number(BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
  return number && X509_set_version(certificate, X509_VERSION_3) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr &&
         ASN1_TIME_set(X509_getm_notBefore(certificate), now_s - kBackdateSeconds) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), now_s + days * kDaySeconds) != nullptr &&
         X509_set_pubkey(certificate, key) == 1;
}

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

std::string NodeUri(std::string_view organisation) {
  return "spiffe://" + std::string(organisation) + "/node";
}

std::string UserUri(std::string_view organisation, std::string_view user_id) {
  return "spiffe://" + std::string(organisation) + "/user/" + std::string(user_id);
}

Result<CertifiedKey> MakeCa(const std::string& organisation, int64_t now_s, int days) {
  const KeyPtr key(EVP_EC_gen("P-256"));
  const CertPtr certificate(X509_new());
  if (!key || !certificate || !Begin(certificate.get(), key.get(), now_s, days)) return Broken();
  X509_NAME* name = X509_get_subject_name(certificate.get());
  if (!AddName(name, "O", organisation) || !AddName(name, "CN", "Sluis CA") ||
      X509_set_issuer_name(certificate.get(), name) != 1 ||
      !AddExtension(certificate.get(), certificate.get(), NID_basic_constraints,
                    "critical,CA:TRUE,pathlen:0") ||
      !AddExtension(certificate.get(), certificate.get(), NID_key_usage,
                    "critical,keyCertSign,cRLSign") ||
      !AddExtension(certificate.get(), certificate.get(), NID_subject_key_identifier, "hash") ||
      X509_sign(certificate.get(), key.get(), EVP_sha256()) == 0) {
    return Broken();
  }
  return CertifiedKey{KeyPem(key.get()), CertPem(certificate.get())};
}

Result<std::string> MakeTlsKey() {
  const KeyPtr key(EVP_EC_gen("P-256"));
  std::string pem = key ? KeyPem(key.get()) : std::string();
  if (pem.empty()) return Broken();
  return pem;
}

Result<std::string> MakeCertificateRequest(const std::string& key_pem, const std::string& name) {
  const KeyPtr key = ReadKeyPem(key_pem);
  if (!key) return Refused("certificate.bad_key");
  const RequestPtr request(X509_REQ_new());
  if (!request || !AddName(X509_REQ_get_subject_name(request.get()), "CN", name) ||
      X509_REQ_set_pubkey(request.get(), key.get()) != 1 ||
      X509_REQ_sign(request.get(), key.get(), EVP_sha256()) == 0) {
    return Broken();
  }
  return Der<X509_REQ>(request.get(), i2d_X509_REQ);
}

Result<std::string> Issue(const CertifiedKey& ca, const std::string& request_der,
                          const LeafNames& names, LeafUse use, int64_t now_s, int days) {
  const KeyPtr ca_key = ReadKeyPem(ca.key_pem);
  const CertPtr ca_certificate = ReadCertPem(ca.certificate_pem);
  if (!ca_key || !ca_certificate ||
      X509_check_private_key(ca_certificate.get(), ca_key.get()) != 1) {
    return Refused("certificate.bad_ca");
  }
  if (request_der.size() > kMaxRequestBytes) return Refused("certificate.bad_request");
  const auto* at = reinterpret_cast<const unsigned char*>(request_der.data());
  const unsigned char* const end = at + request_der.size();
  const RequestPtr request(d2i_X509_REQ(nullptr, &at, static_cast<long>(request_der.size())));
  EVP_PKEY* key = request && at == end ? X509_REQ_get0_pubkey(request.get()) : nullptr;
  if (key == nullptr || X509_REQ_verify(request.get(), key) != 1 || !IsP256(key)) {
    return Refused("certificate.bad_request");
  }
  const CertPtr certificate(X509_new());
  if (!certificate || !Begin(certificate.get(), key, now_s, days)) return Broken();
  X509* leaf = certificate.get();
  X509* issuer = ca_certificate.get();
  if (!AddName(X509_get_subject_name(leaf), "CN", names.uri.substr(names.uri.rfind('/') + 1)) ||
      X509_set_issuer_name(leaf, X509_get_subject_name(issuer)) != 1) {
    return Broken();
  }
  if (!AddNames(leaf, names)) return Refused("certificate.bad_name");
  const char* uses = use == LeafUse::kNode ? "serverAuth,clientAuth" : "clientAuth";
  if (!AddExtension(leaf, issuer, NID_basic_constraints, "critical,CA:FALSE") ||
      !AddExtension(leaf, issuer, NID_key_usage, "critical,digitalSignature") ||
      !AddExtension(leaf, issuer, NID_ext_key_usage, uses) ||
      !AddExtension(leaf, issuer, NID_subject_key_identifier, "hash") ||
      !AddExtension(leaf, issuer, NID_authority_key_identifier, "keyid:always") ||
      X509_sign(leaf, ca_key.get(), EVP_sha256()) == 0) {
    return Broken();
  }
  return CertPem(leaf);
}

Result<CertificateFacts> FactsOf(const std::string& certificate_pem) {
  const CertPtr certificate = ReadCertPem(certificate_pem);
  if (!certificate) return Refused("certificate.bad_certificate");
  CertificateFacts facts;
  tm until{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &until) != 1) {
    return Refused("certificate.bad_certificate");
  }
  facts.not_after_s = timegm(&until);
  facts.digest = crypto::Sha256(Der<X509>(certificate.get(), i2d_X509));
  facts.tls_key_digest =
      crypto::Sha256(Der<X509_PUBKEY>(X509_get_X509_PUBKEY(certificate.get()), i2d_X509_PUBKEY));
  const NamesPtr names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate.get(), NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_URI) {
      facts.uris.push_back(Text(name->d.uniformResourceIdentifier));
    } else if (name->type == GEN_DNS) {
      facts.dns.push_back(Text(name->d.dNSName));
    } else if (name->type == GEN_IPADD) {
      facts.ips.push_back(AddressText(name->d.iPAddress));
    }
  }
  return facts;
}

Result<std::string> DerOf(const std::string& certificate_pem) {
  const CertPtr certificate = ReadCertPem(certificate_pem);
  if (!certificate) return Refused("certificate.bad_certificate");
  return Der<X509>(certificate.get(), i2d_X509);
}

bool Matches(const std::string& certificate_pem, const std::string& key_pem) {
  const CertPtr certificate = ReadCertPem(certificate_pem);
  const KeyPtr key = ReadKeyPem(key_pem);
  return certificate && key && X509_check_private_key(certificate.get(), key.get()) == 1;
}

bool IsSignedBy(const std::string& certificate_pem, const std::string& ca_pem) {
  const CertPtr certificate = ReadCertPem(certificate_pem);
  const CertPtr ca = ReadCertPem(ca_pem);
  return certificate && ca && X509_verify(certificate.get(), X509_get0_pubkey(ca.get())) == 1;
}

}  // namespace sluis::client
