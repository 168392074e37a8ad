// A person's certificate renewed, and a CA replaced, as deploy/runbook.md has it done.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>

#include "tests/integration/cli_node.h"
#include "tests/support/places.h"

namespace sluis::test {
namespace {

namespace fs = std::filesystem;

constexpr char kWorker[] = "maatschappelijk-werker";

class UserRenewTest : public testing::Test {
 protected:
  void SetUp() override { node_.Start(); }

  Answer List() { return node_.As("sofie.maes", kWorker, {"signal", "list"}); }
  void Expect(int exit, const std::vector<std::string>& words) {
    const Answer answer = node_.Sluis(words);
    EXPECT_EQ(answer.exit, exit) << words[0] << " " << words[1] << ": " << answer.err;
  }
  // Registers what this request asks, with the CA in this folder.
  void Add(const std::string& request, const std::string& ca, const std::string& bundle,
           bool administrator = false) {
    std::vector<std::string> words = {"user",  "add",  request, "--ca",      ca,
                                      "--out", bundle, "--yes", "--profile", "it.beheer"};
    if (administrator) words.push_back("--administrator");
    Expect(0, words);
  }
  std::string PathOf(const std::string& name) const { return node_.PathOf(name); }

  CliNode node_;
};

TEST_F(UserRenewTest, TheNewKeyTakesOverAndTheMandateStays) {
  node_.Admit("sofie.maes", kWorker);
  ASSERT_EQ(List().exit, 0);
  const std::string profile = PathOf("config/sluis/sofie.maes");
  fs::copy(profile, PathOf("config/sluis/sofie.before"), fs::copy_options::recursive);

  Expect(0, {"user", "renew", "--out", PathOf("lost"), "--profile", "sofie.maes"});
  Expect(2, {"user", "renew", "--out", PathOf("lost"), "--profile", "sofie.maes"});
  Expect(0, {"user", "renew", "--out", PathOf("again"), "--profile", "sofie.maes"});
  EXPECT_EQ(List().exit, 0) << "nothing changes before it is registered";
  Add(PathOf("again"), PathOf("node/ca"), PathOf("new.bundle"));
  EXPECT_EQ(List().exit, 6) << "the old key, from the next call on";
  Expect(0, {"user", "install", PathOf("new.bundle"), "--profile", "sofie.maes"});
  EXPECT_EQ(List().exit, 0) << "the new key, with the mandate of before";
  EXPECT_FALSE(fs::exists(profile + "/tls.next.key"));
  EXPECT_EQ(node_.As("sofie.before", kWorker, {"signal", "list"}).exit, 6);
}

TEST_F(UserRenewTest, TheOnlyAdministratorRenewsTheirOwn) {
  Expect(0, {"user", "renew", "--out", PathOf("own"), "--profile", "it.beheer"});
  Add(PathOf("own"), PathOf("node/ca"), PathOf("own.bundle"), true);
  Expect(6, {"user", "list", "--profile", "it.beheer"});
  Expect(0, {"user", "install", PathOf("own.bundle"), "--profile", "it.beheer"});
  Expect(0, {"user", "list", "--profile", "it.beheer"});
}

// Everybody is registered with the new CA while the earlier one is still in force.
TEST_F(UserRenewTest, ANewCaReplacesTheEarlierOne) {
  node_.Admit("sofie.maes", kWorker);
  const std::string packs = tests::InSources("/policies/packs/");
  Expect(0, {"node", "init", "--yes", "--folder", PathOf("new"), "--organisation",
             "caw-de-overzet.example", "--kind", "welfare", "--listen", "127.0.0.1:8443",
             "--statutory-pack", packs + "statutory.be.yaml", "--partnership-pack",
             packs + "livc-r.vaartland.yaml", "--administrator-id", "nieuwe.ca"});
  for (const char* person : {"sofie.maes", "it.beheer"}) {
    const std::string file = PathOf(person) + ".renewal";
    Expect(0, {"user", "renew", "--out", file, "--profile", person});
    Add(file, PathOf("new/ca"), file + ".bundle", person == std::string("it.beheer"));
  }
  fs::rename(PathOf("node/tls"), PathOf("node/tls.previous"));
  fs::rename(PathOf("new/tls"), PathOf("node/tls"));
  for (const char* person : {"sofie.maes", "it.beheer"}) {
    Expect(0, {"user", "install", PathOf(person) + ".renewal.bundle", "--profile", person});
  }
  // The daemon looks every 5 seconds; a minute is a bound, not a wait.
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  Answer list = node_.Sluis({"user", "list", "--profile", "it.beheer"});
  while (list.exit == 5 && std::chrono::steady_clock::now() < end) {
    list = node_.Sluis({"user", "list", "--profile", "it.beheer"});
  }
  EXPECT_EQ(list.exit, 0) << list.err;
}

}  // namespace
}  // namespace sluis::test
