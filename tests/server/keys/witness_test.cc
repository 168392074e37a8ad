// What an accusation shows to who has ended already, from messages alone.
#include "server/keys/witness.h"

#include <gtest/gtest.h>

#include "server/keys/bodies.h"
#include "tests/server/keys/cheats.h"

namespace sluis::keys {
namespace {

using test::Bus;
using test::NameOf;
using test::World;
using namespace peer::v1;  // NOLINT: rounds and grounds, which are many

constexpr MemberIndex kCheater = 2;

VerifiedMessage Verified(const Parameters& parameters, const Roster& roster,
                         const std::string& bytes) {
  return Verify(ReadMessage(bytes).value(), parameters, roster).value();
}

// The messages of the five rounds that the other members sent, as a log holds them.
std::vector<std::string> HeldBy(const Bus& bus, MemberIndex without) {
  std::vector<std::string> held;
  for (const MemberIndex member : bus.indexes()) {
    if (member == without) continue;
    for (const std::string& sent : bus.SentBy(member)) {
      if (test::RoundOf(sent) <= CEREMONY_ROUND_CONFIRM) held.push_back(sent);
    }
  }
  return held;
}

class WitnessOf : public ::testing::TestWithParam<test::NamedCheat> {};

TEST_P(WitnessOf, WhoHasEndedFindsTheSameFromRowsAndEvidence) {
  const World world(4);
  const Parameters parameters = MakeParameters(world.Draft()).value();
  const Roster roster = Roster::Of(parameters, world.manifest).value();
  // What came of the cheater, as it came.
  std::vector<std::string> came;
  Bus bus(world, parameters,
          [&came, way = GetParam().way(world, parameters)](const test::Delivery& one) {
            const std::vector<test::Delivery> out = way(one);
            for (const test::Delivery& each : out) {
              if (each.from == kCheater && each.to == 1) came.push_back(each.message);
            }
            return out;
          });
  bus.Settle();
  bus.Pass(400);
  for (const MemberIndex accuser : {MemberIndex{1}, MemberIndex{3}}) {
    for (const std::string& sent : bus.SentBy(accuser)) {
      if (test::RoundOf(sent) != CEREMONY_ROUND_ABORT) continue;
      const VerifiedMessage abort = Verified(parameters, roster, sent);
      const auto body = ReadAbort(abort.message().body);
      if (abort.sender() != accuser) continue;  // handed on
      // Over an abort nothing shows but that abort, which is judged by who still runs.
      if (!body || body->ground() == CEREMONY_GROUND_SILENCE ||
          body->ground() == CEREMONY_GROUND_UNFOUNDED) {
        continue;
      }
      std::vector<std::string> held = HeldBy(bus, kCheater);
      for (const std::string& before : came) {
        if (test::RoundOf(before) < body->round()) held.push_back(before);
      }
      const auto found = JudgeAbort(parameters, roster, held, abort);
      ASSERT_FALSE(found.empty()) << "member " << accuser;
      for (const Finding& one : found) {
        EXPECT_EQ(one.culprit, kCheater);
        EXPECT_FALSE(one.evidence.empty());
      }
      EXPECT_EQ(found.front().ground, body->ground());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, WitnessOf, ::testing::ValuesIn(test::AllCheats()),
                         [](const auto& one) { return one.param.name; });

TEST(Witness, AFalseAccusationIsNotTakenOver) {
  const World world(3);
  const Parameters parameters = MakeParameters(world.Draft()).value();
  const Roster roster = Roster::Of(parameters, world.manifest).value();
  Bus bus(world, parameters);
  bus.Settle();
  const std::vector<std::string> held = HeldBy(bus, 0);
  for (const std::string& right : bus.SentBy(1)) {
    for (int ground = CEREMONY_GROUND_EQUIVOCATION; ground <= CEREMONY_GROUND_CANCELLED; ++ground) {
      CeremonyAbort body;
      body.set_ground(static_cast<CeremonyGround>(ground));
      body.add_culprits(1);
      body.set_round(test::RoundOf(right));
      body.add_evidence(right);
      body.add_evidence("geen bericht");
      const Message abort =
          SignMessage({parameters.partnership, parameters.id, {}}, CEREMONY_ROUND_ABORT, NameOf(3),
                      body.SerializeAsString(), world.keys.at(3));
      EXPECT_TRUE(
          JudgeAbort(parameters, roster, held, Verified(parameters, roster, abort.Serialise()))
              .empty())
          << ground;
    }
  }
}

}  // namespace
}  // namespace sluis::keys
