// Ceremonies that a participant ends on purpose, and machines made anew when something has changed
// since.
#include <gtest/gtest.h>

#include "server/keys/bodies.h"
#include "tests/server/keys/ceremony_bus.h"

namespace sluis::keys {
namespace {

using test::Bus;
using test::Delivery;
using test::NameOf;
using test::World;
using namespace peer::v1;  // NOLINT: rounds and grounds, which are many

Parameters ParametersOf(const World& world) { return MakeParameters(world.Draft()).value(); }

std::string CancellationOf(const World& world, const Parameters& parameters, MemberIndex member) {
  const Roster roster = Roster::Of(parameters, world.manifest).value();
  return SignCancellation(parameters, roster, NameOf(member), CEREMONY_ROUND_ANNOUNCE,
                          world.keys.at(member))
      ->message()
      .Serialise();
}

// Holds back everything of that member from that round on.
Bus::Way SilentFrom(MemberIndex member, Round round) {
  return [=](const Delivery& one) -> std::vector<Delivery> {
    const Round said = test::RoundOf(one.message);
    if (one.from == member && said >= round && said <= CEREMONY_ROUND_CONFIRM) return {};
    return {one};
  };
}

TEST(Cancel, EndsItForAllUnderTheNameOfWhoDid) {
  for (const Round round : {CEREMONY_ROUND_ANNOUNCE, CEREMONY_ROUND_COMMIT, CEREMONY_ROUND_DEAL,
                            CEREMONY_ROUND_VERDICT}) {
    const World world(3);
    const Parameters parameters = ParametersOf(world);
    Bus bus(world, parameters, SilentFrom(3, round));
    bus.Settle();
    ASSERT_EQ(bus.At(1).standing(), Standing::kRunning);
    ASSERT_EQ(bus.Carry(2, CancellationOf(world, parameters, 2)), absl::OkStatus());
    bus.Settle();
    for (const MemberIndex member : {MemberIndex{1}, MemberIndex{2}, MemberIndex{3}}) {
      EXPECT_EQ(bus.At(member).standing(), Standing::kEnded) << round << member;
      ASSERT_EQ(bus.At(member).findings().size(), 1u) << round << member;
      EXPECT_EQ(bus.At(member).findings()[0].culprit, 2) << round << member;
      EXPECT_EQ(bus.At(member).findings()[0].ground, CEREMONY_GROUND_CANCELLED);
    }
    bus.Restart(1);
    bus.Restart(2);
    EXPECT_EQ(bus.At(2).standing(), Standing::kEnded) << "made anew it is as it was";
    EXPECT_EQ(bus.At(1).findings().size(), 1u);
  }
}

TEST(Cancel, WhoHasConfirmedTakesNothingBack) {
  const World world(3);
  const Parameters parameters = ParametersOf(world);
  // The third hears of no confirmation of the first.
  bool cut = true;
  Bus bus(world, parameters, [&cut](const Delivery& one) -> std::vector<Delivery> {
    const bool confirms = test::RoundOf(one.message) == CEREMONY_ROUND_CONFIRM;
    if (cut && confirms && one.from == 1 && one.to == 3) return {};
    return {one};
  });
  bus.Settle();
  ASSERT_EQ(bus.At(3).standing(), Standing::kRunning);
  ASSERT_EQ(bus.At(1).standing(), Standing::kComplete);
  ASSERT_EQ(bus.Carry(3, CancellationOf(world, parameters, 3)), absl::OkStatus());
  EXPECT_EQ(bus.At(3).standing(), Standing::kEnded);
  bus.Settle();
  EXPECT_EQ(bus.At(1).standing(), Standing::kComplete);
  cut = false;
  for (const std::string& sent : bus.SentBy(1)) bus.Send({1, 3, sent});
  bus.Settle();
  EXPECT_EQ(bus.At(3).standing(), Standing::kComplete) << "the others have the key";
}

TEST(Cancel, NobodyCancelsInTheNameOfAnother) {
  const World world(3);
  const Parameters parameters = ParametersOf(world);
  Bus bus(world, parameters, SilentFrom(3, CEREMONY_ROUND_DEAL));
  bus.Settle();
  CeremonyAbort body;
  body.set_ground(CEREMONY_GROUND_CANCELLED);
  body.add_culprits(1);
  body.set_round(CEREMONY_ROUND_DEAL);
  const std::string forged =
      SignMessage({parameters.partnership, parameters.id, {}}, CEREMONY_ROUND_ABORT, NameOf(3),
                  body.SerializeAsString(), world.keys.at(3))
          .Serialise();
  ASSERT_EQ(bus.Carry(2, forged), absl::OkStatus());
  ASSERT_EQ(bus.At(2).findings().size(), 1u);
  EXPECT_EQ(bus.At(2).findings()[0].culprit, 3);
  EXPECT_EQ(bus.At(2).findings()[0].ground, CEREMONY_GROUND_UNFOUNDED);
}

TEST(Rebuild, WithANewIdentityKeyItIsJudgedByTheManifestOfThatTimeAndSaysNothing) {
  const World world(3);
  const Parameters parameters = ParametersOf(world);
  std::vector<Event> events;
  Bus bus(world, parameters, [&](const Delivery& one) -> std::vector<Delivery> {
    if (one.to == 1) events.push_back({test::kBegin_s, one.message});
    return {one};
  });
  bus.Settle();
  ASSERT_EQ(bus.At(1).standing(), Standing::kComplete);
  // As a log keeps it, with what it said itself.
  std::vector<Event> kept;
  for (const std::string& sent : bus.SentBy(1)) kept.push_back({test::kBegin_s, sent});
  const size_t own = kept.size();
  kept.insert(kept.end(), events.begin(), events.end());
  const World other(3, 99);
  const crypto::SigningKey& renewed = other.keys.at(1);
  for (size_t taken = own; taken <= kept.size(); ++taken) {
    auto again = Ceremony::Rebuild(parameters, world.manifest,
                                   Ceremony::Own{NameOf(1), renewed, world.SeedOf(1)},
                                   test::kBegin_s, std::span(kept).first(taken));
    ASSERT_TRUE(again.ok()) << taken << again.status();
    EXPECT_FALSE(again->Speaks());
    if (taken < kept.size()) {
      const auto message = again->Verify(kept[taken].message);
      ASSERT_TRUE(message.ok()) << message.status();
      const auto step = again->Accept(*message, test::kBegin_s);
      ASSERT_TRUE(step.ok()) << step.status();
      for (const Outgoing& one : step->send) {
        EXPECT_NE(ReadMessage(one.message)->head.sender(), NameOf(1)) << taken;
      }
    } else {
      ASSERT_EQ(again->standing(), Standing::kComplete);
      EXPECT_EQ(again->package()->digest, bus.At(1).package()->digest);
    }
  }
  // It does not begin with it.
  EXPECT_TRUE(absl::IsFailedPrecondition(Ceremony::Begin(parameters, world.manifest,
                                                         {NameOf(1), renewed, world.SeedOf(1)},
                                                         test::kBegin_s)
                                             .status()));
}

TEST(Rebuild, WhoHasDealtNeedsItsOldShareNoMore) {
  World world(4);
  const Parameters first = ParametersOf(world);
  Bus before(world, first);
  before.Settle();
  world.before = &before;
  const Parameters parameters = MakeParameters(world.ReshareDraft({1, 2}, {1, 2, 3, 4})).value();
  std::vector<Event> kept;
  Bus bus(world, parameters, [&](const Delivery& one) -> std::vector<Delivery> {
    if (one.to == 1) kept.push_back({test::kBegin_s, one.message});
    return {one};
  });
  bus.Settle();
  ASSERT_EQ(bus.At(1).standing(), Standing::kComplete);
  const auto rebuilt = [&](Round until) {
    std::vector<Event> events;
    for (const std::string& sent : bus.SentBy(1)) {
      if (test::RoundOf(sent) <= until) events.push_back({test::kBegin_s, sent});
    }
    events.insert(events.end(), kept.begin(), kept.end());
    return Ceremony::Rebuild(
        parameters, world.manifest,
        {NameOf(1), world.keys.at(1), world.SeedOf(1), {}, parameters.previous->digest},
        test::kBegin_s, events);
  };
  EXPECT_TRUE(absl::IsFailedPrecondition(rebuilt(CEREMONY_ROUND_COMMIT).status()));
  const auto again = rebuilt(CEREMONY_ROUND_DEAL);
  ASSERT_TRUE(again.ok()) << again.status();
  ASSERT_EQ(again->standing(), Standing::kComplete);
  EXPECT_EQ(again->package()->digest, bus.At(1).package()->digest);
  ASSERT_NE(again->share(), nullptr);
  EXPECT_EQ(crypto::oprf::MultiplyGenerator(*again->share()),
            again->package()->Find(1)->verification_key);
}

}  // namespace
}  // namespace sluis::keys
