#include "client/lib/node_renewal.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "client/lib/node_files.h"
#include "client/lib/own_files.h"
#include "tests/support/places.h"
#include "tests/support/temp_folder.h"

namespace sluis::client {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kNow = 1763740800;  // 2025-11-21T16:00:00Z
constexpr int64_t kDay = 86400;

class NodeRenewalTest : public testing::Test {
 protected:
  void SetUp() override {
    NodePlan plan;
    plan.folder = folder_.PathOf("node");
    plan.organisation = "caw-de-overzet.example";
    plan.kind = "welfare";
    plan.host = "vaartland-it.example";
    plan.listen = "127.0.0.1:8443";
    plan.address = "node.caw-de-overzet.example:8443";
    plan.ips = {"::1"};
    plan.statutory_pack = tests::InSources("/policies/packs/statutory.be.yaml");
    plan.partnership_pack = tests::InSources("/policies/packs/livc-r.vaartland.yaml");
    const auto made = MakeNodeFiles(plan, kNow);
    ASSERT_TRUE(made.ok()) << made.failure().message.key;
    ca_ = made->ca;
    plan_ = {tls(), folder_.PathOf("node/ca/ca.key"), 365};
  }

  std::string tls() const { return folder_.PathOf("node/tls"); }
  static std::string Get(const std::string& path) {
    const auto bytes = ReadWhole(path, 1 << 16);
    return bytes.ok() ? *bytes : "absent";
  }
  void Put(const std::string& path, const std::string& bytes) {
    ASSERT_FALSE(WriteOver(path, bytes, FileMode::kPrivate).has_value());
  }
  // What was refused, after seeing that nothing changed.
  std::string Refusal(int64_t now_s = kNow) {
    const std::string before = Get(tls() + "/tls.crt");
    const auto done = RenewNodeCertificate(plan_, now_s);
    EXPECT_EQ(Get(tls() + "/tls.crt"), before);
    EXPECT_FALSE(Exists(tls() + ".next"));
    EXPECT_FALSE(Exists(tls() + ".previous"));
    return done.ok() ? "ok" : done.failure().message.key;
  }

  tests::TempFolder folder_;
  CertifiedKey ca_;
  RenewalPlan plan_;
};

TEST_F(NodeRenewalTest, ExchangesTheFolderAndKeepsTheEarlierOne) {
  const std::string first = Get(tls() + "/tls.crt");
  const std::string first_key = Get(tls() + "/tls.key");
  plan_.folder = tls() + "/";
  plan_.days = 90;
  const auto done = RenewNodeCertificate(plan_, kNow + 300 * kDay);
  ASSERT_TRUE(done.ok()) << done.failure().message.key;
  EXPECT_EQ(done->previous_folder, tls() + ".previous");
  const std::string second = Get(tls() + "/tls.crt");
  EXPECT_TRUE(Matches(second, Get(tls() + "/tls.key")));
  EXPECT_FALSE(Matches(second, first_key)) << "a new key as well";
  EXPECT_TRUE(IsSignedBy(second, ca_.certificate_pem));
  EXPECT_EQ(Get(tls() + "/ca.crt"), ca_.certificate_pem);
  const auto facts = FactsOf(second);
  const auto facts_before = FactsOf(first);
  ASSERT_TRUE(facts.ok());
  EXPECT_EQ(facts->not_after_s, kNow + 390 * kDay);
  EXPECT_EQ(facts->digest, done->certificate.digest);
  EXPECT_EQ(facts->uris, std::vector<std::string>{"spiffe://caw-de-overzet.example/node"});
  EXPECT_EQ(facts->dns, std::vector<std::string>{"node.caw-de-overzet.example"});
  // The text of ::1 as a certificate gives it back.
  EXPECT_EQ(facts->ips, (std::vector<std::string>{"::1", "127.0.0.1"}));
  EXPECT_EQ(facts->ips, facts_before->ips);
  EXPECT_EQ(Get(tls() + ".previous/tls.crt"), first);
  EXPECT_EQ(Get(tls() + ".previous/tls.key"), first_key);
  EXPECT_FALSE(Exists(tls() + ".next"));

  ASSERT_TRUE(RenewNodeCertificate(plan_, kNow).ok());
  EXPECT_EQ(Get(tls() + ".previous/tls.crt"), second) << "one earlier folder, the last";
}

TEST_F(NodeRenewalTest, TheNewFilesAreAsPrivateAndTheSameOwners) {
  constexpr uid_t kOther = 4711;
  const bool root = geteuid() == 0;
  if (root) {
    ASSERT_EQ(chown(tls().c_str(), kOther, kOther), 0);
  }
  ASSERT_TRUE(RenewNodeCertificate(plan_, kNow).ok());
  struct stat facts {};
  for (const auto& [name, mode] : {std::pair{"", 0700U}, std::pair{"/tls.key", 0600U},
                                   std::pair{"/tls.crt", 0644U}, std::pair{"/ca.crt", 0644U}}) {
    ASSERT_EQ(stat((tls() + name).c_str(), &facts), 0) << name;
    EXPECT_EQ(facts.st_mode & 0777, mode) << name;
    EXPECT_EQ(facts.st_uid, root ? kOther : geteuid()) << name;
  }
}

TEST_F(NodeRenewalTest, AFolderLeftByARenewalCutShortIsNoHindrance) {
  ASSERT_FALSE(MakePrivateFolder(tls() + ".next").has_value());
  Put(tls() + ".next/tls.key", "half");
  ASSERT_TRUE(RenewNodeCertificate(plan_, kNow).ok());
  EXPECT_TRUE(Matches(Get(tls() + "/tls.crt"), Get(tls() + "/tls.key")));
}

TEST_F(NodeRenewalTest, RefusesAnotherCa) {
  const CertifiedKey other = *MakeCa("caw-de-overzet.example", kNow);
  plan_.ca_key_path = folder_.PathOf("other.key");
  Put(plan_.ca_key_path, other.key_pem);
  EXPECT_EQ(Refusal(), "renew.other_ca");
  // With the other CA pinned as well: it did not sign the certificate in force.
  Put(tls() + "/ca.crt", other.certificate_pem);
  EXPECT_EQ(Refusal(), "renew.not_of_ca");
}

TEST_F(NodeRenewalTest, RefusesACaThatEndsSooner) {
  const int64_t last = kNow + (kCaDays - 365) * kDay;
  EXPECT_EQ(Refusal(last + 1), "renew.ca_ends");
  ASSERT_TRUE(RenewNodeCertificate(plan_, last).ok());
}

TEST_F(NodeRenewalTest, RefusesWhatIsNoNode) {
  const auto issue = [&](const std::string& uri) {
    return *Issue(ca_, *MakeCertificateRequest(*MakeTlsKey(), "x"), {uri, {}, {}}, LeafUse::kUser,
                  kNow);
  };
  Put(tls() + "/tls.crt", issue(UserUri("caw-de-overzet.example", "an.peeters")));
  EXPECT_EQ(Refusal(), "renew.no_node");
  Put(tls() + "/tls.crt", "no certificate");
  EXPECT_EQ(Refusal(), "certificate.bad_certificate");
}

TEST_F(NodeRenewalTest, RefusesACaKeyThatOthersMayRead) {
  ASSERT_EQ(chmod(plan_.ca_key_path.c_str(), 0644), 0);
  EXPECT_EQ(Refusal(), "file.not_private");
  plan_.ca_key_path += ".absent";
  EXPECT_EQ(Refusal(), "file.absent");
  plan_.folder = folder_.PathOf("absent");
  EXPECT_EQ(Refusal(), "file.absent");
}

}  // namespace
}  // namespace sluis::client
