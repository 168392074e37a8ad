// The real daemon at SIGHUP: a new configuration is in force whole or not at all.

#include <gmock/gmock.h>
#include <signal.h>

#include <fstream>
#include <iterator>

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

TEST_F(NodeTest, ReloadTakesANarrowerPackIntoForceWhole) {
  StartWithPeople();
  ASSERT_TRUE(Record().ok());
  std::ofstream(folder_.path() + "/narrow.yaml") << kNarrowerPack;
  std::ifstream in(organisation_.config_file());
  std::string text{std::istreambuf_iterator<char>(in), {}};
  const size_t at = text.find("loopback:");
  ASSERT_NE(at, std::string::npos);
  std::ofstream(organisation_.config_file()) << text.insert(at, "  node: narrow.yaml\n");
  node_->Signal(SIGHUP);
  ASSERT_TRUE(Eventually([&] { return !Record().ok(); })) << node_->Errors();
  const auto refused = Record();
  ASSERT_FALSE(refused.ok());
  ASSERT_NE(refused.failure().refusal, nullptr);
  EXPECT_THAT(refused.failure().refusal->because(0).text(), HasSubstr("de proef het zo wil"));
}

TEST_F(NodeTest, ReloadOfAWrongConfigurationChangesNothing) {
  StartWithPeople();
  organisation_.WriteConfig("surprise: yes\n");
  node_->Signal(SIGHUP);
  ASSERT_TRUE(Eventually([&] { return node_->Errors().find("surprise") != std::string::npos; }));
  EXPECT_TRUE(Record().ok());
}

}  // namespace
}  // namespace sluis
