#include "client/cli/node_doctor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/lib/catalogue.h"
#include "client/lib/certificate.h"
#include "client/lib/key_file.h"
#include "client/lib/own_files.h"
#include "client/lib/profile.h"
#include "tests/client/cli/run_sluis.h"
#include "tests/support/temp_folder.h"

namespace sluis::cli {
namespace {

using ::testing::Contains;

constexpr uint64_t kSecond = 1000000;
constexpr uint64_t kNow = 1763740800 * kSecond;
constexpr int64_t kDay = 86400;

node::v1::GetStatusResponse Healthy() {
  node::v1::GetStatusResponse status;
  status.set_serving(true);
  status.set_version("1");
  status.set_now_us(kNow);
  status.set_checkpoint_at_us(kNow - 60 * kSecond);
  status.set_disk_free_bytes(uint64_t{50} << 30);
  return status;
}

// "key weight" of each diagnosis that is not fine.
std::vector<std::string> Bad(const node::v1::GetStatusResponse& status, uint64_t now = kNow) {
  std::vector<std::string> out;
  for (const Diagnosis& one : Examine(status, now, "1")) {
    if (one.weight == Weight::kFine) continue;
    out.push_back(one.what.key + (one.weight == Weight::kFault ? " fault" : " warning"));
  }
  return out;
}

TEST(NodeDoctorTest, AHealthyNodeHasNothing) { EXPECT_THAT(Bad(Healthy()), testing::IsEmpty()); }

TEST(NodeDoctorTest, ClockInBothDirections) {
  EXPECT_THAT(Bad(Healthy(), kNow + 29 * kSecond), testing::IsEmpty());
  EXPECT_THAT(Bad(Healthy(), kNow + 31 * kSecond), Contains("doctor.clock_apart warning"));
  EXPECT_THAT(Bad(Healthy(), kNow - 31 * kSecond), Contains("doctor.clock_apart warning"));
  EXPECT_THAT(Bad(Healthy(), kNow - 301 * kSecond), Contains("doctor.clock_apart fault"));
}

// A node whose clock was put back served on and signed nothing, and nobody was told.
TEST(NodeDoctorTest, CheckpointsHeldBackByAClockPutBackAreAFault) {
  auto status = Healthy();
  status.set_checkpoints_held_back(true);
  status.set_checkpoint_at_us(kNow + 3600 * kSecond);
  EXPECT_THAT(Bad(status), testing::ElementsAre("doctor.checkpoints_held_back fault"));
}

// The library said whether its memory was locked, and no program asked.
TEST(NodeDoctorTest, KeysThatMayBeSwappedAreAWarning) {
  auto status = Healthy();
  status.set_keys_may_be_swapped(true);
  EXPECT_THAT(Bad(status), testing::ElementsAre("doctor.keys_swapped warning"));
}

TEST(NodeDoctorTest, NamesWhyItDoesNotServe) {
  auto status = Healthy();
  status.set_serving(false);
  for (const char* reason : {"ledger_behind_mark", "disk_low", "restored", "draining"}) {
    status.set_not_serving_reason(reason);
    EXPECT_THAT(Bad(status), Contains("doctor." + std::string(reason) + " fault"));
  }
  status.set_not_serving_reason("something new");
  EXPECT_THAT(Bad(status), Contains("doctor.not_serving fault"));
}

TEST(NodeDoctorTest, DiskCheckpointVersion) {
  auto status = Healthy();
  status.set_disk_free_bytes(uint64_t{900} << 20);
  EXPECT_THAT(Bad(status), Contains("doctor.disk warning"));
  status.set_disk_free_bytes(uint64_t{100} << 20);
  EXPECT_THAT(Bad(status), Contains("doctor.disk fault"));
  status = Healthy();
  status.set_checkpoint_at_us(kNow - 21 * 60 * kSecond);
  EXPECT_THAT(Bad(status), Contains("doctor.checkpoint_old fault"));
  status = Healthy();
  status.set_version("2");
  EXPECT_THAT(Bad(status), Contains("doctor.version warning"));
}

TEST(NodeDoctorTest, WhereTheProtocolStands) {
  auto status = Healthy();
  status.set_partnership("livc-r.vaartland.example");
  status.set_partnership_state(record::v1::PARTNERSHIP_STATE_EXERCISE);
  EXPECT_THAT(Bad(status), testing::IsEmpty()) << "an exercise needs none";
  status.set_partnership_state(record::v1::PARTNERSHIP_STATE_ACTIVE);
  EXPECT_THAT(Bad(status), testing::ElementsAre("doctor.protocol_none fault"));

  node::v1::ProtocolStatus& protocol = *status.mutable_protocol();
  protocol.set_id("prot-1");
  protocol.set_phase("active");
  protocol.set_new_disclosures(true);
  protocol.set_review("2025-12-31");
  protocol.set_last_day("2025-12-22");  // the 31st day
  EXPECT_THAT(Bad(status), testing::IsEmpty());
  protocol.set_last_day("2025-12-21");
  EXPECT_THAT(Bad(status), testing::ElementsAre("doctor.protocol_ends warning"));
  protocol.set_phase("past_review");
  EXPECT_THAT(Bad(status), testing::ElementsAre("doctor.protocol_past_review warning"));
  protocol.set_new_disclosures(false);
  protocol.set_phase("review_overdue");
  EXPECT_THAT(Bad(status), testing::ElementsAre("doctor.protocol_over fault"));
  protocol.set_phase("not_yet_in_force");
  EXPECT_THAT(Bad(status), testing::ElementsAre("doctor.protocol_not_yet warning"));
  protocol.add_not_signed("lindervaart.example");
  EXPECT_THAT(Bad(status), testing::ElementsAre("doctor.protocol_unsigned fault"));
}

TEST(NodeDoctorTest, CertificatesAt30And14And3Days) {
  const auto at = [](int64_t days) { return ExamineEnd(days * kDay + 60, 0, {"x", "y"}); };
  EXPECT_EQ(at(31).weight, Weight::kFine);
  EXPECT_EQ(at(30).what.key, "doctor.certificate_plan");
  EXPECT_EQ(at(14).what.key, "doctor.certificate_soon");
  EXPECT_EQ(at(14).weight, Weight::kWarning);
  EXPECT_EQ(at(3).weight, Weight::kFault);
  EXPECT_EQ(ExamineEnd(0, 0, {"x", "y"}).what.key, "doctor.certificate_expired");
  EXPECT_EQ(ExamineEnd(0, 0, {"x", "y"}).weight, Weight::kFault);
}

TEST(NodeDoctorTest, EachEndThatNearsNamesItsRemedy) {
  for (const client::Language language :
       {client::Language::kDutch, client::Language::kEnglish, client::Language::kFrench}) {
    const client::Catalogue catalogue(language);
    for (const int64_t days : {20, 10, 2, -1}) {
      const std::string text =
          catalogue.Text(ExamineEnd(days * kDay + 60, 0, {"this key", "do that"}).what);
      EXPECT_THAT(text, testing::HasSubstr("this key"));
      EXPECT_THAT(text, testing::HasSubstr("do that"));
    }
  }
}

// With the CA ended no connection is made any more: what is wrong has to come from the own folder.
TEST(NodeDoctorTest, ACaThatEndsIsFoundThoughTheNodeDoesNotAnswer) {
  const tests::TempFolder folder;
  client::Profile profile;
  profile.folder = folder.PathOf("an");
  profile.node = "127.0.0.1:1";
  profile.organisation = "caw.example";
  profile.user = "an.peeters";
  ASSERT_FALSE(client::MakePrivateFolder(profile.folder).has_value());
  const auto write = [&](const char* name, const std::string& text) {
    ASSERT_FALSE(
        client::WriteNew(profile.PathOf(name), text, client::FileMode::kPrivate).has_value());
  };
  const client::CertifiedKey ca = *client::MakeCa("caw.example", kTestNow, 10);
  const std::string key = *client::MakeTlsKey();
  write("tls.key", key);
  write("ca.pem", ca.certificate_pem);
  write("cert.pem", *client::Issue(ca, *client::MakeCertificateRequest(key, "an"),
                                   {client::UserUri("caw.example", "an.peeters"), {}, {}},
                                   client::LeafUse::kUser, kTestNow));
  ASSERT_TRUE(
      client::MakeKey(profile.PathOf("signing.key"), crypto::KeyPurpose::kSigning, "2027-01-01")
          .ok());
  ASSERT_FALSE(client::SaveProfile(profile).has_value());
  const Ended ended = RunSluis({"node", "doctor", "--lang", "en"}, "", folder.path());
  EXPECT_EQ(ended.exit, Exit::kUnreachable);
  EXPECT_THAT(ended.out, testing::HasSubstr("Renew now: the CA of your organisation"));
  EXPECT_THAT(ended.out, testing::HasSubstr("make a new CA"));
  EXPECT_THAT(ended.out, testing::HasSubstr("In order: your certificate"));
  EXPECT_THAT(ended.out, testing::Not(testing::HasSubstr("Your folder")));
}

}  // namespace
}  // namespace sluis::cli
