#include "client/lib/certificate.h"

#include <gtest/gtest.h>

#include "client/lib/signing.h"

namespace sluis::client {
namespace {

constexpr int64_t kNow = 1763740800;  // 2025-11-21T16:00:00Z
constexpr int64_t kDay = 86400;
const std::string kOrganisation = "caw-de-overzet.example";

struct Made {
  CertifiedKey ca = *MakeCa(kOrganisation, kNow);
  std::string key = *MakeTlsKey();
  std::string request = *MakeCertificateRequest(key, "an.peeters");
};

LeafNames User() { return {UserUri(kOrganisation, "an.peeters"), {}, {}}; }

std::string KeyOf(const Result<std::string>& result) {
  return result.ok() ? "ok" : result.failure().message.key;
}

TEST(CertificateTest, HoldsOneUriAndTheDatesAsked) {
  const Made made;
  const auto pem = Issue(made.ca, made.request, User(), LeafUse::kUser, kNow, 10);
  ASSERT_TRUE(pem.ok());
  const auto facts = FactsOf(*pem);
  ASSERT_TRUE(facts.ok());
  EXPECT_EQ(facts->uris,
            std::vector<std::string>{"spiffe://caw-de-overzet.example/user/an.peeters"});
  EXPECT_EQ(facts->not_after_s, kNow + 10 * kDay);
  EXPECT_TRUE(Matches(*pem, made.key));
  EXPECT_TRUE(IsSignedBy(*pem, made.ca.certificate_pem));
}

TEST(CertificateTest, AnotherKeyOrCaIsNoticed) {
  const Made made;
  const Made other;
  const auto pem = Issue(made.ca, made.request, User(), LeafUse::kUser, kNow);
  ASSERT_TRUE(pem.ok());
  EXPECT_FALSE(Matches(*pem, other.key));
  EXPECT_FALSE(IsSignedBy(*pem, other.ca.certificate_pem));
  const CertifiedKey mixed{other.ca.key_pem, made.ca.certificate_pem};
  EXPECT_EQ(KeyOf(Issue(mixed, made.request, User(), LeafUse::kUser, kNow)), "certificate.bad_ca");
}

TEST(CertificateTest, RefusesRequestsThatAreNotWhatTheySeem) {
  const Made made;
  const auto issue = [&](const std::string& request) {
    return KeyOf(Issue(made.ca, request, User(), LeafUse::kUser, kNow));
  };
  EXPECT_EQ(issue(""), "certificate.bad_request");
  EXPECT_EQ(issue("no request"), "certificate.bad_request");
  std::string changed = made.request;
  changed.back() = static_cast<char>(changed.back() ^ 1);
  EXPECT_EQ(issue(changed), "certificate.bad_request");
  EXPECT_EQ(KeyOf(MakeCertificateRequest("no key", "x")), "certificate.bad_key");
}

TEST(CertificateTest, RefusesAddressesThatAreNone) {
  const Made made;
  LeafNames names{NodeUri(kOrganisation), {"node.example"}, {"10.0.0.1", "::1"}};
  EXPECT_EQ(KeyOf(Issue(made.ca, made.request, names, LeafUse::kNode, kNow)), "ok");
  names.ips = {"10.0.0"};
  EXPECT_EQ(KeyOf(Issue(made.ca, made.request, names, LeafUse::kNode, kNow)),
            "certificate.bad_name");
}

TEST(CertificateTest, TextThatIsNoCertificate) {
  EXPECT_FALSE(FactsOf("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").ok());
  EXPECT_FALSE(Matches("", ""));
  EXPECT_FALSE(IsSignedBy("", ""));
}

}  // namespace
}  // namespace sluis::client
