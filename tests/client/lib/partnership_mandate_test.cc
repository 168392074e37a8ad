#include "client/lib/partnership_mandate.h"

#include <gtest/gtest.h>

#include <functional>

#include "client/lib/own_files.h"
#include "client/lib/signing.h"
#include "crypto/random.h"
#include "tests/support/temp_folder.h"

namespace sluis::client {
namespace {

constexpr char kPartnership[] = "livc-r.vaartland.example";
constexpr char kRole[] = "maatschappelijk-werker";
constexpr int64_t kNow = 1763740800;

class PartnershipMandateTest : public ::testing::Test {
 protected:
  PartnershipMandateTest() {
    profile_.folder = folder_.path();
    profile_.organisation = "caw-de-overzet.example";
    mandate_.set_mandate_id(std::string(16, 'm'));
    mandate_.set_organisation(profile_.organisation);
    mandate_.set_signing_key(std::string(crypto::View(key_.public_key())));
    mandate_.add_roles("teamverantwoordelijke");
    mandate_.add_roles(kRole);
    mandate_.set_not_before_s(kNow - 100);
    mandate_.set_not_after_s(kNow + 100);
    mandate_.set_partnership(kPartnership);
    mandate_.set_pseudonym(std::string(16, 'p'));
  }
  using Edit = std::function<void(record::v1::Mandate&)>;
  std::string Write(const Edit& edit = {}) {
    record::v1::Mandate mandate = mandate_;
    if (edit) edit(mandate);
    const std::string path = folder_.PathOf("an.mandate");
    EXPECT_FALSE(
        WriteOver(path, SignMandate(mandate, mandate_key_).SerializeAsString(), FileMode::kPublic)
            .has_value());
    return path;
  }
  std::string Key(const Result<PartnershipMandate>& result) {
    return result.ok() ? "" : result.failure().message.key;
  }

  const tests::TempFolder folder_;
  const crypto::SigningKey key_ = crypto::SigningKey::Generate(crypto::SystemRandom());
  const crypto::SigningKey mandate_key_ = crypto::SigningKey::Generate(crypto::SystemRandom());
  Profile profile_;
  record::v1::Mandate mandate_;
};

TEST_F(PartnershipMandateTest, OnlyAMandateForAPartnershipIsRead) {
  const auto read = ReadPartnershipMandate(Write());
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->mandate.pseudonym(), mandate_.pseudonym());
  for (const Edit& edit : std::vector<Edit>{
           // One for the own node: its user id must never leave it.
           [](auto& one) { one.set_user_id("an.peeters"); },
           [](auto& one) { one.clear_pseudonym(); }, [](auto& one) { one.clear_partnership(); },
           [](auto& one) { one.set_partnership("../elders"); },
           [](auto& one) { one.set_mandate_id("kort"); },
           [](auto& one) { one.set_signing_key("kort"); },
           [](auto& one) { one.set_organisation("Geen naam"); }}) {
    EXPECT_EQ(Key(ReadPartnershipMandate(Write(edit))), "mandate.bad_file");
  }
  const std::string path = folder_.PathOf("iets");
  ASSERT_FALSE(WriteNew(path, "geen mandaat", FileMode::kPublic).has_value());
  EXPECT_EQ(Key(ReadPartnershipMandate(path)), "mandate.bad_file");
}

TEST_F(PartnershipMandateTest, OneInForceIsFoundForItsRole) {
  EXPECT_EQ(Key(MandateFor(profile_, kPartnership, kRole, kNow)), "mandate.none_for");
  EXPECT_EQ(Key(MandateFor(profile_, "../elders", kRole, kNow)), "mandate.none_for");
  ASSERT_FALSE(InstallMandate(*ReadPartnershipMandate(Write()), profile_, key_.public_key()));
  EXPECT_EQ(Key(MandateFor(profile_, kPartnership, kRole, kNow)), "");
  EXPECT_EQ(Key(MandateFor(profile_, kPartnership, kRole, kNow + 100)), "");
  EXPECT_EQ(Key(MandateFor(profile_, kPartnership, kRole, kNow + 101)), "mandate.ended");
  EXPECT_EQ(Key(MandateFor(profile_, kPartnership, kRole, kNow - 101)), "mandate.not_yet");
  EXPECT_EQ(Key(MandateFor(profile_, kPartnership, "burgemeester", kNow)), "mandate.without_role");
  EXPECT_EQ(Key(MandateFor(profile_, "ander.example", kRole, kNow)), "mandate.none_for");
}

TEST_F(PartnershipMandateTest, OneForAnotherPersonIsNotInstalled) {
  const auto other = crypto::SigningKey::Generate(crypto::SystemRandom());
  const auto mandate = ReadPartnershipMandate(Write());
  const Step failure = InstallMandate(*mandate, profile_, other.public_key());
  ASSERT_TRUE(failure.has_value());
  EXPECT_EQ(failure->message.key, "mandate.other_person");
  profile_.organisation = "lindervaart.example";
  EXPECT_TRUE(InstallMandate(*mandate, profile_, key_.public_key()).has_value());
  EXPECT_FALSE(Exists(MandatePath(profile_, kPartnership)));
}

TEST_F(PartnershipMandateTest, ANewerOneTakesTheOldOnesPlace) {
  ASSERT_FALSE(InstallMandate(*ReadPartnershipMandate(Write()), profile_, key_.public_key()));
  const auto longer =
      ReadPartnershipMandate(Write([](auto& one) { one.set_not_after_s(kNow + 1000); }));
  ASSERT_FALSE(InstallMandate(*longer, profile_, key_.public_key()));
  const auto found = MandateFor(profile_, kPartnership, kRole, kNow + 500);
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->signed_mandate.mandate(), longer->signed_mandate.mandate())
      << "the bytes that were signed";
}

TEST_F(PartnershipMandateTest, APseudonymStaysWithItsPerson) {
  record::v1::Mandate next = mandate_;
  next.clear_pseudonym();
  const auto kept = PseudonymToKeep(Write(), next, mandate_key_.public_key());
  ASSERT_TRUE(kept.ok());
  EXPECT_EQ(*kept, mandate_.pseudonym());
  const auto other = crypto::SigningKey::Generate(crypto::SystemRandom());
  EXPECT_EQ(PseudonymToKeep(Write(), next, other.public_key()).failure().message.key,
            "mandate.not_followed");
  for (const Edit& edit : std::vector<Edit>{
           [&](auto& one) { one.set_signing_key(std::string(crypto::View(other.public_key()))); },
           [](auto& one) { one.set_partnership("ander.example"); },
           [](auto& one) { one.set_organisation("lindervaart.example"); }}) {
    EXPECT_EQ(PseudonymToKeep(Write(edit), next, mandate_key_.public_key()).failure().message.key,
              "mandate.not_followed");
  }
}

}  // namespace
}  // namespace sluis::client
