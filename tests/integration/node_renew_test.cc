// A certificate renewed under a running node, as deploy/runbook.md has it done.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <ctime>
#include <fstream>
#include <iterator>

#include "client/lib/certificate.h"
#include "client/lib/text.h"
#include "tests/integration/cli_node.h"
#include "tests/integration/raw_tls.h"

namespace sluis::test {
namespace {

using ::testing::HasSubstr;

class NodeRenewTest : public testing::Test {
 protected:
  void SetUp() override { node_.Start(); }

  std::string Slurp(const std::string& name) const {
    std::ifstream file(node_.PathOf(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  crypto::Hash OnDisk() const { return client::FactsOf(Slurp("node/tls/tls.crt"))->digest; }
  // What the listener presents to a new connection of the administrator.
  crypto::Hash Served() {
    const std::string profile = "config/sluis/it.beheer/";
    const HandshakeResult met = Handshake(node_.process().port(), Slurp(profile + "cert.pem"),
                                          Slurp(profile + "tls.key"), TlsVersion::k13);
    EXPECT_TRUE(met.accepted) << met.why;
    return met.server_certificate;
  }

  CliNode node_;
};

TEST_F(NodeRenewTest, ARunningNodeServesACallWithTheNewCertificate) {
  const crypto::Hash before = Served();
  ASSERT_EQ(before, OnDisk());
  const Answer renewed =
      node_.Sluis({"node", "renew", "--tls", node_.PathOf("node/tls"), "--ca-key",
                   node_.PathOf("node/ca/ca.key"), "--days", "100", "--json"});
  ASSERT_EQ(renewed.exit, 0) << renewed.out << renewed.err;
  EXPECT_EQ(renewed.json()["fingerprint"], crypto::HexEncode(crypto::View(OnDisk())));
  EXPECT_EQ(renewed.json()["previous"], node_.PathOf("node/tls.previous"));
  EXPECT_EQ(renewed.json()["not_after"], client::LegalDay(time(nullptr) + 100 * 86400));
  ASSERT_NE(OnDisk(), before);

  // The daemon looks every 5 seconds; a minute is a bound, not a wait.
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  crypto::Hash now = before;
  while (now == before && std::chrono::steady_clock::now() < end) now = Served();
  EXPECT_EQ(now, OnDisk());
  // The same process answers a person.
  const Answer list = node_.Sluis({"user", "list", "--profile", "it.beheer"});
  EXPECT_EQ(list.exit, 0) << list.err;
  EXPECT_THAT(list.out, HasSubstr("it.beheer"));
  EXPECT_EQ(node_.Stop(), 0);
}

TEST_F(NodeRenewTest, AsksForTheKeyOfTheCaAndRefusesWhatIsWrong) {
  const crypto::Hash before = OnDisk();
  const std::vector<std::string> words = {"node", "renew", "--tls", node_.PathOf("node/tls")};
  const auto with = [&](std::vector<std::string> more, const std::string& input = "") {
    more.insert(more.begin(), words.begin(), words.end());
    return node_.Sluis(more, input);
  };
  EXPECT_EQ(with({}).exit, 2) << "nobody answers";
  const Answer usual = with({}, "\n");
  EXPECT_EQ(usual.exit, 2);
  EXPECT_THAT(usual.err, HasSubstr("[/media/ca/ca/ca.key]"));
  EXPECT_THAT(with({"--yes"}).err, HasSubstr("/media/ca/ca/ca.key"));
  for (const char* days : {"0", "-1", "4000", "x", "10x"}) {
    const Answer wrong = with({"--ca-key", node_.PathOf("node/ca/ca.key"), "--days", days});
    EXPECT_EQ(wrong.exit, 2) << days;
  }
  const Answer other = with({"--ca-key", node_.PathOf("node/tls/tls.key"), "--json"});
  EXPECT_EQ(other.exit, 2);
  EXPECT_EQ(other.json()["error"]["kind"], "renew.other_ca");
  EXPECT_EQ(OnDisk(), before);

  const Answer answered = with({}, node_.PathOf("node/ca/ca.key") + "\n");
  EXPECT_EQ(answered.exit, 0) << answered.err;
  EXPECT_THAT(answered.out, HasSubstr(node_.PathOf("node/tls.previous")));
  EXPECT_NE(OnDisk(), before);
}

}  // namespace
}  // namespace sluis::test
