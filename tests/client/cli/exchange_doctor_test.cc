#include "client/cli/exchange_doctor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "client/lib/catalogue.h"
#include "client/lib/own_files.h"
#include "client/lib/partnership_mandate.h"
#include "client/lib/text.h"
#include "tests/client/cli/run_sluis.h"
#include "tests/support/partnership.h"
#include "tests/support/seeded_random.h"
#include "tests/support/temp_folder.h"

namespace sluis::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr uint64_t kSecond = 1000000;
constexpr uint64_t kNow = 1763740800 * kSecond;

struct World {
  node::v1::GetStatusResponse status;
  node::v1::GetExchangeResponse exchange;
  node::v1::PeerState* peer;

  World() {
    status.set_organisation("lindervaart.example");
    status.set_now_us(kNow);
    exchange.set_partnership("livc-r.vaartland.example");
    exchange.set_manifest_version(4);
    peer = exchange.add_peers();
    peer->set_organisation("pz-heidezoom.example");
    peer->set_name("PZ Heidezoom");
    peer->set_reached_at_us(kNow - kSecond);
    peer->set_heard_at_us(kNow - kSecond);
    peer->set_manifest_version(4);
  }
  // "key weight" of each diagnosis.
  std::vector<std::string> Found() const {
    std::vector<std::string> out;
    for (const Diagnosis& one : ExamineExchange(exchange, status)) {
      static constexpr const char* kWords[] = {"fine", "warning", "fault"};
      out.push_back(one.what.key + " " + kWords[static_cast<int>(one.weight)]);
      const client::Catalogue dutch(client::Language::kDutch);
      EXPECT_TRUE(dutch.Has(one.what.key)) << one.what.key;
      EXPECT_EQ(dutch.Text(one.what).find('{'), std::string::npos) << dutch.Text(one.what);
    }
    return out;
  }
};

TEST(ExchangeDoctorTest, WithoutPartnershipThereIsNothingToSay) {
  World world;
  world.exchange.clear_partnership();
  EXPECT_THAT(world.Found(), IsEmpty());
}

TEST(ExchangeDoctorTest, APartnerInOrderIsSaidToBe) {
  EXPECT_THAT(World().Found(), ElementsAre("doctor.partner_fine fine"));
}

TEST(ExchangeDoctorTest, EveryTroubleHasItsDiagnosisAndItsWeight) {
  const std::pair<const char*, const char*> table[] = {
      {"no_address", "doctor.partner_no_address warning"},
      {"unreachable", "doctor.partner_unreachable warning"},
      {"refused", "doctor.partner_refused fault"},
      {"update_here", "doctor.partner_update_here fault"},
      {"update_there", "doctor.partner_update_there warning"},
      {"log_behind", "doctor.partner_log_behind fault"},
      {"lists_differ", "doctor.partner_lists_differ warning"},
      {"manifest_older_here", "doctor.partner_manifest_older_here fault"},
      {"manifest_older_there", "doctor.partner_manifest_older_there warning"},
      {"manifest_differs", "doctor.partner_manifest_differs fault"},
      {"something new", "doctor.partner_unknown warning"}};
  const client::Catalogue dutch(client::Language::kDutch);
  for (const auto& [trouble, expected] : table) {
    World world;
    world.peer->set_trouble(trouble);
    EXPECT_THAT(world.Found(), ElementsAre(expected));
    EXPECT_TRUE(dutch.Has(StandingKey(trouble))) << trouble;
  }
  EXPECT_TRUE(dutch.Has(StandingKey("")));
}

TEST(ExchangeDoctorTest, BothWaysAreLookedAt) {
  World world;
  world.peer->set_heard_at_us(0);
  EXPECT_THAT(world.Found(), ElementsAre("doctor.partner_not_heard warning"));
  world.peer->set_heard_at_us(kNow - 61 * kSecond);
  EXPECT_THAT(world.Found(), ElementsAre("doctor.partner_not_heard warning"));
  world.peer->set_heard_at_us(kNow - 60 * kSecond);
  EXPECT_THAT(world.Found(), ElementsAre("doctor.partner_fine fine"));
  // Not reached and not heard, though nothing was said to be wrong.
  world.peer->set_heard_at_us(0);
  world.peer->set_reached_at_us(0);
  EXPECT_THAT(world.Found(), ElementsAre("doctor.partner_unreachable warning"));
}

TEST(ExchangeDoctorTest, ClocksBothWays) {
  World world;
  for (const int64_t ahead : {30, -30, 0}) {
    world.peer->set_clock_ahead_s(ahead);
    EXPECT_THAT(world.Found(), ElementsAre("doctor.partner_fine fine"));
  }
  for (const int64_t ahead : {31, -31, 300, -300}) {
    world.peer->set_clock_ahead_s(ahead);
    EXPECT_THAT(world.Found(), ElementsAre("doctor.partner_clock warning"));
  }
  for (const int64_t ahead : {int64_t{301}, int64_t{-301}, std::numeric_limits<int64_t>::min()}) {
    world.peer->set_clock_ahead_s(ahead);
    EXPECT_THAT(world.Found(), ElementsAre("doctor.partner_clock fault"));
  }
}

// `exchange status` sent people to a doctor that said "is bereikbaar" of a partner that owed
// erasures.
TEST(ExchangeDoctorTest, ErasuresThatAreOverdueAreAFault) {
  World world;
  world.peer->set_erasures_overdue(2);
  EXPECT_THAT(world.Found(), ElementsAre("doctor.partner_erasures_overdue fault"));
}

// What it had to erase alarmed nobody: it is asked for outside the system.
TEST(ExchangeDoctorTest, AFormerMemberThatOwesSomethingIsAFaultAndNothingElse) {
  World world;
  world.peer->set_former(true);
  world.peer->clear_name();
  world.peer->clear_reached_at_us();
  world.peer->clear_heard_at_us();
  world.peer->set_outstanding(2);
  world.peer->set_outstanding_since_us(1);
  world.peer->set_erasures_overdue(1);
  EXPECT_THAT(world.Found(), ElementsAre("doctor.partner_former fault"));
}

// They were a metric, which nobody without Prometheus ever saw.
TEST(ExchangeDoctorTest, WhatWasNotBelievedAndWhatIsNotCorrectedIsFound) {
  World world;
  world.peer->set_corrections_overdue(1);
  EXPECT_THAT(world.Found(), ElementsAre("doctor.partner_corrections_overdue fault"));
  world.peer->clear_corrections_overdue();
  world.peer->set_parked(3);
  EXPECT_THAT(world.Found(), ElementsAre("doctor.partner_not_believed warning"));
  world.peer->clear_parked();
  world.peer->set_known_log_size(4711);
  EXPECT_THAT(world.Found(), ElementsAre("doctor.partner_fine fine"));
  world.peer->set_contradictions(2);
  EXPECT_THAT(world.Found(), ElementsAre("doctor.partner_contradictions fault"));
  const auto found = ExamineExchange(world.exchange, world.status);
  const client::Catalogue dutch(client::Language::kDutch);
  EXPECT_THAT(dutch.Text(found[0].what),
              testing::HasSubstr("sluis partnership accept-log pz-heidezoom.example --size 4711"));
}

TEST(ExchangeDoctorTest, APartnerThatDoesNotAcknowledgeIsFoundAfterAnHour) {
  World world;
  world.peer->set_outstanding(3);
  const auto since = [&](uint64_t seconds) {
    world.peer->set_outstanding_since_us(kNow - seconds * kSecond);
    EXPECT_EQ(WaitsLong(*world.peer, kNow), seconds > 3600);
    return world.Found();
  };
  EXPECT_THAT(since(3600), ElementsAre("doctor.partner_fine fine"));
  EXPECT_THAT(since(3601), ElementsAre("doctor.partner_waits warning"));
  EXPECT_THAT(since(24 * 3600), ElementsAre("doctor.partner_waits warning"));
  EXPECT_THAT(since(24 * 3600 + 1), ElementsAre("doctor.partner_waits fault"));
  world.peer->set_trouble("unreachable");
  EXPECT_THAT(world.Found(),
              ElementsAre("doctor.partner_unreachable warning", "doctor.partner_waits fault"));
  // Due later than now by this clock, or not at all.
  world.peer->clear_trouble();
  world.peer->set_outstanding_since_us(kNow + kSecond);
  EXPECT_THAT(world.Found(), ElementsAre("doctor.partner_fine fine"));
  world.peer->clear_outstanding();
  world.peer->set_outstanding_since_us(1);
  EXPECT_THAT(world.Found(), ElementsAre("doctor.partner_fine fine"));
}

TEST(ExchangeDoctorTest, NamesOfPartnersCannotSpeakToTheTerminal) {
  World world;
  world.peer->set_name("PZ \x1b[2J Heidezoom");
  const auto found = ExamineExchange(world.exchange, world.status);
  const client::Catalogue dutch(client::Language::kDutch);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(dutch.Text(found[0].what).find('\x1b'), std::string::npos);
}

// What an organisation's keys in the manifest and a person's mandate say to the doctor.
class EndsTest : public testing::Test {
 protected:
  EndsTest()
      : own_(tests::MakeTestMember("lindervaart.example", random_)),
        other_(tests::MakeTestMember("pz-heidezoom.example", random_)) {
    for (record::v1::MemberKey& key : *own_.statement.mutable_keys()) {
      key.set_not_before("2025-01-01");
      key.set_not_after("2026-01-31");
    }
    profile_.folder = folder_.path();
    profile_.organisation = "lindervaart.example";
    exchange_.set_partnership("livc-r.vaartland.example");
  }

  record::v1::MemberKey& Key(const std::string& purpose) {
    for (record::v1::MemberKey& key : *own_.statement.mutable_keys()) {
      if (key.purpose() == purpose) return key;
    }
    return *own_.statement.add_keys();
  }
  void AddSuccessor(const std::string& purpose, const std::string& from, const std::string& until) {
    record::v1::MemberKey key = Key(purpose);
    key.set_public_key(
        std::string(crypto::View(crypto::SigningKey::Generate(random_).public_key())));
    key.set_not_before(from);
    key.set_not_after(until);
    *own_.statement.add_keys() = std::move(key);
    tests::SortKeys(own_.statement);
  }
  void AddMandate(int64_t not_after_s) {
    client::PartnershipMandate mandate;
    mandate.mandate.set_mandate_id(std::string(16, 'm'));
    mandate.mandate.set_organisation("lindervaart.example");
    mandate.mandate.set_partnership("livc-r.vaartland.example");
    mandate.mandate.set_pseudonym(std::string(16, 'p'));
    mandate.mandate.set_signing_key(std::string(32, 'k'));
    mandate.mandate.set_not_after_s(static_cast<uint64_t>(not_after_s));
    mandate.signed_mandate.set_mandate(mandate.mandate.SerializeAsString());
    ASSERT_FALSE(client::WriteNew(client::MandatePath(profile_, exchange_.partnership()),
                                  mandate.signed_mandate.SerializeAsString(),
                                  client::FileMode::kPrivate)
                     .has_value());
  }
  // "word: whose" of all that is not fine, at this moment.
  std::vector<std::string> Found(int64_t now_s) {
    const tests::TestMember* members[] = {&own_, &other_};
    const auto manifest = partnership::MakeManifest(tests::DraftOf(members), nullptr);
    EXPECT_TRUE(manifest.ok()) << manifest.status();
    exchange_.set_signed_manifest(tests::SignedBy(*manifest, members).Serialise());
    std::istringstream in;
    std::ostringstream out;
    std::vector<std::string> found;
    for (const auto language :
         {client::Language::kEnglish, client::Language::kFrench, client::Language::kDutch}) {
      found.clear();
      Shell shell({in, out, out, "", [now_s] { return now_s; }}, language);
      for (const Diagnosis& one : ExamineSigning(shell, profile_, exchange_)) {
        const std::string text = shell.catalogue().Text(one.what);
        EXPECT_EQ(text.find('{'), std::string::npos) << text;
        ++looked_at_;
        if (one.weight == Weight::kFine) continue;
        EXPECT_NE(text.find("sluis "), std::string::npos) << text << " names no remedy";
        found.push_back(one.what.key.substr(std::string("doctor.certificate_").size()) + " " +
                        one.what.args.front().second +
                        (one.weight == Weight::kFault ? " fault" : ""));
      }
    }
    return found;
  }
  static int64_t Noon(const std::string& day) { return client::DayBegin(day) + 12 * 3600; }

  tests::SeededRandom random_{7};
  tests::TempFolder folder_;
  tests::TestMember own_;
  tests::TestMember other_;
  client::Profile profile_;
  node::v1::GetExchangeResponse exchange_;
  int looked_at_ = 0;
};

// The day after the identity key ends the node no longer starts, and nobody was told before.
TEST_F(EndsTest, KeysOfTheManifestAt30And14And3DaysEachWithItsRemedy) {
  EXPECT_THAT(Found(Noon("2026-01-01")),
              ElementsAre("plan de identiteitssleutel van uw organisatie in het manifest",
                          "plan de sleutel voor ontvangstbewijzen van uw organisatie in het "
                          "manifest",
                          "plan de sleutel van uw organisatie waarmee ze standen van andere logs "
                          "medeondertekent",
                          "plan de mandaatsleutel van uw organisatie in het manifest"));
  EXPECT_EQ(looked_at_, 12);
  EXPECT_THAT(Found(Noon("2025-12-31")), IsEmpty());
  for (const char* purpose : {"receipt", "witness", "mandate"}) {
    Key(purpose).set_not_after("2027-01-01");
  }
  const std::string identity = "de identiteitssleutel van uw organisatie in het manifest";
  EXPECT_THAT(Found(Noon("2026-01-17")), ElementsAre("soon " + identity));
  EXPECT_THAT(Found(Noon("2026-01-28")), ElementsAre("soon " + identity + " fault"));
  EXPECT_THAT(Found(Noon("2026-01-31")), ElementsAre("soon " + identity + " fault"));
  EXPECT_THAT(Found(Noon("2026-02-01")), ElementsAre("expired " + identity + " fault"));
}

TEST_F(EndsTest, ASuccessorCountsWhenNoDayLiesBetween) {
  for (const char* purpose : {"receipt", "witness", "mandate"}) {
    Key(purpose).set_not_after("2027-01-01");
  }
  AddSuccessor("identity", "2026-02-02", "2027-01-01");
  EXPECT_EQ(Found(Noon("2026-01-17")).size(), 1U) << "the first of February has no key";
  AddSuccessor("identity", "2026-02-01", "2026-02-01");
  EXPECT_THAT(Found(Noon("2026-01-17")), IsEmpty());
}

TEST_F(EndsTest, TheMandateOfThePersonIsLookedAtWhereThereIsOne) {
  const int64_t now = Noon("2025-11-21");
  EXPECT_THAT(Found(now), IsEmpty());
  AddMandate(now + 10 * 86400);
  const std::string whose = "uw mandaat voor livc-r.vaartland.example";
  EXPECT_THAT(Found(now), ElementsAre("soon " + whose));
  EXPECT_THAT(Found(now + 8 * 86400), ElementsAre("soon " + whose + " fault"));
  EXPECT_THAT(Found(now + 11 * 86400), ElementsAre("expired " + whose + " fault"));
}

TEST_F(EndsTest, AnOrganisationOutsideTheManifestHasNoKeysToLookAt) {
  profile_.organisation = "caw.example";
  EXPECT_THAT(Found(Noon("2026-01-31")), IsEmpty());
  EXPECT_EQ(looked_at_, 0);
}

}  // namespace
}  // namespace sluis::cli
