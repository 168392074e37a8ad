// Ceremonies and the clocks of nodes: when a node looks, how short a round may be, and clocks that
// are set back.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>

#include "server/core/ceremony_day.h"
#include "server/core/ceremony_upkeep.h"
#include "tests/server/exchange/key_world.h"

namespace sluis::exchange {
namespace {

using record::v1::CEREMONY_STATE_COMPLETE;
using ::testing::IsEmpty;
using tests::CodeOf;
using tests::KeyWorld;

constexpr uint64_t kSecondUs = 1'000'000;
constexpr auto kHour = std::chrono::hours(1);

// One second at each of them, as the loop of a node spends it.
void PassSecond(KeyWorld& world) {
  for (size_t at = 0; at < world.size(); ++at) {
    auto& h = world.node(at).h;
    h.clock.Advance(std::chrono::seconds(1));
    if (!world.link(at).ceremonies().IsDue(h.clock.NowUs())) continue;
    EXPECT_EQ(core::KeepKeys(*h.ledger, *h.executor, *h.terms.Get(), h.clock.NowUs(),
                             world.link(at).ceremonies(), [] {}),
              absl::OkStatus());
  }
  EXPECT_TRUE(world.Settle());
}

void SetBack(KeyWorld& world, size_t at) {
  auto& clock = world.node(at).h.clock;
  clock.SetNowUs(clock.NowUs() - static_cast<uint64_t>(std::chrono::microseconds(kHour).count()));
}

// With short rounds, whoever looked once a minute would keep the others waiting for so
// long that they name it.
TEST(CeremonyTime, ANodeAsksWhenItIsDueAndNotAMinuteLater) {
  KeyWorld world(3);
  node::v1::StartCeremonyRequest request = KeyWorld::Generation();
  request.set_round_seconds(core::kLeastRoundSeconds);
  const std::string id = world.Agreed(request);
  for (const auto& [from, to] : {std::pair(0, 1), std::pair(1, 0)}) {
    world.network().Cut(KeyWorld::NameOf(static_cast<size_t>(from)),
                        KeyWorld::NameOf(static_cast<size_t>(to)));
  }
  uint64_t passed = 0;
  for (; passed < 6 * core::kLeastRoundSeconds && !world.AllStand(id, CEREMONY_STATE_COMPLETE);
       ++passed)
    PassSecond(world);
  // What two cannot tell each other is asked for in each of the five rounds, in which settling
  // takes milliseconds too.
  EXPECT_GE(passed, 5 * (core::kLeastRoundSeconds - 1));
  EXPECT_LE(passed, 5 * (core::kLeastRoundSeconds + 2));
  for (size_t at = 0; at < world.size(); ++at) {
    EXPECT_THAT(world.Ceremony(at, id).findings(), IsEmpty()) << at;
  }
}

TEST(CeremonyTime, ANodeThatStartsAgainKnowsWhatIsDueFromItsFirstLook) {
  KeyWorld world(3);
  const std::string id = world.Agreed(KeyWorld::Generation());
  world.Isolate(2);
  ASSERT_TRUE(world.Settle());
  const uint64_t due_us = world.Ceremony(0, id).due_s() * kSecondUs;
  EXPECT_FALSE(world.link(0).ceremonies().IsDue(due_us - 1));
  EXPECT_TRUE(world.link(0).ceremonies().IsDue(due_us));
  world.Restart(0);
  EXPECT_FALSE(world.link(0).ceremonies().IsDue(due_us)) << "nothing is known before a look";
  auto& h = world.node(0).h;
  const uint64_t now_us = h.clock.NowUs();
  ASSERT_EQ(core::KeepKeys(*h.ledger, *h.executor, *h.terms.Get(), now_us,
                           world.link(0).ceremonies(), [] {}),
            absl::OkStatus());
  EXPECT_FALSE(world.link(0).ceremonies().IsDue(due_us - 1));
  EXPECT_TRUE(world.link(0).ceremonies().IsDue(due_us));
  // It may look then although it has just looked, and once only.
  EXPECT_FALSE(world.link(0).ceremonies().IsTimeToLook(now_us + 1));
  EXPECT_TRUE(world.link(0).ceremonies().IsTimeToLook(due_us));
  EXPECT_FALSE(world.link(0).ceremonies().IsTimeToLook(due_us + 1));
}

// As an earlier version may have written it.
TEST(CeremonyTime, ARowThatIsDueTooEarlyIsNotTriedAgainAndAgain) {
  KeyWorld world(3);
  const auto started = world.Start(0, KeyWorld::Generation());
  ASSERT_TRUE(started.ok());
  ASSERT_TRUE(world.Settle());
  auto& h = world.node(0).h;
  record::v1::StoredCeremony row = world.Ceremony(0, started->id());
  row.set_due_s(h.clock.NowUs() / kSecondUs + 3);
  const std::string key = core::CeremonyKey(started->id());
  const uint64_t stamp =
      world.With(0, [&](const core::View& view) { return view.StampOf(key).value_or(0); });
  h.PutRow(key, stamp, row.SerializeAsString());
  world.Restart(0);
  ASSERT_EQ(core::KeepKeys(*h.ledger, *h.executor, *h.terms.Get(), h.clock.NowUs(),
                           world.link(0).ceremonies(), [] {}),
            absl::OkStatus());
  const uint64_t before = h.size();
  for (int second = 0; second < 30; ++second) {
    h.clock.Advance(std::chrono::seconds(1));
    if (!world.link(0).ceremonies().IsDue(h.clock.NowUs())) continue;
    const absl::Status kept = core::KeepKeys(*h.ledger, *h.executor, *h.terms.Get(),
                                             h.clock.NowUs(), world.link(0).ceremonies(), [] {});
    EXPECT_EQ(CodeOf(kept), "not_due");
  }
  EXPECT_EQ(h.size(), before + 1);
  EXPECT_EQ(world.Ceremony(0, started->id()).state(), record::v1::CEREMONY_STATE_RUNNING);
}

TEST(CeremonyTime, RoundsShorterThanANodeNeedsAreRefused) {
  KeyWorld world(3);
  node::v1::StartCeremonyRequest request = KeyWorld::Generation();
  request.set_round_seconds(core::kLeastRoundSeconds - 1);
  const auto refused = world.Start(0, request);
  EXPECT_EQ(CodeOf(refused.status()), "bad_request");
  EXPECT_THAT(
      std::string(refused.status().message()),
      ::testing::HasSubstr("give " + std::to_string(core::kLeastRoundSeconds) + " to 604800"));
  request.set_round_seconds(core::kLeastRoundSeconds);
  const auto started = world.Start(0, request);
  ASSERT_TRUE(started.ok()) << started.status();
  ASSERT_TRUE(world.Settle());
  // Nor are they taken from a partner whose node would let them through.
  peer::v1::CeremonyParameters draft;
  ASSERT_TRUE(draft.ParseFromString(world.Ceremony(0, started->id()).parameters()));
  draft.set_purpose("haastig");
  draft.set_round_seconds(static_cast<uint32_t>(core::kLeastRoundSeconds - 1));
  const auto hasty = keys::MakeParameters(draft);
  ASSERT_TRUE(hasty.ok()) << hasty.status();
  const auto begun = keys::Ceremony::Begin(
      *hasty, world.node(1).manifest(),
      {KeyWorld::NameOf(1), world.node(1).own().identity(), crypto::Secret<32>()},
      world.node(1).h.clock.NowUs() / kSecondUs);
  ASSERT_TRUE(begun.ok()) << begun.status();
  EXPECT_EQ(world.Carry(1, 2, {begun->step.send[0].message}), absl::OkStatus());
  EXPECT_EQ(world.node(2).h.Last().act.operation(), record::v1::OPERATION_REFUSAL);
  EXPECT_EQ(world.Keys(2).ceremonies_size(), 1);
  // And one that was taken before is not agreed to.
  record::v1::StoredCeremony row = world.Ceremony(2, started->id());
  row.set_parameters(hasty->bytes);
  const std::string key = core::CeremonyKey(crypto::View(hasty->id));
  row.clear_held();
  row.set_events(0);
  world.node(2).h.PutRow(key, 1, row.SerializeAsString());
  const absl::Status agreed = world.Agree(2, std::string(crypto::View(hasty->id)));
  EXPECT_EQ(CodeOf(agreed), "no_ceremony");
  EXPECT_THAT(std::string(agreed.message()), ::testing::HasSubstr("shorter than 200 seconds"));
}

// Messages are ordered by a time that then lies ahead: they leave all the same, and once.
TEST(CeremonyTime, AClockSetBackHoldsUpNoMessageAndUnmakesNoRound) {
  for (int sent = 1; sent < 8; ++sent) {
    KeyWorld world(3);
    const std::string id = world.Agreed(KeyWorld::Generation());
    for (int i = 0; i < sent; ++i) world.SendFrom(static_cast<size_t>(i) % 3);
    const uint32_t round = world.Ceremony(0, id).round();
    SetBack(world, 0);
    world.Restart(0);
    ASSERT_TRUE(world.Settle());
    EXPECT_GE(world.Ceremony(0, id).round(), round);
    EXPECT_TRUE(world.AllStand(id, CEREMONY_STATE_COMPLETE)) << sent;
    for (const size_t other : {1u, 2u}) {
      const auto outstanding = world.link(0).outbound().Outstanding(KeyWorld::NameOf(other));
      ASSERT_TRUE(outstanding.ok());
      EXPECT_THAT(*outstanding, IsEmpty()) << "sent again and again, " << sent;
    }
    for (size_t at = 0; at < world.size(); ++at) {
      EXPECT_THAT(world.Ceremony(at, id).findings(), IsEmpty()) << at;
    }
  }
}

TEST(CeremonyTime, WhatCameBeforeTheClockWasSetBackKeepsNobodyWaiting) {
  KeyWorld world(3);
  const auto started = world.Start(0, KeyWorld::Generation());
  ASSERT_TRUE(started.ok());
  ASSERT_TRUE(world.Settle());
  ASSERT_EQ(world.Agree(1, started->id()), absl::OkStatus());
  ASSERT_TRUE(world.Settle());
  SetBack(world, 2);
  ASSERT_EQ(world.Agree(2, started->id()), absl::OkStatus());
  const auto due_soon = [&] {
    const record::v1::StoredCeremony row = world.Ceremony(2, started->id());
    EXPECT_EQ(row.round(), static_cast<uint32_t>(peer::v1::CEREMONY_ROUND_COMMIT));
    EXPECT_GT(row.due_s(), 0u);
    EXPECT_LE(row.due_s(), world.node(2).h.clock.NowUs() / kSecondUs + 240);
  };
  due_soon();
  // The same once the machine is made anew, which takes the times from the rows.
  world.Restart(2);
  world.network().Cut(KeyWorld::NameOf(1), KeyWorld::NameOf(2));
  const uint32_t events = world.Ceremony(2, started->id()).events();
  ASSERT_TRUE(world.Settle());
  EXPECT_GT(world.Ceremony(2, started->id()).events(), events);
  EXPECT_GE(world.link(2).ceremonies().made(), 1u);
  due_soon();
}

}  // namespace
}  // namespace sluis::exchange
