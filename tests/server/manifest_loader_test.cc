#include "server/manifest_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <functional>

#include "crypto/random.h"
#include "server/terms_loader.h"
#include "tests/support/organisation.h"
#include "tests/support/signed_members.h"
#include "tests/support/temp_folder.h"

namespace sluis::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Signed = std::shared_ptr<const partnership::SignedManifest>;

constexpr char kToday[] = "2026-11-22";
constexpr auto kExercise = record::v1::PARTNERSHIP_STATE_EXERCISE;
constexpr auto kActive = record::v1::PARTNERSHIP_STATE_ACTIVE;

class ManifestLoaderTest : public ::testing::Test {
 protected:
  ManifestLoaderTest() {
    organisation_.WriteConfig("partnership:\n  manifest: livc.manifest\n");
    config_ = *ReadConfig(organisation_.config_file());
    terms_ = *LoadTerms(config_);
    own_spec_ = {.organisation = organisation_.id(),
                 .kind = "welfare",
                 .secrecy_regime = true,
                 .ca_pem = organisation_.ca().certificate_pem,
                 .log = organisation_.log_public(),
                 .mandate = organisation_.mandate_key().public_key(),
                 .identity = organisation_.identity_key(),
                 .receipt = organisation_.receipt_public()};
  }

  partnership::SignedManifest Make(const test::MemberSpec& own, const Signed& held = nullptr,
                                   const std::function<void(test::ManifestSpec&)>& change = {}) {
    test::ManifestSpec spec;
    spec.state = held ? kActive : kExercise;
    spec.statutory_pack = terms_->packs.digests().statutory;
    spec.partnership_pack = *terms_->packs.digests().partnership;
    spec.held = held ? &held->manifest : nullptr;
    if (change) change(spec);
    const test::MemberKit member = test::MakeMember(own);
    return test::MakeSigned({&member, &other_}, spec);
  }
  absl::StatusOr<Signed> Load(const std::string& bytes, const Signed& held = nullptr) {
    test::WriteBytes(config_.manifest_file, bytes);
    return LoadManifest(config_, organisation_.log_public(), *terms_, held, kToday);
  }
  // What is said of a manifest that says this of the organisation.
  std::string Refused(const std::function<void(test::MemberSpec&)>& change) {
    test::MemberSpec spec = own_spec_;
    change(spec);
    const auto loaded = Load(Make(spec).Serialise());
    EXPECT_EQ(loaded.status().code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(std::string(loaded.status().message()), HasSubstr("livc.manifest"));
    return std::string(loaded.status().message());
  }

  tests::TempFolder folder_;
  test::Organisation organisation_{folder_.path()};
  Config config_;
  std::shared_ptr<core::Terms> terms_;
  test::MemberSpec own_spec_;
  const test::MemberKit other_ = test::MakeMember({});
};

TEST_F(ManifestLoaderTest, TakesACompleteManifestThatSaysWhatTheNodeIs) {
  const partnership::SignedManifest made = Make(own_spec_);
  const auto loaded = Load(made.Serialise());
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ((*loaded)->Serialise(), made.Serialise());
  const auto again = Load(made.Serialise(), *loaded);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*again, *loaded) << "the one in force stays the one in force";
  const auto next = Load(Make(own_spec_, *loaded).Serialise(), *loaded);
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_EQ((*next)->manifest.version, 2u);
}

TEST_F(ManifestLoaderTest, WithoutAFileThereIsNoPartnershipUnlessOneIsHeld) {
  const auto held = Load(Make(own_spec_).Serialise());
  ASSERT_TRUE(held.ok()) << held.status();
  config_.manifest_file.clear();
  const auto none = LoadManifest(config_, organisation_.log_public(), *terms_, nullptr, kToday);
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_EQ(*none, nullptr);
  const auto left = LoadManifest(config_, organisation_.log_public(), *terms_, *held, kToday);
  EXPECT_EQ(left.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(left.status().message()),
              AllOf(HasSubstr("livc-r.vaartland.example"), HasSubstr("partnership.manifest")));
}

TEST_F(ManifestLoaderTest, EachDifferenceIsNamed) {
  using Spec = test::MemberSpec;
  const auto fresh = [] {
    return crypto::SigningKey::Generate(crypto::SystemRandom()).public_key();
  };
  EXPECT_THAT(Refused([](Spec& own) { own.organisation = "caw-elders.example"; }),
              HasSubstr("\"caw-de-overzet.example\" is not a member"));
  EXPECT_THAT(Refused([](Spec& own) { own.kind = "municipality"; }),
              HasSubstr("\"kind\" is \"welfare\" in the configuration and \"municipality\" in"));
  EXPECT_THAT(Refused([](Spec& own) { own.secrecy_regime = false; }),
              HasSubstr("\"secrecy_regime\" is \"true\" in the configuration and \"false\" in"));
  EXPECT_THAT(Refused([](Spec& own) { own.host = "it.example"; }), HasSubstr("\"host\" is"));
  EXPECT_THAT(Refused([](Spec& own) { own.ca_pem.clear(); }), HasSubstr("/tls/ca.crt\" is not"));
  EXPECT_THAT(Refused([&](Spec& own) { own.log = fresh(); }), HasSubstr("\"keys.log\""));
  EXPECT_THAT(Refused([](Spec& own) { own.identity.reset(); }), HasSubstr("\"keys.identity\""));
  EXPECT_THAT(Refused([&](Spec& own) { own.receipt = fresh(); }), HasSubstr("\"receipt.key\""));
  EXPECT_THAT(Refused([&](Spec& own) { own.mandate = fresh(); }),
              AllOf(HasSubstr("\"keys.mandate_public\""), HasSubstr("sluis partnership member")));
}

// A key counts for the purpose that the manifest gives it.
TEST_F(ManifestLoaderTest, AKeyOfAnotherPurposeIsNotTaken) {
  EXPECT_THAT(Refused([&](test::MemberSpec& own) {
                own.log = organisation_.mandate_key().public_key();
                own.mandate = organisation_.log_public();
              }),
              HasSubstr("\"keys.log\""));
}

TEST_F(ManifestLoaderTest, PacksMustBeThoseAgreedOn) {
  for (const bool statutory : {true, false}) {
    const auto loaded = Load(Make(own_spec_, nullptr, [&](test::ManifestSpec& spec) {
                               (statutory ? spec.statutory_pack : spec.partnership_pack)[0] ^= 1;
                             }).Serialise());
    EXPECT_EQ(loaded.status().code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(std::string(loaded.status().message()),
                AllOf(HasSubstr("livc.manifest"),
                      HasSubstr(statutory ? "statutory.be.yaml" : "livc-r.vaartland.yaml")));
  }
}

TEST_F(ManifestLoaderTest, WhoHasNotSignedIsNamed) {
  const auto loaded = Load(Make(own_spec_, nullptr, [](test::ManifestSpec& spec) {
                             spec.unsigned_by = {"pz-drie-sluizen.example"};
                           }).Serialise());
  EXPECT_EQ(loaded.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(loaded.status().message()),
              AllOf(HasSubstr("by pz-drie-sluizen.example;"), HasSubstr("sluis partnership sign")));
}

// Keys may be replaced by a manifest only when the keys before them signed it.
TEST_F(ManifestLoaderTest, WhoDraftsCannotReplaceAMembersKeys) {
  const auto held = Load(Make(own_spec_).Serialise());
  ASSERT_TRUE(held.ok()) << held.status();
  const test::MemberKit own = test::MakeMember(own_spec_);
  const test::MemberKit usurper = test::MakeMember({});
  test::ManifestSpec spec;
  spec.statutory_pack = terms_->packs.digests().statutory;
  spec.partnership_pack = *terms_->packs.digests().partnership;
  spec.held = &(*held)->manifest;
  const auto loaded = Load(test::MakeSigned({&own, &usurper}, spec).Serialise(), *held);
  EXPECT_THAT(std::string(loaded.status().message()), HasSubstr("by pz-drie-sluizen.example;"));
}

TEST_F(ManifestLoaderTest, OnlyTheNextVersionFollows) {
  const auto held = Load(Make(own_spec_).Serialise());
  ASSERT_TRUE(held.ok()) << held.status();
  const Signed second = std::make_shared<const partnership::SignedManifest>(Make(own_spec_, *held));
  const auto skipped = Load(Make(own_spec_, second).Serialise(), *held);
  EXPECT_EQ(skipped.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(skipped.status().message()), HasSubstr("install version 2 first"));
  const auto back = Load((*held)->Serialise(), second);
  EXPECT_THAT(std::string(back.status().message()), HasSubstr("in force already"));
}

TEST_F(ManifestLoaderTest, FilesThatAreNotWhatTheyShouldBe) {
  const std::string good = Make(own_spec_).Serialise();
  EXPECT_THAT(std::string(Load("no manifest").status().message()), HasSubstr("livc.manifest\": "));
  EXPECT_FALSE(Load(std::string(partnership::kMaxSignedManifestBytes + 10, 'x')).ok());
  ASSERT_TRUE(Load(good).ok());
  ::chmod(config_.identity_key_file.c_str(), 0644);
  EXPECT_THAT(std::string(Load(good).status().message()), HasSubstr("identity.key\"; run chmod"));
  ::chmod(config_.identity_key_file.c_str(), 0600);
  Config config = config_;
  config.identity_key_file = config.log_key_file;
  EXPECT_THAT(std::string(LoadExchangeKeys(config, kToday).status().message()),
              HasSubstr("is not the identity key"));
  for (const char* beside : {"/receipt.key", "/case.key"}) {
    std::filesystem::rename(folder_.path() + beside, folder_.path() + "/away");
    EXPECT_THAT(std::string(Load(good).status().message()), HasSubstr(beside)) << "is needed too";
    std::filesystem::copy_file(config_.identity_key_file, folder_.path() + beside);
    EXPECT_THAT(std::string(Load(good).status().message()), HasSubstr("is not the"));
    std::filesystem::rename(folder_.path() + "/away", folder_.path() + beside);
  }
  ASSERT_TRUE(Load(good).ok());
  config_.manifest_file += ".none";
  const auto none = LoadManifest(config_, organisation_.log_public(), *terms_, nullptr, kToday);
  EXPECT_THAT(std::string(none.status().message()), HasSubstr("cannot read the manifest"));
}

// Of the versions that left it out it could bring none into force, and so none of those after them.
TEST_F(ManifestLoaderTest, AMemberThatIsTakenBackFollowsWhatCameBetween) {
  const auto held = Load(Make(own_spec_).Serialise());
  ASSERT_TRUE(held.ok()) << held.status();
  const test::MemberKit third = test::MakeMember({.organisation = "pz-heidezoom.example"});
  const auto later = [&](const partnership::SignedManifest& before, bool with_own,
                         const std::vector<std::string>& unsigned_by = {}) {
    test::ManifestSpec spec{.state = kExercise,
                            .statutory_pack = terms_->packs.digests().statutory,
                            .partnership_pack = *terms_->packs.digests().partnership,
                            .held = &before.manifest,
                            .unsigned_by = unsigned_by};
    const test::MemberKit own = test::MakeMember(own_spec_);
    if (!with_own) return test::MakeSigned({&other_, &third}, spec);
    return test::MakeSigned({&own, &other_, &third}, spec);
  };
  const partnership::SignedManifest second = later(**held, false),
                                    third_version = later(second, true);
  const partnership::SignedManifest last = later(third_version, true);
  EXPECT_THAT(std::string(Load(second.Serialise(), *held).status().message()),
              HasSubstr("is not a member"));
  EXPECT_THAT(std::string(Load(last.Serialise(), *held).status().message()),
              HasSubstr("install version 2 first"));
  EXPECT_TRUE(ManifestsBetween(config_, *held, kToday)->empty()) << "none is there";

  const std::string beside = config_.manifest_file + ".2";
  test::WriteBytes(beside, second.Serialise());
  EXPECT_THAT(std::string(ManifestsBetween(config_, *held, kToday).status().message()),
              HasSubstr("livc.manifest.3"))
      << "all of them";
  test::WriteBytes(config_.manifest_file + ".3", third_version.Serialise());
  const auto between = ManifestsBetween(config_, *held, kToday);
  ASSERT_TRUE(between.ok()) << between.status();
  ASSERT_EQ(between->size(), 2u);
  EXPECT_EQ(between->front()->Serialise(), second.Serialise());
  const auto loaded = Load(last.Serialise(), between->back());
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ((*loaded)->manifest.version, 4u);

  // Each is held against the one before it, like any that comes into force.
  test::WriteBytes(beside, later(**held, false, {"pz-heidezoom.example"}).Serialise());
  EXPECT_THAT(std::string(ManifestsBetween(config_, *held, kToday).status().message()),
              AllOf(HasSubstr("livc.manifest.2"), HasSubstr("not signed as it must be")));
  test::WriteBytes(beside, third_version.Serialise());
  EXPECT_THAT(std::string(ManifestsBetween(config_, *held, kToday).status().message()),
              HasSubstr("livc.manifest.2"));
}

}  // namespace
}  // namespace sluis::server
