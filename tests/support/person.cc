#include "tests/support/person.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <cstdlib>
#include <memory>

#include "crypto/bytes.h"
#include "crypto/hash.h"

namespace sluis::tests {
namespace {

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};

template <typename T>
std::string Der(const T* object, int (*encode)(const T*, unsigned char**)) {
  unsigned char* buffer = nullptr;
  const int length = encode(object, &buffer);
  if (length <= 0) std::abort();
  std::string der(reinterpret_cast<char*>(buffer), static_cast<size_t>(length));
  OPENSSL_free(buffer);
  return der;
}

std::string Bytes(const crypto::Hash& hash) { return std::string(crypto::View(hash)); }

}  // namespace

std::string MakeCertificateRequest(const char* curve, crypto::Hash* key_digest) {
  std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>> key(EVP_EC_gen(curve));
  std::unique_ptr<X509_REQ, Freer<X509_REQ_free>> request(X509_REQ_new());
  if (!key || !request || X509_REQ_set_version(request.get(), 0) != 1 ||
      X509_REQ_set_pubkey(request.get(), key.get()) != 1 ||
      X509_REQ_sign(request.get(), key.get(), EVP_sha256()) <= 0) {
    std::abort();
  }
  *key_digest =
      crypto::Sha256(Der<X509_PUBKEY>(X509_REQ_get_X509_PUBKEY(request.get()), i2d_X509_PUBKEY));
  return Der<X509_REQ>(request.get(), i2d_X509_REQ);
}

void SignRequest(record::v1::UserRequest& request, const crypto::SigningKey& key) {
  std::string message;
  crypto::AppendLp(message, "sluis/user-request/v1");
  crypto::AppendLp(message, request.user_id());
  crypto::AppendLp(message, request.signing_key());
  crypto::AppendLp(message, request.certificate_request());
  request.set_signature(std::string(crypto::View(key.Sign(message))));
}

Person MakePerson(const std::string& organisation, const std::string& user_id,
                  crypto::Random& random) {
  Person person{user_id, crypto::SigningKey::Generate(random), {}, {}};
  person.request.set_user_id(user_id);
  person.request.set_signing_key(Bytes(person.signing_key.public_key()));
  person.request.set_certificate_request(MakeCertificateRequest("P-256", &person.facts.key_digest));
  SignRequest(person.request, person.signing_key);
  person.facts.uris = {"spiffe://" + organisation + "/user/" + user_id};
  random.Fill(person.facts.certificate_digest);
  person.facts.not_after_s = 4102444800;  // 2100-01-01
  return person;
}

record::v1::SignedMandate SignMandate(const record::v1::Mandate& mandate,
                                      const crypto::SigningKey& mandate_key) {
  record::v1::SignedMandate out;
  out.set_mandate(mandate.SerializeAsString());
  out.set_signature(
      std::string(crypto::View(mandate_key.Sign(crypto::Lp("sluis/mandate/v1") + out.mandate()))));
  return out;
}

record::v1::SignedMandateStatus SignStatus(const record::v1::MandateStatus& status,
                                           const crypto::SigningKey& mandate_key) {
  record::v1::SignedMandateStatus out;
  out.set_status(status.SerializeAsString());
  out.set_signature(std::string(
      crypto::View(mandate_key.Sign(crypto::Lp("sluis/mandate-status/v1") + out.status()))));
  return out;
}

record::v1::Mandate MandateOf(const std::string& organisation, const Person& person,
                              const std::vector<std::string>& roles, uint64_t now_us,
                              crypto::Random& random) {
  record::v1::Mandate mandate;
  mandate.set_mandate_id(std::string(crypto::View(random.Array<16>())));
  mandate.set_organisation(organisation);
  mandate.set_user_id(person.user_id);
  mandate.set_signing_key(Bytes(person.signing_key.public_key()));
  for (const std::string& role : roles) mandate.add_roles(role);
  mandate.set_not_before_s(now_us / 1'000'000 - 3600);
  mandate.set_not_after_s(now_us / 1'000'000 + 30ull * 24 * 3600);
  return mandate;
}

}  // namespace sluis::tests
