#include "client/cli/exchange_doctor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "client/lib/catalogue.h"

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

TEST(ExchangeDoctorTest, NamesOfPartnersCannotSpeakToTheTerminal) {
  World world;
  world.peer->set_name("PZ \x1b[2J Heidezoom");
  const auto found = ExamineExchange(world.exchange, world.status);
  const client::Catalogue dutch(client::Language::kDutch);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(dutch.Text(found[0].what).find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace sluis::cli
