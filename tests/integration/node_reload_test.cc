// The real daemon at SIGHUP: a new configuration is in force whole or not at all.

#include <gmock/gmock.h>
#include <signal.h>

#include <fstream>
#include <iterator>

#include "crypto/bytes.h"
#include "crypto/hash.h"
#include "tests/integration/node_fixture.h"

namespace sluis {
namespace {

using test::NodeTest;
using ::testing::HasSubstr;

constexpr char kNarrowerPack[] = R"(sluis: 1
pack:
  id: node.test
  layer: node
  version: 1
  extends: [{id: livc-r.vaartland, version: 1}]
  valid: {from: 2026-09-01, until: 2027-08-31}
rules:
  - id: F-TEST
    effect: forbid
    do: {action: record}
    because: {nl: "dit kan niet omdat de proef het zo wil"}
)";

class NodeReloadTest : public NodeTest {
 protected:
  std::string Config() const {
    std::ifstream in(organisation_.config_file(), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  // Makes this pack the node's own in the configuration, without a reload.
  void NamePack(const std::string& pack) {
    std::ofstream(folder_.path() + "/own.yaml") << pack;
    std::string text = Config();
    const size_t at = text.find("loopback:");
    ASSERT_NE(at, std::string::npos);
    std::ofstream(organisation_.config_file()) << text.insert(at, "  node: own.yaml\n");
  }
  // Reloads, and expects that the daemon names `why` and that rules, configuration and log are what
  // they were.
  void ExpectNothingTaken(const std::string& why) {
    const auto before = CallsOf(*person_).Do(node::v1::GetStatusRequest());
    ASSERT_TRUE(before.ok());
    const auto first = IndexOf(Record());
    ASSERT_TRUE(first);
    node_->Signal(SIGHUP);
    ASSERT_TRUE(Eventually([&] { return node_->Errors().find(why) != std::string::npos; }));
    EXPECT_THAT(node_->Errors(), HasSubstr("configuration not reloaded"));
    const auto second = Record();
    ASSERT_TRUE(second.ok()) << "the rules of before are in force";
    EXPECT_EQ(IndexOf(second), *first + 1) << "no entry in between";
    const auto after = CallsOf(*person_).Do(node::v1::GetStatusRequest());
    ASSERT_TRUE(after.ok());
    EXPECT_EQ(after->configuration_digest(), before->configuration_digest());
    EXPECT_EQ(after->effective_pack_digest(), before->effective_pack_digest());
  }
};

TEST_F(NodeReloadTest, TakesANarrowerPackIntoForceWhole) {
  StartWithPeople();
  const auto before = IndexOf(Record());
  ASSERT_TRUE(before);
  NamePack(kNarrowerPack);
  node_->Signal(SIGHUP);
  ASSERT_TRUE(Eventually([&] {
    return node_->Errors().find("configuration reloaded") != std::string::npos;
  })) << node_->Errors();
  const auto refused = Record();
  ASSERT_FALSE(refused.ok());
  ASSERT_NE(refused.failure().refusal, nullptr);
  EXPECT_THAT(refused.failure().refusal->because(0).text(), HasSubstr("de proef het zo wil"));
  const crypto::Hash digest = crypto::Sha256(Config());
  EXPECT_THAT(node_->Errors(), HasSubstr(crypto::HexEncode(crypto::View(digest))));
  const auto status = CallsOf(*person_).Do(node::v1::GetStatusRequest());
  ASSERT_TRUE(status.ok());
  EXPECT_EQ(status->configuration_digest(), crypto::View(digest));
  node::v1::ListSignalsRequest list;
  *list.mutable_context() = test::Intake();
  const auto listed = CallsOf(*person_).Do(list);
  EXPECT_EQ(IndexOf(listed), *before + 3) << "terms, refusal, list";
}

TEST_F(NodeReloadTest, AGoodPackBesideAKeyThatNeedsARestartIsNotTaken) {
  StartWithPeople();
  NamePack(kNarrowerPack);
  std::string text = Config();
  const size_t at = text.find("tick_ms: 50\n");
  ASSERT_NE(at, std::string::npos);
  std::ofstream(organisation_.config_file()) << text.replace(at, 12, "tick_ms: 60\n");
  ExpectNothingTaken("tick_ms");
}

TEST_F(NodeReloadTest, AGoodConfigurationWhosePackIsBrokenIsNotTaken) {
  StartWithPeople();
  NamePack(std::string(kNarrowerPack) + "  - id: F-BROKEN\n    effect: allow\n");
  ExpectNothingTaken("own.yaml:");
}

TEST_F(NodeReloadTest, AWrongConfigurationIsNotTaken) {
  StartWithPeople();
  organisation_.WriteConfig("surprise: yes\n");
  ExpectNothingTaken("surprise");
}

}  // namespace
}  // namespace sluis
