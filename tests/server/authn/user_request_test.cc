#include "server/authn/user_request.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <functional>

#include "tests/support/person.h"
#include "tests/support/seeded_random.h"

namespace sluis::authn {
namespace {

using record::v1::UserRequest;

class UserRequestTest : public ::testing::Test {
 protected:
  tests::SeededRandom random_{5};
  tests::Person person_ = tests::MakePerson("caw-de-overzet.example", "jan", random_);
};

TEST_F(UserRequestTest, GoodOneGivesTheRow) {
  const auto user = VerifyUserRequest(person_.request);
  ASSERT_TRUE(user.ok()) << user.status();
  EXPECT_EQ(user->user_id(), "jan");
  EXPECT_EQ(user->signing_key(), person_.request.signing_key());
  EXPECT_EQ(user->tls_key_digest(), crypto::View(person_.facts.key_digest));
  EXPECT_EQ(user->state(), record::v1::USER_STATE_UNSPECIFIED);
  EXPECT_FALSE(user->administrator());
}

std::string RsaRequest() {
  EVP_PKEY* key = EVP_RSA_gen(2048);
  X509_REQ* request = X509_REQ_new();
  X509_REQ_set_pubkey(request, key);
  X509_REQ_sign(request, key, EVP_sha256());
  unsigned char* der = nullptr;
  const int length = i2d_X509_REQ(request, &der);
  std::string out(reinterpret_cast<char*>(der), static_cast<size_t>(length));
  OPENSSL_free(der);
  X509_REQ_free(request);
  EVP_PKEY_free(key);
  return out;
}

// Signed by the signing key throughout: what is wrong is the content.
TEST_F(UserRequestTest, EachIllFormedOneIsRefused) {
  crypto::Hash digest{};
  const std::string p384 = tests::MakeCertificateRequest("P-384", &digest);
  const std::string rsa = RsaRequest();
  const std::pair<const char*, std::function<void(UserRequest&)>> wrong[] = {
      {"no user", [](UserRequest& r) { r.clear_user_id(); }},
      {"capital", [](UserRequest& r) { r.set_user_id("Jan"); }},
      {"one letter", [](UserRequest& r) { r.set_user_id("j"); }},
      {"33 letters", [](UserRequest& r) { r.set_user_id(std::string(33, 'j')); }},
      {"slash", [](UserRequest& r) { r.set_user_id("jan/piet"); }},
      {"no signing key", [](UserRequest& r) { r.clear_signing_key(); }},
      {"short signing key", [](UserRequest& r) { r.mutable_signing_key()->pop_back(); }},
      {"zero signing key", [](UserRequest& r) { r.set_signing_key(std::string(32, '\0')); }},
      {"no certificate request", [](UserRequest& r) { r.clear_certificate_request(); }},
      {"garbage", [](UserRequest& r) { r.set_certificate_request("garbage"); }},
      {"cut off", [](UserRequest& r) { r.mutable_certificate_request()->pop_back(); }},
      {"trailing byte", [](UserRequest& r) { r.mutable_certificate_request()->push_back('\0'); }},
      {"too long", [](UserRequest& r) { r.mutable_certificate_request()->append(4096, '\0'); }},
      {"its own signature broken",
       [](UserRequest& r) { r.mutable_certificate_request()->back() ^= 1; }},
      {"P-384", [&](UserRequest& r) { r.set_certificate_request(p384); }},
      {"RSA", [&](UserRequest& r) { r.set_certificate_request(rsa); }},
  };
  for (const auto& [name, spoil] : wrong) {
    UserRequest request = person_.request;
    spoil(request);
    tests::SignRequest(request, person_.signing_key);
    EXPECT_EQ(VerifyUserRequest(request).status().code(), absl::StatusCode::kInvalidArgument)
        << name;
  }
}

TEST_F(UserRequestTest, TheSigningKeySignsTheWhole) {
  const tests::Person other = tests::MakePerson("caw-de-overzet.example", "piet", random_);
  const std::pair<const char*, std::function<void(UserRequest&)>> wrong[] = {
      {"no signature", [](UserRequest& r) { r.clear_signature(); }},
      {"short", [](UserRequest& r) { r.mutable_signature()->pop_back(); }},
      {"of another", [&](UserRequest& r) { r.set_signature(other.request.signature()); }},
      {"other user", [](UserRequest& r) { r.set_user_id("piet"); }},
      {"other key", [&](UserRequest& r) { r.set_signing_key(other.request.signing_key()); }},
      {"other request",
       [&](UserRequest& r) { r.set_certificate_request(other.request.certificate_request()); }},
  };
  for (const auto& [name, spoil] : wrong) {
    UserRequest request = person_.request;
    spoil(request);
    EXPECT_EQ(VerifyUserRequest(request).status().code(), absl::StatusCode::kInvalidArgument)
        << name;
  }
}

}  // namespace
}  // namespace sluis::authn
