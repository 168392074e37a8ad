#include "server/protocol_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "server/core/held_manifest.h"
#include "server/core/node_acts.h"
#include "server/terms_loader.h"
#include "tests/support/partners.h"
#include "tests/support/places.h"
#include "tests/support/temp_folder.h"

namespace sluis::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kDay[] = "2026-11-23";

test::OrganisationOptions Named(const std::string& id, const std::string& kind) {
  test::OrganisationOptions options;
  options.id = id;
  options.kind = kind;
  options.secrecy_regime = kind == "welfare";
  options.in_partnership = true;
  options.protocol = true;
  return options;
}

class ProtocolLoaderTest : public ::testing::Test {
 protected:
  ProtocolLoaderTest() {
    const std::vector<const test::Organisation*> members = {&care_, &town_};
    test::ManifestForm form;
    form.state = record::v1::PARTNERSHIP_STATE_ACTIVE;
    manifest_ = std::make_shared<const partnership::SignedManifest>(partners_.Next(members, form));
    partners_.Install(care_);
    partners_.InstallProtocol(members, care_);
    config_ = *ReadConfig(care_.config_file());
    terms_ = *LoadTerms(config_);
    core::TakeManifest(manifest_, *terms_);
  }
  std::string File(const std::string& name) const {
    return (std::filesystem::path(care_.manifest_file()).parent_path() / name).string();
  }
  void Edit(const std::string& from, const std::string& to) {
    std::ifstream file(File("protocol.yaml"), std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    const size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    std::ofstream(File("protocol.yaml"), std::ios::binary) << text.replace(at, from.size(), to);
  }
  std::string Refused(absl::StatusCode code) {
    const auto loaded = LoadProtocol(config_, *terms_);
    EXPECT_EQ(loaded.status().code(), code);
    return std::string(loaded.status().message());
  }

  tests::TempFolder care_folder_, town_folder_;
  test::Organisation care_{care_folder_.path(), Named("caw-de-overzet.example", "welfare")};
  test::Organisation town_{town_folder_.path(), Named("lindervaart.example", "municipality")};
  test::Partners partners_;
  std::shared_ptr<const partnership::SignedManifest> manifest_;
  Config config_;
  std::shared_ptr<core::Terms> terms_;
};

TEST_F(ProtocolLoaderTest, WhatAllSignedHoldsBetweenThem) {
  const auto loaded = LoadProtocol(config_, *terms_);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  ASSERT_NE(*loaded, nullptr);
  EXPECT_EQ((*loaded)->StandingOn(kDay)->phase, policies::ProtocolPhase::kActive);
  EXPECT_TRUE((*loaded)->HoldsBetween(care_.id(), town_.id(), kDay));
  EXPECT_FALSE((*loaded)->HoldsBetween(care_.id(), "pz-drie-sluizen.example", kDay));
}

// The row of the terms says which text and which signatures: another of either needs an entry.
TEST_F(ProtocolLoaderTest, TextAndSignaturesStandInTheRowOfTheTerms) {
  const std::string none = core::TermsRowOf(*terms_);
  terms_->protocol = *LoadProtocol(config_, *terms_);
  const std::string whole = core::TermsRowOf(*terms_);
  EXPECT_NE(whole, none);
  std::filesystem::remove(File("protocol.yaml.signatures"));
  terms_->protocol = *LoadProtocol(config_, *terms_);
  EXPECT_EQ(terms_->protocol->StandingOn(kDay)->phase, policies::ProtocolPhase::kDraft);
  EXPECT_NE(core::TermsRowOf(*terms_), whole);
  EXPECT_NE(core::TermsRowOf(*terms_), none);
}

TEST_F(ProtocolLoaderTest, AnotherTextIsNotTheOneThatWasSigned) {
  Edit("GEB Vaartland 2026, versie 2", "GEB Vaartland 2026, versie 3");
  const auto loaded = LoadProtocol(config_, *terms_);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_FALSE((*loaded)->HoldsBetween(care_.id(), town_.id(), kDay));
}

TEST_F(ProtocolLoaderTest, TheTextOfOtherPacksIsRefused) {
  const std::string digest = crypto::HexEncode(crypto::View(*terms_->packs.digests().partnership));
  std::string other = digest;
  other[0] = other[0] == '0' ? '1' : '0';
  Edit(digest, other);
  EXPECT_THAT(Refused(absl::StatusCode::kFailedPrecondition),
              AllOf(HasSubstr("protocol.yaml:"), HasSubstr("sluis protocol check")));
}

TEST_F(ProtocolLoaderTest, AProtocolOfOthersIsRefused) {
  config_.organisation = "pz-heidezoom.example";
  EXPECT_THAT(Refused(absl::StatusCode::kFailedPrecondition),
              AllOf(HasSubstr("pz-heidezoom.example"), HasSubstr("is not a party")));
}

// A node that narrowed the agreed packs with rules of its own could load no protocol.
TEST_F(ProtocolLoaderTest, ANodeWithAPackOfItsOwnTakesTheSameText) {
  config_.node_pack = tests::InSources("/policies/packs/node.caw.yaml");
  terms_ = *LoadTerms(config_);
  core::TakeManifest(manifest_, *terms_);
  const auto loaded = LoadProtocol(config_, *terms_);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_TRUE((*loaded)->HoldsBetween(care_.id(), town_.id(), kDay));
}

// Clauses and rules go by kind: text and manifest must mean the same organisation by it.
TEST_F(ProtocolLoaderTest, AKindThatTheManifestGivesOtherwiseIsRefused) {
  Edit("soort: municipality", "soort: police-zone");
  EXPECT_THAT(Refused(absl::StatusCode::kFailedPrecondition),
              AllOf(HasSubstr("protocol.yaml:"), HasSubstr("lindervaart.example"),
                    HasSubstr("\"municipality\"")));
}

TEST_F(ProtocolLoaderTest, WhatCannotBeReadIsRefusedByFileAndLine) {
  Edit("duur:", "dour:");
  EXPECT_THAT(Refused(absl::StatusCode::kInvalidArgument), HasSubstr("protocol.yaml:"));
  std::filesystem::remove(File("protocol.yaml"));
  EXPECT_THAT(Refused(absl::StatusCode::kFailedPrecondition), HasSubstr("protocol.yaml"));
}

TEST_F(ProtocolLoaderTest, SignaturesThatCannotBeReadAreRefused) {
  std::ofstream(File("protocol.yaml.signatures"), std::ios::app) << "meer\n";
  EXPECT_THAT(Refused(absl::StatusCode::kInvalidArgument), HasSubstr("protocol.yaml.signatures:"));
}

TEST_F(ProtocolLoaderTest, WithoutAKeyThereIsNoneAndWithoutAManifestNoUse) {
  terms_->manifest = nullptr;
  EXPECT_THAT(Refused(absl::StatusCode::kFailedPrecondition), HasSubstr("partnership.manifest"));
  config_.protocol_file.clear();
  const auto none = LoadProtocol(config_, *terms_);
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_EQ(*none, nullptr);
}

}  // namespace
}  // namespace sluis::server
