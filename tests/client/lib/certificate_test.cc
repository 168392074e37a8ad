#include "client/lib/certificate.h"

#include <gtest/gtest.h>
#include <unistd.h>

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

TEST(CertificateTest, SomethingBehindARequestIsRefused) {
  const Made made;
  EXPECT_EQ(KeyOf(Issue(made.ca, made.request + "x", User(), LeafUse::kUser, kNow)),
            "certificate.bad_request");
}

// TLS trusts every certificate of ca.pem, and a person compares the fingerprint of the first.
TEST(CertificateTest, ASecondCaBehindTheFirstIsRefused) {
  const Made made;
  const Made other;
  const auto pem = Issue(made.ca, made.request, User(), LeafUse::kUser, kNow);
  ASSERT_TRUE(pem.ok());
  const std::string both = made.ca.certificate_pem + other.ca.certificate_pem;
  EXPECT_FALSE(IsSignedBy(*pem, both));
  EXPECT_FALSE(FactsOf(both).ok());
  EXPECT_FALSE(FactsOf(made.ca.certificate_pem + "-----BEGIN X509 CERTIFICATE-----\n").ok());
}

// OpenSSL asks for a pass phrase, at the terminal or on standard input, unless it is told not to.
TEST(CertificateTest, AKeyWithAPassPhraseIsRefusedWithoutAsking) {
  const std::string locked =
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
      "MIHrMFYGCSqGSIb3DQEFDTBJMCgGCSqGSIb3DQEFDDAbBAgXnJtc2g9LxwIBATAM\n"
      "BggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBAgQQxsf4DpIK1RC2hRXRm9fW2QSBkMvR\n"
      "30ZazrPBecOTHKmdqEw8IviTqyt/t5Pd3qeyNrDU/Ec5KDWfmUCrs0ZhaTLJDcgm\n"
      "cK4z2uMtypFwhKgCoo5IQnSHxmqo0pxoEnOs9TvlqbWhJAZ/T1n9LWFwJXpj3B+b\n"
      "Bs7MOJyLbwTZfWmEmzMW8h9FcTHYeZpswUgjz/Zqm/uCqI9vlqaAw9QzuB/eqQ==\n"
      "-----END ENCRYPTED PRIVATE KEY-----\n";
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_EQ(write(ends[1], "geheim\n", 7), 7);
  ASSERT_EQ(close(ends[1]), 0);
  const int before = dup(STDIN_FILENO);
  ASSERT_EQ(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
  EXPECT_EQ(KeyOf(MakeCertificateRequest(locked, "x")), "certificate.bad_key");
  char unread[8];
  EXPECT_EQ(read(STDIN_FILENO, unread, sizeof unread), 7) << "somebody was asked";
  dup2(before, STDIN_FILENO);
  close(before);
  close(ends[0]);
}

}  // namespace
}  // namespace sluis::client
