// Disks that are full, and disks that fail.
#include <gtest/gtest.h>

#include <atomic>

#include "server/ledger/disk_guard.h"
#include "tests/support/ledger_world.h"

namespace sluis::ledger {
namespace {

using tests::LedgerWorld;
using tests::List;
using tests::ScriptedStore;
using tests::Told;
using Operation = tests::SimulatedDisk::Operation;

class DiskTest : public testing::Test {
 protected:
  void SetUp() override {
    LedgerOptions options = world_.Options();
    options.free_bytes = [this](const std::string&) -> absl::StatusOr<uint64_t> {
      return free_.load();
    };
    options.low_water_bytes = 1000;
    options.ballast_bytes = 100;
    ASSERT_TRUE(world_.Open(std::move(options)).ok());
  }
  void SetFree(uint64_t bytes) {
    free_ = bytes;
    world_.ledger->Tick();
  }
  bool HasBallast() { return world_.files->Exists("/ledger/ballast").value(); }

  LedgerWorld world_;
  std::atomic<uint64_t> free_{1 << 20};
};

TEST_F(DiskTest, BelowLowWaterNewWorkIsRefusedUntilThereIsRoom) {
  EXPECT_TRUE(HasBallast());
  SetFree(999);
  EXPECT_EQ(world_.ledger->serving(), Serving::kDiskLow);
  EXPECT_STREQ(ServingCode(world_.ledger->serving()), "disk_low");
  EXPECT_NE(world_.ledger->serving_detail().find("free space"), std::string::npos);
  EXPECT_TRUE(absl::IsUnavailable(world_.Submit(world_.MakeEffect("no")).status));
  EXPECT_TRUE(HasBallast());
  SetFree(1000);
  EXPECT_EQ(world_.ledger->serving(), Serving::kServing);
  EXPECT_TRUE(world_.Submit(world_.MakeEffect("yes")).status.ok());
}

TEST_F(DiskTest, BallastIsGivenUpForWhatIsQueuedAndMadeAgain) {
  world_.store.Hold();
  std::future<Told> first = world_.SubmitLater(List(world_.MakeEffect("first")));
  world_.store.WaitUntilHeld();
  std::future<Told> queued = world_.SubmitLater(List(world_.MakeEffect("queued")));
  free_ = 249;
  world_.store.Release();
  EXPECT_TRUE(first.get().status.ok());
  EXPECT_TRUE(queued.get().status.ok()) << "what is queued is still written";
  EXPECT_FALSE(HasBallast());
  EXPECT_EQ(world_.ledger->serving(), Serving::kDiskLow);
  SetFree(1050);
  EXPECT_EQ(world_.ledger->serving(), Serving::kDiskLow) << "no room for the ballast yet";
  SetFree(1100);
  EXPECT_TRUE(HasBallast());
  EXPECT_EQ(world_.ledger->serving(), Serving::kServing);
}

// Whatever write or sync fails: on_fatal is called once, nobody is told anything, and nothing more
// happens.
class FaultTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(world_.Open().ok()); }

  void ExpectSilence(std::future<Told> told) {
    world_.ledger->Tick();  // returns when the thread has ended
    EXPECT_EQ(world_.fatal().size(), 1u);
    EXPECT_FALSE(tests::Answer(std::move(told)).has_value());
    EXPECT_TRUE(absl::IsUnavailable(world_.Submit(world_.MakeEffect("after")).status));
    world_.Close();
  }

  LedgerWorld world_;
};

TEST_F(FaultTest, AFailedBatchIsNeverAcknowledged) {
  world_.Grow(2);
  world_.store.FailNth(1, ScriptedStore::Failure::kNotWritten);
  ExpectSilence(world_.SubmitLater(List(world_.MakeEffect("lost"))));
  ASSERT_TRUE(world_.Open().ok());
  EXPECT_EQ(world_.ledger->size(), 2u);
  EXPECT_TRUE(world_.Submit(world_.MakeEffect("goes on")).status.ok());
}

TEST_F(FaultTest, ABatchThatMayBeThereIsNotAcknowledgedEither) {
  world_.Grow(2);
  world_.store.FailNth(1, ScriptedStore::Failure::kWritten);
  ExpectSilence(world_.SubmitLater(List(world_.MakeEffect("in doubt"))));
  ASSERT_TRUE(world_.Open().ok());
  EXPECT_EQ(world_.ledger->size(), 3u);
  EXPECT_EQ(world_.Submit(world_.MakeEffect("goes on")).logged[0].index, 3u);
}

TEST_F(FaultTest, WhatIsQueuedBehindAFailureIsNotWritten) {
  world_.store.Hold();
  world_.store.FailNth(1, ScriptedStore::Failure::kNotWritten);
  std::future<Told> first = world_.SubmitLater(List(world_.MakeEffect("first")));
  world_.store.WaitUntilHeld();
  std::future<Told> queued = world_.SubmitLater(List(world_.MakeEffect("queued")));
  world_.store.Release();
  ExpectSilence(std::move(first));
  EXPECT_FALSE(tests::Answer(std::move(queued)).has_value());
  EXPECT_EQ(world_.store.applied(), 1u);
}

TEST_F(FaultTest, AnyFailureOfTheMarkFileEndsTheProcess) {
  for (const Operation operation : {Operation::kWrite, Operation::kSync}) {
    LedgerWorld world;
    ASSERT_TRUE(world.Open().ok());
    world.Grow(1);
    world.disk->FailNth(operation, 1);
    world.ledger->Tick();
    EXPECT_EQ(world.fatal().size(), 1u);
    EXPECT_EQ(world.ledger->checkpoint().size, 0u);
    EXPECT_TRUE(absl::IsUnavailable(world.Submit(world.MakeEffect("after")).status));
  }
}

}  // namespace
}  // namespace sluis::ledger
