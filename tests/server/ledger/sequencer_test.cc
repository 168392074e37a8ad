#include "server/ledger/sequencer.h"

#include <gtest/gtest.h>

#include <thread>

#include "server/ledger/row.h"
#include "tests/support/ledger_world.h"

namespace sluis::ledger {
namespace {

using tests::LedgerWorld;
using tests::List;
using tests::Told;

class SequencerTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(world_.Open().ok()); }

  // One entry is being written, and what is submitted now gathers behind it.
  std::future<Told> HoldUp() {
    world_.store.Hold();
    std::future<Told> first = world_.SubmitLater(List(world_.MakeEffect("first")));
    world_.store.WaitUntilHeld();
    return first;
  }

  LedgerWorld world_;
};

TEST_F(SequencerTest, GivesEachEntryTheNextIndexAndATimeOfTheTick) {
  const Told one = world_.Submit(world_.MakeEffect("one"));
  world_.clock.SetNowUs(tests::FakeClock::kStartUs + 1'999'999);
  const Told two = world_.Submit(List(world_.MakeEffect("two"), world_.MakeEffect("three")));
  ASSERT_TRUE(one.status.ok() && two.status.ok());
  ASSERT_EQ(one.logged.size(), 1u);
  ASSERT_EQ(two.logged.size(), 2u);
  EXPECT_EQ(one.logged[0].index, 0u);
  EXPECT_EQ(one.logged[0].logged_at_us, tests::FakeClock::kStartUs);
  EXPECT_EQ(two.logged[1].index, 2u);
  EXPECT_EQ(two.logged[1].logged_at_us, tests::FakeClock::kStartUs + 1'000'000);
  EXPECT_EQ(world_.ledger->size(), 3u);
}

TEST_F(SequencerTest, LoggedAtNeverDecreasesWhenTheClockStepsBack) {
  const Told before = world_.Submit(world_.MakeEffect("before"));
  world_.clock.SetNowUs(tests::FakeClock::kStartUs - 3'600'000'000);
  const Told after = world_.Submit(world_.MakeEffect("after"));
  EXPECT_EQ(after.logged[0].logged_at_us, before.logged[0].logged_at_us);
  world_.Close();
  ASSERT_TRUE(world_.Open().ok());
  const Told reopened = world_.Submit(world_.MakeEffect("reopened"));
  EXPECT_EQ(reopened.logged[0].logged_at_us, before.logged[0].logged_at_us);
}

TEST_F(SequencerTest, WhatGathersDuringAWriteIsOneBatch) {
  std::future<Told> first = HoldUp();
  std::vector<std::future<Told>> more;
  for (int i = 0; i < 20; ++i) more.push_back(world_.SubmitLater(List(world_.MakeEffect("more"))));
  world_.store.Release();
  ASSERT_TRUE(first.get().status.ok());
  for (auto& told : more) ASSERT_TRUE(told.get().status.ok());
  EXPECT_EQ(world_.store.applied(), 2u);
  EXPECT_EQ(world_.ledger->size(), 21u);
}

TEST_F(SequencerTest, AFullQueueRefusesAndWritesNothing) {
  world_.Close();
  LedgerOptions options = world_.Options();
  options.queue_capacity = 3;
  ASSERT_TRUE(world_.Open(std::move(options)).ok());
  std::future<Told> first = HoldUp();
  std::vector<std::future<Told>> fit;
  for (int i = 0; i < 3; ++i) fit.push_back(world_.SubmitLater(List(world_.MakeEffect("fits"))));
  const Told over = world_.Submit(world_.MakeEffect("one too many"));
  EXPECT_TRUE(absl::IsResourceExhausted(over.status)) << over.status;
  world_.store.Release();
  ASSERT_TRUE(first.get().status.ok());
  for (auto& told : fit) EXPECT_TRUE(told.get().status.ok());
  EXPECT_EQ(world_.ledger->size(), 4u);
}

TEST_F(SequencerTest, DrainFinishesWhatIsQueuedAndRefusesTheRest) {
  std::future<Told> first = HoldUp();
  std::future<Told> queued = world_.SubmitLater(List(world_.MakeEffect("queued")));
  std::thread drain([this] { world_.ledger->Drain(); });
  while (world_.ledger->serving() != Serving::kDraining) std::this_thread::yield();
  EXPECT_TRUE(absl::IsUnavailable(world_.Submit(world_.MakeEffect("late")).status));
  world_.store.Release();
  drain.join();
  EXPECT_TRUE(first.get().status.ok());
  EXPECT_TRUE(queued.get().status.ok());
  EXPECT_EQ(world_.ledger->size(), 2u);
  EXPECT_EQ(world_.ledger->checkpoint().size, 2u) << "draining makes a last checkpoint";
}

TEST_F(SequencerTest, RefusesAnEmptyAndAnEndlessSubmission) {
  EXPECT_TRUE(absl::IsInvalidArgument(world_.Submit(std::vector<Effect>()).status));
  std::vector<Effect> many;
  for (int i = 0; i < 257; ++i) many.push_back(world_.MakeEffect("many"));
  EXPECT_TRUE(absl::IsInvalidArgument(world_.Submit(std::move(many)).status));
  EXPECT_EQ(world_.ledger->size(), 0u);
}

TEST_F(SequencerTest, ManyThreadsEachGetTheirOwnIndex) {
  constexpr int kThreads = 4;
  constexpr int kEach = 100;
  std::vector<std::thread> threads;
  std::mutex mutex;
  std::vector<uint64_t> indices;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kEach; ++i) {
        const Told told = world_.Submit(world_.MakeEffect("load", "about " + std::to_string(i)));
        ASSERT_TRUE(told.status.ok());
        const std::lock_guard lock(mutex);
        indices.push_back(told.logged[0].index);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::sort(indices.begin(), indices.end());
  ASSERT_EQ(indices.size(), size_t{kThreads * kEach});
  for (size_t i = 0; i < indices.size(); ++i) EXPECT_EQ(indices[i], i);
}

}  // namespace
}  // namespace sluis::ledger
