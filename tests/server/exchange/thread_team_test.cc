#include "server/exchange/thread_team.h"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <set>
#include <thread>
#include <vector>

namespace sluis::exchange {
namespace {

TEST(ThreadTeamTest, DoesEachOnceAndIsDoneWhenItReturns) {
  ThreadTeam team(3);
  // Written by whoever did it, and read here without a lock.
  for (size_t count = 0; count < 300; ++count) {
    std::vector<int> done(count);
    team.Each(count, [&](size_t i) { ++done[i]; });
    EXPECT_EQ(done, std::vector<int>(count, 1));
  }
}

TEST(ThreadTeamTest, TheWholeTeamWorksWithTheCaller) {
  ThreadTeam team(2);
  ASSERT_EQ(team.threads(), 2u);
  // Nobody leaves before all three have come.
  std::barrier all(3);
  std::vector<std::thread::id> who(3);
  team.Each(3, [&](size_t i) {
    who[i] = std::this_thread::get_id();
    all.arrive_and_wait();
  });
  EXPECT_EQ(std::set<std::thread::id>(who.begin(), who.end()).size(), 3u);
}

TEST(ThreadTeamTest, WithoutThreadsTheCallerDoesItAll) {
  ThreadTeam team(0);
  size_t done = 0;
  team.Each(100, [&](size_t) { ++done; });
  EXPECT_EQ(done, 100u);
}

TEST(ThreadTeamTest, WhoFindsItAtWorkDoesItAlone) {
  ThreadTeam team(1);
  std::atomic<size_t> inner = 0;
  std::atomic<size_t> outer = 0;
  team.Each(2, [&](size_t) {
    std::thread other([&] { team.Each(10, [&](size_t) { ++inner; }); });
    other.join();
    ++outer;
  });
  EXPECT_EQ(outer, 2u);
  EXPECT_EQ(inner, 20u);
}

TEST(ThreadTeamTest, ManyAskAtOnce) {
  ThreadTeam team(2);
  std::atomic<size_t> done = 0;
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([&] {
      for (int round = 0; round < 50; ++round) team.Each(7, [&](size_t) { ++done; });
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(done, 4u * 50 * 7);
}

}  // namespace
}  // namespace sluis::exchange
