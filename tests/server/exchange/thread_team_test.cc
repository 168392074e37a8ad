#include "server/exchange/thread_team.h"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <set>
#include <stdexcept>
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

// The caller's left Each while others still worked on what lay on its stack; another's ended the
// process.
TEST(ThreadTeamTest, WhatWasThrownLeftBeforeAllHadReturned) {
  ThreadTeam team(1);
  ASSERT_EQ(team.threads(), 1u);
  for (const bool by_caller : {true, false}) {
    const std::thread::id caller = std::this_thread::get_id();
    std::barrier both(2);
    std::atomic<size_t> begun = 0;
    std::atomic<size_t> returned = 0;
    EXPECT_THROW(team.Each(100,
                           [&](size_t) {
                             // The first two are of one thread each.
                             if (++begun <= 2) both.arrive_and_wait();
                             if ((std::this_thread::get_id() == caller) == by_caller) {
                               throw std::runtime_error("thrown");
                             }
                             ++returned;
                           }),
                 std::runtime_error)
        << by_caller;
    EXPECT_GE(returned, 1u);
    EXPECT_EQ(returned + 1, begun);
    std::vector<int> done(50);
    team.Each(done.size(), [&](size_t i) { ++done[i]; });
    EXPECT_EQ(done, std::vector<int>(50, 1)) << "the team goes on";
  }
  EXPECT_THROW(ThreadTeam(0).Each(3, [](size_t) { throw std::runtime_error("thrown"); }),
               std::runtime_error);
}

}  // namespace
}  // namespace sluis::exchange
