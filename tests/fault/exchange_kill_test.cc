// Two real daemons that exchange, killed without warning at every step: before each message and
// after it, when what it asked for is durable and the answer is still on its way. Whoever is killed
// starts again, and each exchange ends matched, once. What a power cut takes, crash_test shows.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <cstdio>
#include <optional>
#include <set>
#include <utility>

#include "tests/fault/exchange_site.h"
#include "tests/fault/held_lines.h"

namespace sluis::fault {
namespace {

using record::v1::ReceivedState;
using record::v1::SentState;
// How an exchange stood on both sides when its messages were stopped.
using Standing = std::pair<SentState, ReceivedState>;

constexpr size_t kToCare = 0;
constexpr size_t kToTown = 1;
constexpr Standing kOfferOnItsWay{record::v1::SENT_STATE_OFFERED,
                                  record::v1::RECEIVED_STATE_UNSPECIFIED};
constexpr Standing kCollected{record::v1::SENT_STATE_OFFERED, record::v1::RECEIVED_STATE_COLLECTED};
constexpr Standing kReleased{record::v1::SENT_STATE_RELEASED, record::v1::RECEIVED_STATE_COLLECTED};
constexpr Standing kOpenedThere{record::v1::SENT_STATE_RELEASED, record::v1::RECEIVED_STATE_OPENED};
constexpr Standing kOpenedHere{record::v1::SENT_STATE_OPENED, record::v1::RECEIVED_STATE_OPENED};

class ExchangeKillTest : public ::testing::Test {
 protected:
  void SetUp() override {
    pair_.care.Admit();
    pair_.town.Admit();
    pair_.care.Join(0);
    pair_.town.Join(0);
    const auto line = [this](size_t at) {
      return std::vector<std::string>{"127.0.0.1:" + std::to_string(lines_.port(at))};
    };
    pair_.Start({{pair_.care.id(), line(kToCare)}, {pair_.town.id(), line(kToTown)}},
                [this] { Lead(); });
  }
  void Lead() {
    lines_.LeadTo(kToCare, pair_.care.node().peer_port());
    lines_.LeadTo(kToTown, pair_.town.node().peer_port());
  }
  Standing StandingOf(const std::string& exchange) {
    const auto sent = pair_.care.Sent();
    const auto received = pair_.town.Received();
    const auto theirs = received.find(exchange);
    return {sent.at(exchange),
            theirs == received.end() ? record::v1::RECEIVED_STATE_UNSPECIFIED : theirs->second};
  }
  // Stops one exchange at piece after piece, and kills the victim where it was not killed before:
  // at that step, with that kind of piece on its way. False when the exchange went all the way.
  bool ShareAndKill(ExchangeSite& victim, std::set<std::pair<Standing, HeldLines::Place>>* met) {
    lines_.HoldNext();
    const std::string exchange = pair_.care.Share(pair_.care.Record(), pair_.town.id());
    ++shared_;
    for (;; lines_.HoldNext()) {
      EXPECT_TRUE(Eventually([&] { return lines_.held() || pair_.Finished(exchange); }));
      const std::optional<HeldLines::Place> held = lines_.held();
      if (!held) return false;
      const Standing standing = StandingOf(exchange);
      // What is on its way while nothing is due belongs to no exchange.
      if (standing.first == record::v1::SENT_STATE_COOLING_OFF) continue;
      if (!met->emplace(standing, *held).second) continue;
      std::printf("| %-24s killed at sent %d, received %d, with %s to %s on its way\n",
                  victim.id().c_str(), standing.first, standing.second,
                  held->answer ? "an answer" : "a call", held->line == kToCare ? "care" : "town");
      EXPECT_EQ(victim.End(SIGKILL), -SIGKILL);
      lines_.EndAll();
      EXPECT_TRUE(victim.Start()) << victim.node().Errors();
      Lead();
      EXPECT_TRUE(Eventually([&] { return pair_.Finished(exchange); }));
      return true;
    }
  }
  // The same with what the recipient tells of an order: before it is known here, and after.
  bool HandOverAndKill(ExchangeSite& victim, std::set<std::pair<bool, HeldLines::Place>>* met) {
    const std::string exchange = pair_.care.Share(pair_.care.Record(), pair_.town.id());
    ++shared_;
    EXPECT_TRUE(Eventually([&] { return pair_.Finished(exchange); }));
    const auto is_told = [&] {
      return pair_.care.TimesHandedOver(exchange) == 1 && pair_.Finished(exchange);
    };
    lines_.HoldNext();
    pair_.town.HandOver(exchange);
    for (;; lines_.HoldNext()) {
      EXPECT_TRUE(Eventually([&] { return lines_.held() || is_told(); }));
      const std::optional<HeldLines::Place> held = lines_.held();
      if (!held) {
        // The next share is not to be held where this left off.
        lines_.EndAll();
        Lead();
        return false;
      }
      const bool is_known = pair_.care.TimesHandedOver(exchange) == 1;
      if (!met->emplace(is_known, *held).second) continue;
      std::printf("| %-24s killed with what was handed over %s, with %s to %s on its way\n",
                  victim.id().c_str(), is_known ? "told" : "not told yet",
                  held->answer ? "an answer" : "a call", held->line == kToCare ? "care" : "town");
      EXPECT_EQ(victim.End(SIGKILL), -SIGKILL);
      lines_.EndAll();
      EXPECT_TRUE(victim.Start()) << victim.node().Errors();
      Lead();
      EXPECT_TRUE(Eventually(is_told));
      return true;
    }
  }
  void KillAtEveryStep(ExchangeSite& victim) {
    std::set<std::pair<Standing, HeldLines::Place>> met;
    while (ShareAndKill(victim, &met)) ASSERT_FALSE(HasFailure());
    std::set<Standing> steps;
    for (const auto& [standing, place] : met) steps.insert(standing);
    EXPECT_THAT(steps, ::testing::IsSupersetOf(
                           {kOfferOnItsWay, kCollected, kReleased, kOpenedThere, kOpenedHere}));
  }
  void AllMatchedOnce() {
    EXPECT_THAT(pair_.Verdicts(),
                ::testing::ElementsAreArray(std::vector<std::string>(shared_, "matched opened")));
    EXPECT_EQ(pair_.town.Received().size(), shared_);
    EXPECT_EQ(pair_.care.Sent().size(), shared_);
    EXPECT_EQ(pair_.care.End(SIGTERM), 0);
    EXPECT_EQ(pair_.town.End(SIGTERM), 0);
  }

  HeldLines lines_{2};
  ExchangePair pair_{{}, {}};
  size_t shared_ = 0;
};

TEST_F(ExchangeKillTest, ASenderKilledAtAnyStepEndsMatchedOnce) {
  KillAtEveryStep(pair_.care);
  AllMatchedOnce();
}

TEST_F(ExchangeKillTest, AReceiverKilledAtAnyStepEndsMatchedOnce) {
  KillAtEveryStep(pair_.town);
  AllMatchedOnce();
}

// What is handed over on order is told, once, whoever dies before that is known or after.
TEST_F(ExchangeKillTest, WhatWasHandedOverIsToldOnceWhoeverIsKilled) {
  for (ExchangeSite* victim : {&pair_.town, &pair_.care}) {
    std::set<std::pair<bool, HeldLines::Place>> met;
    while (HandOverAndKill(*victim, &met)) ASSERT_FALSE(HasFailure());
    EXPECT_THAT(met, ::testing::IsSupersetOf({std::pair(false, HeldLines::Place{kToCare, false}),
                                              std::pair(true, HeldLines::Place{kToCare, true})}));
  }
  AllMatchedOnce();
}

}  // namespace
}  // namespace sluis::fault
