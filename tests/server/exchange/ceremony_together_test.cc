// Messages about one ceremony that reach a node at the same time.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "server/core/turns.h"
#include "tests/server/exchange/key_world.h"

namespace sluis::exchange {
namespace {

using record::v1::CEREMONY_STATE_COMPLETE;
using ::testing::Each;
using tests::HeldBack;
using tests::KeyWorld;

TEST(CeremonyTogether, LettersOfSeveralMembersAtOnceCostNoMachineAndNoRefusal) {
  KeyWorld world(5);
  HeldBack held(world, 0);
  const auto started = world.Start(1, KeyWorld::Generation());
  ASSERT_TRUE(started.ok()) << started.status();
  const std::string& id = started->id();
  world.Round();
  EXPECT_THAT(held.HandOver(), Each(absl::OkStatus()));
  for (const size_t other : {2u, 3u, 4u}) ASSERT_EQ(world.Agree(other, id), absl::OkStatus());
  world.Round();
  // Also while its administrator agrees.
  absl::Status agreed = absl::UnknownError("no answer");
  EXPECT_THAT(held.HandOver([&] { agreed = world.Agree(0, id); }), Each(absl::OkStatus()));
  EXPECT_EQ(agreed, absl::OkStatus());
  for (int round = 0; round < 40; ++round) {
    world.Round();
    EXPECT_THAT(held.HandOver(), Each(absl::OkStatus()));
  }
  EXPECT_TRUE(world.AllStand(id, CEREMONY_STATE_COMPLETE));
  EXPECT_EQ(world.link(0).ceremonies().made(), 0u);
  for (const tests::Opened& entry : world.node(0).h.Entries()) {
    EXPECT_NE(entry.act.outcome(), record::v1::OUTCOME_ABORTED);
    EXPECT_NE(entry.act.operation(), record::v1::OPERATION_REFUSAL);
  }
  std::set<std::string> digests;
  for (size_t at = 0; at < world.size(); ++at) {
    const auto pinned = world.Pinned(at);
    ASSERT_TRUE(pinned.ok()) << at;
    digests.insert(std::string(crypto::View(pinned->package.digest)));
  }
  EXPECT_EQ(digests.size(), 1u);
}

TEST(TurnsTest, TheNextBeginsWhenTheTurnOfTheLastIsLetGoOf) {
  core::Turns turns;
  std::vector<int> order;
  core::Turns::Turn first;
  std::promise<void> began;
  ASSERT_TRUE(turns.Take("a", [&](core::Turns::Turn turn) {
    order.push_back(1);
    first = std::move(turn);
    began.set_value();
  }));
  began.get_future().get();
  std::atomic<bool> second = false;
  ASSERT_TRUE(turns.Take("b", [&](const core::Turns::Turn&) {
    second = true;
    order.push_back(3);
  }));
  for (int i = 0; i < 10'000 && !second; ++i) std::this_thread::yield();
  ASSERT_FALSE(second) << "the first still holds its turn";
  order.push_back(2);
  first.reset();
  turns.Finish();
  EXPECT_THAT(order, ::testing::ElementsAre(1, 2, 3));
  EXPECT_FALSE(turns.Take("a", [](const core::Turns::Turn&) {}));
}

TEST(TurnsTest, OneCallerCannotKeepTheOthersWaitingWithoutEnd) {
  core::Turns turns;
  core::Turns::Turn first;
  std::promise<void> began;
  ASSERT_TRUE(turns.Take("a", [&](core::Turns::Turn turn) {
    first = std::move(turn);
    began.set_value();
  }));
  began.get_future().get();
  size_t ran = 0;
  for (size_t i = 0; i < core::Turns::kMostWaiting; ++i) {
    EXPECT_TRUE(turns.Take("a", [&](const core::Turns::Turn&) { ++ran; }));
  }
  EXPECT_FALSE(turns.Take("a", [&](const core::Turns::Turn&) { ++ran; }));
  EXPECT_TRUE(turns.Take("b", [&](const core::Turns::Turn&) { ++ran; }));
  first.reset();
  turns.Finish();
  EXPECT_EQ(ran, core::Turns::kMostWaiting + 1);
}

}  // namespace
}  // namespace sluis::exchange
