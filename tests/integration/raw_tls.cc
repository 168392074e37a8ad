#include "tests/integration/raw_tls.h"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>

#include "crypto/hash.h"

namespace sluis::test {
namespace {

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using BioPtr = std::unique_ptr<BIO, Freer<BIO_free_all>>;
using ContextPtr = std::unique_ptr<SSL_CTX, Freer<SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, Freer<SSL_free>>;
using X509Ptr = std::unique_ptr<X509, Freer<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>>;

constexpr unsigned char kHttp2[] = {2, 'h', '2'};
constexpr int kSecondsToAnswer = 20;

void Must(bool good, const char* what) {
  if (!good) throw std::runtime_error(std::string("raw tls: ") + what);
}

BioPtr Memory(const std::string& text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

X509Ptr CertificateOf(const std::string& pem) {
  X509Ptr certificate(PEM_read_bio_X509(Memory(pem).get(), nullptr, nullptr, nullptr));
  Must(certificate != nullptr, "no certificate");
  return certificate;
}

KeyPtr KeyOf(const std::string& pem) {
  KeyPtr key(PEM_read_bio_PrivateKey(Memory(pem).get(), nullptr, nullptr, nullptr));
  Must(key != nullptr, "no key");
  return key;
}

crypto::Hash DigestOf(const X509* certificate) {
  unsigned char* der = nullptr;
  const int length = i2d_X509(certificate, &der);
  Must(length > 0, "no DER");
  const crypto::Hash digest = crypto::Sha256(
      std::string_view(reinterpret_cast<const char*>(der), static_cast<size_t>(length)));
  OPENSSL_free(der);
  return digest;
}

std::string LastError() {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "closed" : reason;
}

ContextPtr ContextFor(TlsVersion version) {
  ContextPtr context(SSL_CTX_new(TLS_client_method()));
  const int number = version == TlsVersion::k12 ? TLS1_2_VERSION : TLS1_3_VERSION;
  // Whatever this process's own configuration takes away must not decide what the server accepts.
  SSL_CTX_clear_options(context.get(), SSL_OP_NO_TLSv1_2 | SSL_OP_NO_TLSv1_3);
  Must(SSL_CTX_set_min_proto_version(context.get(), number) == 1 &&
           SSL_CTX_set_max_proto_version(context.get(), number) == 1 &&
           SSL_CTX_set_alpn_protos(context.get(), kHttp2, sizeof(kHttp2)) == 0,
       "no context");
  return context;
}

void WriteFile(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
  std::filesystem::permissions(path, std::filesystem::perms::owner_read);
}

int64_t NowSeconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

HandshakeResult Handshake(int port, const std::string& certificate_pem, const std::string& key_pem,
                          TlsVersion version) {
  ERR_clear_error();
  const ContextPtr context = ContextFor(version);
  if (!certificate_pem.empty()) {
    Must(SSL_CTX_use_certificate(context.get(), CertificateOf(certificate_pem).get()) == 1 &&
             SSL_CTX_use_PrivateKey(context.get(), KeyOf(key_pem).get()) == 1,
         "certificate and key do not belong together");
  }
  BioPtr connection(BIO_new_connect(("127.0.0.1:" + std::to_string(port)).c_str()));
  Must(BIO_do_connect(connection.get()) == 1, "no connection");
  int fd = -1;
  BIO_get_fd(connection.get(), &fd);
  const timeval limit{kSecondsToAnswer, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));

  const SslPtr ssl(SSL_new(context.get()));
  BIO* const bio = connection.release();
  SSL_set_bio(ssl.get(), bio, bio);
  HandshakeResult result;
  char first = 0;
  // A gRPC server sends its SETTINGS frame as soon as it has accepted the connection.
  result.accepted = SSL_connect(ssl.get()) == 1 && SSL_read(ssl.get(), &first, 1) == 1;
  if (!result.accepted) {
    result.why = LastError();
    return result;
  }
  result.version = SSL_get_version(ssl.get());
  const X509Ptr server(SSL_get1_peer_certificate(ssl.get()));
  result.server_certificate = DigestOf(server.get());
  return result;
}

std::string WithUris(const client::CertifiedKey& ca, const std::string& key_pem,
                     const std::vector<std::string>& uris) {
  const X509Ptr issuer = CertificateOf(ca.certificate_pem);
  const KeyPtr key = KeyOf(key_pem);
  const X509Ptr made(X509_new());
  constexpr long kDay = 24 * 3600;
  Must(X509_set_version(made.get(), X509_VERSION_3) == 1 &&
           ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 4711) == 1 &&
           X509_set_issuer_name(made.get(), X509_get_subject_name(issuer.get())) == 1 &&
           X509_gmtime_adj(X509_getm_notBefore(made.get()), -kDay) != nullptr &&
           X509_gmtime_adj(X509_getm_notAfter(made.get()), kDay) != nullptr &&
           X509_set_pubkey(made.get(), key.get()) == 1,
       "no certificate could be filled in");
  std::string names = "DNS:localhost";
  for (const std::string& uri : uris) names += ",URI:" + uri;
  const ExtensionPtr extension(
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str()));
  Must(extension != nullptr && X509_add_ext(made.get(), extension.get(), -1) == 1 &&
           X509_sign(made.get(), KeyOf(ca.key_pem).get(), EVP_sha256()) > 0,
       "no certificate could be signed");
  const BioPtr out(BIO_new(BIO_s_mem()));
  Must(PEM_write_bio_X509(out.get(), made.get()) == 1, "no PEM");
  char* text = nullptr;
  const long length = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<size_t>(length)};
}

std::string WithPublicHalfOf(const std::string& key_pem, const std::string& other_pem) {
  const KeyPtr key = KeyOf(key_pem);
  const KeyPtr other = KeyOf(other_pem);
  unsigned char point[133];
  size_t length = 0;
  BIGNUM* number = nullptr;
  Must(EVP_PKEY_get_octet_string_param(key.get(), OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point),
                                       &length) == 1 &&
           EVP_PKEY_get_bn_param(other.get(), OSSL_PKEY_PARAM_PRIV_KEY, &number) == 1,
       "no halves");
  OSSL_PARAM_BLD* const builder = OSSL_PARAM_BLD_new();
  OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
  OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point, length);
  OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PRIV_KEY, number);
  OSSL_PARAM* const parameters = OSSL_PARAM_BLD_to_param(builder);
  EVP_PKEY_CTX* const context = EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr);
  EVP_PKEY* mixed = nullptr;
  const bool made = EVP_PKEY_fromdata_init(context) == 1 &&
                    EVP_PKEY_fromdata(context, &mixed, EVP_PKEY_KEYPAIR, parameters) == 1;
  const KeyPtr holder(mixed);
  EVP_PKEY_CTX_free(context);
  OSSL_PARAM_free(parameters);
  OSSL_PARAM_BLD_free(builder);
  BN_free(number);
  Must(made, "no mixed key");
  const BioPtr text(BIO_new(BIO_s_mem()));
  Must(PEM_write_bio_PKCS8PrivateKey(text.get(), mixed, nullptr, nullptr, 0, nullptr, nullptr) == 1,
       "no key text");
  char* data = nullptr;
  const long size = BIO_get_mem_data(text.get(), &data);
  return std::string(data, static_cast<size_t>(size));
}

void RenewNodeCertificate(const Organisation& organisation, const std::string& tls_folder) {
  const std::string fresh = tls_folder + ".new";
  std::filesystem::create_directory(fresh);
  const auto key = client::MakeTlsKey();
  Must(key.ok(), "no TLS key");
  const auto request = client::MakeCertificateRequest(*key, "node");
  Must(request.ok(), "no request");
  const auto certificate = client::Issue(
      organisation.ca(), *request,
      {.uri = client::NodeUri(organisation.id()), .dns = {"localhost"}, .ips = {"127.0.0.1"}},
      client::LeafUse::kNode, NowSeconds());
  Must(certificate.ok(), "no node certificate");
  WriteFile(fresh + "/tls.key", *key);
  WriteFile(fresh + "/tls.crt", *certificate);
  WriteFile(fresh + "/ca.crt", organisation.ca().certificate_pem);
  std::filesystem::rename(tls_folder, tls_folder + ".old");
  std::filesystem::rename(fresh, tls_folder);
}

}  // namespace sluis::test
