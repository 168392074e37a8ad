#include "server/ledger/checkpointer.h"

#include <gtest/gtest.h>

#include "crypto/checkpoint.h"
#include "server/ledger/tree_rows.h"
#include "tests/support/ledger_world.h"

namespace sluis::ledger {
namespace {

using tests::FakeClock;
using tests::kOrigin;
using tests::LedgerWorld;
using Operation = tests::SimulatedDisk::Operation;

class CheckpointerTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(world_.Open().ok()); }

  void FlipRow(const std::string& key) {
    std::string value = world_.store.Value(key);
    ASSERT_FALSE(value.empty());
    value[5] = static_cast<char>(value[5] ^ 1);
    world_.store.Tamper(key, value);
  }
  // A tick that must end the process and sign nothing.
  void ExpectRefusal() {
    const ShownCheckpoint before = world_.ledger->checkpoint();
    world_.ledger->Tick();
    ASSERT_EQ(world_.fatal().size(), 1u);
    EXPECT_TRUE(absl::IsDataLoss(world_.fatal()[0])) << world_.fatal()[0];
    EXPECT_EQ(world_.ledger->checkpoint().note, before.note);
  }

  LedgerWorld world_;
};

TEST_F(CheckpointerTest, ANewLogShowsTheEmptyTreeAtOnce) {
  const ShownCheckpoint shown = world_.ledger->checkpoint();
  EXPECT_EQ(shown.size, 0u);
  EXPECT_EQ(shown.root, crypto::EmptyRoot());
  EXPECT_TRUE(world_.files->Exists("/ledger/mark").value());
}

TEST_F(CheckpointerTest, IsMadeAtTheTickAndSignedByTheLogKey) {
  world_.Grow(5);
  EXPECT_EQ(world_.ledger->checkpoint().size, 0u) << "nothing finer than the tick is shown";
  world_.ledger->Tick();
  const ShownCheckpoint shown = world_.ledger->checkpoint();
  EXPECT_EQ(shown.size, 5u);
  EXPECT_EQ(shown.made_at_us, FakeClock::kStartUs);
  const auto key = crypto::VerifierKey::Parse(world_.ledger->verifier_key());
  ASSERT_TRUE(key.ok());
  const absl::StatusOr<crypto::Checkpoint> opened = crypto::OpenCheckpoint(shown.note, *key);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->origin, kOrigin);
  EXPECT_EQ(opened->head, (crypto::TreeHead{shown.size, shown.root}));
}

TEST_F(CheckpointerTest, HeartbeatRepeatsTheSameHeadWithANewTime) {
  world_.Grow(2);
  world_.ledger->Tick();
  const ShownCheckpoint first = world_.ledger->checkpoint();
  world_.clock.SetNowUs(FakeClock::kStartUs + 599'000'000);
  world_.ledger->Tick();
  EXPECT_EQ(world_.ledger->checkpoint().made_at_us, first.made_at_us);
  world_.clock.SetNowUs(FakeClock::kStartUs + 600'000'000);
  world_.ledger->Tick();
  EXPECT_EQ(world_.ledger->checkpoint().made_at_us, FakeClock::kStartUs + 600'000'000);
  EXPECT_EQ(world_.ledger->checkpoint().note, first.note);
}

TEST_F(CheckpointerTest, IsShownOnlyWhenTheMarkIsDurable) {
  world_.Grow(3);
  world_.disk->FailNth(Operation::kSync, 1);
  world_.ledger->Tick();
  EXPECT_EQ(world_.fatal().size(), 1u);
  EXPECT_EQ(world_.ledger->checkpoint().size, 0u);
}

TEST_F(CheckpointerTest, ARestartShowsTheSameCheckpointOfASizeNeverAnother) {
  for (uint64_t operations = 0; operations < 4; ++operations) {
    for (const tests::Survival how : tests::kSurvivals) {
      for (uint64_t seed = 1; seed <= 3; ++seed) {
        LedgerWorld world;
        ASSERT_TRUE(world.Open().ok());
        world.Grow(2);
        world.ledger->Tick();
        const ShownCheckpoint two = world.ledger->checkpoint();
        world.Grow(1);
        world.disk->PowerOffAfter(operations);
        world.ledger->Tick();
        const ShownCheckpoint shown = world.ledger->checkpoint();
        world.Crash(how, seed);
        ASSERT_TRUE(world.Open().ok());
        ASSERT_EQ(world.ledger->serving(), Serving::kServing);
        const ShownCheckpoint again = world.ledger->checkpoint();
        EXPECT_GE(again.size, shown.size);
        if (again.size == 2) {
          EXPECT_EQ(again.note, two.note);
        }
        world.ledger->Tick();
        const ShownCheckpoint three = world.ledger->checkpoint();
        EXPECT_EQ(three.size, 3u);
        if (shown.size == 3) {
          EXPECT_EQ(three.note, shown.note);
        }
        if (again.size == 3) {
          EXPECT_EQ(three.note, again.note);
        }
      }
    }
  }
}

TEST_F(CheckpointerTest, SignsNothingWhileTheClockStandsBeforeTheLastOne) {
  world_.Grow(1);
  world_.ledger->Tick();
  world_.clock.SetNowUs(FakeClock::kStartUs - 61'000'000);
  world_.Grow(1);
  world_.ledger->Tick();
  EXPECT_EQ(world_.ledger->checkpoint().size, 1u);
  EXPECT_EQ(world_.ledger->serving(), Serving::kServing);
  EXPECT_NE(world_.ledger->serving_detail().find("clock"), std::string::npos);
  world_.clock.SetNowUs(FakeClock::kStartUs - 59'000'000);
  world_.ledger->Tick();
  EXPECT_EQ(world_.ledger->checkpoint().size, 2u);
  EXPECT_EQ(world_.ledger->checkpoint().made_at_us, FakeClock::kStartUs) << "never earlier";
  EXPECT_EQ(world_.ledger->serving_detail(), "");
}

TEST_F(CheckpointerTest, RefusesAFlippedHashRow) {
  world_.Grow(3);
  world_.ledger->Tick();
  world_.Grow(2);
  FlipRow(HashRowKey(0, 3));
  ExpectRefusal();
}

TEST_F(CheckpointerTest, RefusesARowFlippedSinceTheLastCheckpoint) {
  world_.Grow(3);
  world_.ledger->Tick();
  FlipRow(HashRowKey(0, 1));
  world_.Grow(1);
  ExpectRefusal();
}

TEST_F(CheckpointerTest, RefusesAFlippedTile) {
  std::vector<Effect> effects;
  for (int i = 0; i < 256; ++i) effects.push_back(world_.MakeEffect("fill"));
  world_.Grow(3);
  ASSERT_TRUE(world_.Submit(std::move(effects)).status.ok());
  FlipRow(TileRowKey(0, 0));
  ExpectRefusal();
  ASSERT_FALSE(world_.fatal().empty());
  EXPECT_NE(world_.fatal()[0].message().find("tile 0 of level 0"), std::string::npos);
}

}  // namespace
}  // namespace sluis::ledger
