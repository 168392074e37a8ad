#include "server/authn/certificate.h"

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

#include "server/authn/caller.h"

namespace sluis::authn {
namespace {

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using CertificatePtr = std::unique_ptr<X509, Freer<X509_free>>;
using BioPtr = std::unique_ptr<BIO, Freer<BIO_free>>;

constexpr char kUser[] = "spiffe://caw-de-overzet.example/user/jan";

std::string Text(BIO* bio) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<size_t>(length));
}

// A certificate with these subject alternative names (OpenSSL's text for them; empty for none),
// signed by its own key: the TLS layer has checked the chain before anything is read from it.
CertificatePtr Make(const std::string& names, const KeyPtr& key, int times = 1) {
  CertificatePtr certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 7);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  for (int i = 0; i < times && !names.empty(); ++i) {
    X509_EXTENSION* extension =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
    EXPECT_NE(extension, nullptr) << names;
    X509_add_ext(certificate.get(), extension, -1);
    X509_EXTENSION_free(extension);
  }
  EXPECT_GT(X509_sign(certificate.get(), key.get(), EVP_sha256()), 0);
  return certificate;
}

std::string Pem(const CertificatePtr& certificate) {
  BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate.get());
  return Text(bio.get());
}

class CertificateTest : public ::testing::Test {
 protected:
  std::string PemWith(const std::string& names, int times = 1) {
    return Pem(Make(names, key_, times));
  }
  // Whether a certificate with these names is taken as that of "jan".
  absl::StatusOr<std::string> Claimed(const std::string& names, int times = 1) {
    absl::StatusOr<CertificateFacts> facts = FactsOfPem(PemWith(names, times));
    if (!facts.ok()) return facts.status();
    return ClaimedUser(*facts, "caw-de-overzet.example");
  }

  KeyPtr key_{EVP_EC_gen("P-256")};
};

TEST_F(CertificateTest, ReadsUriAndDigests) {
  const CertificatePtr certificate = Make(std::string("URI:") + kUser, key_);
  absl::StatusOr<CertificateFacts> facts = FactsOfPem(Pem(certificate));
  ASSERT_TRUE(facts.ok()) << facts.status();
  EXPECT_EQ(facts->uris, std::vector<std::string>{kUser});
  unsigned char digest[32];
  unsigned length = 0;
  ASSERT_EQ(X509_digest(certificate.get(), EVP_sha256(), digest, &length), 1);
  EXPECT_EQ(crypto::View(facts->certificate_digest),
            std::string_view(reinterpret_cast<char*>(digest), length));
  // Another certificate of the same key: other certificate digest, same key digest.
  absl::StatusOr<CertificateFacts> again = FactsOfPem(PemWith("URI:spiffe://b.example/node"));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->key_digest, facts->key_digest);
  EXPECT_NE(again->certificate_digest, facts->certificate_digest);
  // Another key: another key digest.
  const KeyPtr other(EVP_EC_gen("P-256"));
  EXPECT_NE(FactsOfPem(Pem(Make("", other)))->key_digest, facts->key_digest);
}

TEST_F(CertificateTest, ReadsTheLastSecondOfItsValidity) {
  const CertificatePtr certificate = Make(std::string("URI:") + kUser, key_);
  ASSERT_EQ(ASN1_TIME_set_string_X509(X509_getm_notAfter(certificate.get()), "20261122015500Z"), 1);
  EXPECT_EQ(FactsOfPem(Pem(certificate))->not_after_s, 1795312500u);
  ASSERT_EQ(ASN1_TIME_set_string_X509(X509_getm_notAfter(certificate.get()), "19500101000000Z"), 1);
  EXPECT_EQ(FactsOfPem(Pem(certificate))->not_after_s, 0u) << "never a far day by wrapping";
}

TEST_F(CertificateTest, TakesExactlyOneUri) {
  EXPECT_EQ(*Claimed(std::string("URI:") + kUser), "jan");
  EXPECT_EQ(*Claimed(std::string("DNS:localhost,IP:127.0.0.1,URI:") + kUser), "jan");
  const std::string wrong[] = {
      "",
      "DNS:caw-de-overzet.example",
      "email:jan@caw-de-overzet.example",
      std::string("DNS:") + "jan",
      std::string("URI:") + kUser + ",URI:spiffe://caw-de-overzet.example/user/piet",
      std::string("URI:") + kUser + ",URI:" + kUser,
      std::string("URI:https://caw-de-overzet.example/user/jan"),
      std::string("URI:") + kUser + ",URI:https://caw-de-overzet.example/",
      "URI:spiffe://caw-de-overzet.example/node",
      "URI:spiffe://politie.example/user/jan",
  };
  for (const std::string& names : wrong) {
    EXPECT_EQ(Claimed(names).status().code(), absl::StatusCode::kUnauthenticated) << names;
  }
  // The extension given twice is ambiguous: whoever reads only one of them would be fooled.
  EXPECT_FALSE(Claimed(std::string("URI:") + kUser, 2).ok());
}

TEST_F(CertificateTest, RefusesWhatIsNoCertificate) {
  const std::string good = PemWith(std::string("URI:") + kUser);
  BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PUBKEY(bio.get(), key_.get());
  const std::string public_key = Text(bio.get());
  std::string damaged = good;
  damaged.insert(damaged.find('\n') + 1, "AAAA");
  // Nobody is asked for the pass phrase of a block that says it is encrypted.
  BioPtr sealed(BIO_new(BIO_s_mem()));
  const CertificatePtr certificate = Make("", key_);
  unsigned char phrase[] = "geheim";
  PEM_ASN1_write_bio(reinterpret_cast<i2d_of_void*>(i2d_X509), PEM_STRING_X509, sealed.get(),
                     certificate.get(), EVP_aes_128_cbc(), phrase, 6, nullptr, nullptr);
  const std::string wrong[] = {
      "",
      Text(sealed.get()),
      "garbage",
      std::string(1000, '\0'),
      "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
      "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n",
      good.substr(0, good.size() / 2),
      damaged,
      public_key,
      good + std::string(65 << 10, '\n'),
  };
  for (const std::string& pem : wrong) {
    EXPECT_EQ(FactsOfPem(pem).status().code(), absl::StatusCode::kInvalidArgument)
        << pem.substr(0, 80);
  }
}

TEST_F(CertificateTest, TakesManyNamesWithoutTrouble) {
  std::string names = std::string("URI:") + kUser;
  for (int i = 0; i < 800; ++i) names += ",DNS:host-" + std::to_string(i) + ".example";
  EXPECT_EQ(*Claimed(names), "jan");
}

}  // namespace
}  // namespace sluis::authn
