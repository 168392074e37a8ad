#include "server/ledger/group.h"

#include <gtest/gtest.h>

#include "server/ledger/row.h"
#include "server/ledger/stamps.h"
#include "tests/support/ledger_world.h"

namespace sluis::ledger {
namespace {

using tests::LedgerWorld;
using tests::List;
using tests::Told;

class GroupTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(world_.Open().ok()); }

  Effect Writing(const std::string& row, std::optional<std::string> value, uint64_t expected) {
    Effect effect = world_.MakeEffect("write " + row);
    effect.preconditions.push_back({row, expected});
    effect.writes.push_back({row, std::move(value)});
    return effect;
  }
  Row Stored(const std::string& row) { return *ReadRow(*world_.store.NewSnapshot(), row); }
  // Submits all of these in one group.
  std::vector<Told> InOneGroup(std::vector<std::vector<Effect>> submissions) {
    const uint64_t batches = world_.store.applied();
    world_.store.Hold();
    std::future<Told> first = world_.SubmitLater(List(world_.MakeEffect("first")));
    world_.store.WaitUntilHeld();
    std::vector<std::future<Told>> later;
    for (auto& effects : submissions) later.push_back(world_.SubmitLater(std::move(effects)));
    world_.store.Release();
    EXPECT_TRUE(first.get().status.ok());
    std::vector<Told> told;
    for (auto& one : later) told.push_back(one.get());
    EXPECT_LE(world_.store.applied(), batches + 2);
    return told;
  }

  LedgerWorld world_;
};

TEST_F(GroupTest, ARowCarriesTheStampOfTheEntryThatWroteIt) {
  world_.Grow(4);
  const Told told = world_.Submit(Writing("uanna", "v1", kAbsent));
  ASSERT_TRUE(told.status.ok()) << told.status;
  EXPECT_EQ(Stored("uanna").stamp, told.logged[0].index + 1);
  EXPECT_EQ(Stored("uanna").value, "v1");
  EXPECT_EQ(world_.store.Value("uanna"), JoinRow(5, "v1"));
}

TEST_F(GroupTest, APreconditionHoldsOnlyForTheStampNamed) {
  ASSERT_TRUE(world_.Submit(Writing("uanna", "v1", kAbsent)).status.ok());
  EXPECT_TRUE(absl::IsAborted(world_.Submit(Writing("uanna", "v2", kAbsent)).status));
  EXPECT_TRUE(absl::IsAborted(world_.Submit(Writing("uanna", "v2", 7)).status));
  EXPECT_EQ(world_.ledger->size(), 1u) << "what is aborted leaves no entry";
  ASSERT_TRUE(world_.Submit(Writing("uanna", std::nullopt, 1)).status.ok());
  EXPECT_EQ(Stored("uanna").stamp, kAbsent);
  EXPECT_TRUE(world_.Submit(Writing("uanna", "again", kAbsent)).status.ok());
}

TEST_F(GroupTest, OfTwoConflictingEffectsInOneGroupOneWins) {
  const std::vector<Told> told = InOneGroup([&] {
    std::vector<std::vector<Effect>> all;
    all.push_back(List(Writing("uanna", "one", kAbsent)));
    all.push_back(List(Writing("uanna", "two", kAbsent)));
    all.push_back(List(Writing("ubert", "other", kAbsent)));
    return all;
  }());
  EXPECT_TRUE(told[0].status.ok());
  EXPECT_TRUE(absl::IsAborted(told[1].status)) << told[1].status;
  EXPECT_TRUE(told[1].logged.empty());
  EXPECT_TRUE(told[2].status.ok());
  EXPECT_EQ(Stored("uanna").value, "one");
  EXPECT_EQ(world_.ledger->size(), 3u);
}

TEST_F(GroupTest, AnEffectSeesWhatTheSameGroupDeleted) {
  ASSERT_TRUE(world_.Submit(Writing("uanna", "v1", kAbsent)).status.ok());
  world_.store.Hold();
  std::future<Told> first = world_.SubmitLater(List(world_.MakeEffect("first")));
  world_.store.WaitUntilHeld();
  std::future<Told> removed = world_.SubmitLater(List(Writing("uanna", std::nullopt, 1)));
  std::future<Told> relied = world_.SubmitLater(List(Writing("ubert", "v1", kAbsent)));
  Effect needs = world_.MakeEffect("needs anna");
  needs.preconditions.push_back({"uanna", 1});
  std::future<Told> late = world_.SubmitLater(List(std::move(needs)));
  world_.store.Release();
  EXPECT_TRUE(removed.get().status.ok());
  EXPECT_TRUE(relied.get().status.ok());
  EXPECT_TRUE(absl::IsAborted(late.get().status));
  first.wait();
}

TEST_F(GroupTest, ASubmissionIsAllOrNone) {
  ASSERT_TRUE(world_.Submit(Writing("uanna", "v1", kAbsent)).status.ok());
  const std::vector<Told> told = InOneGroup([&] {
    std::vector<std::vector<Effect>> all;
    all.push_back(List(Writing("ua", "a", kAbsent), Writing("ub", "b", kAbsent),
                       Writing("uanna", "stale", kAbsent)));
    all.push_back(List(Writing("ua", "second", kAbsent)));
    return all;
  }());
  EXPECT_TRUE(absl::IsAborted(told[0].status));
  ASSERT_TRUE(told[1].status.ok()) << "nothing of the failed list may stay behind";
  EXPECT_EQ(told[1].logged[0].index, 2u);
  EXPECT_EQ(Stored("ua").value, "second");
  EXPECT_EQ(Stored("ub").stamp, kAbsent);
  EXPECT_EQ(Stored("uanna").value, "v1");
}

TEST_F(GroupTest, TheLedgersOwnRowsAreOutOfReach) {
  for (const char table : std::string("Sshtbkx")) {
    Effect effect = world_.MakeEffect("reach");
    effect.writes.push_back({std::string(1, table) + "anything", "value"});
    EXPECT_TRUE(absl::IsInvalidArgument(world_.Submit(std::move(effect)).status)) << table;
  }
  Effect smuggled = world_.MakeEffect("smuggle");
  smuggled.key_rows.push_back({"uanna", "without stamp"});
  EXPECT_TRUE(absl::IsInvalidArgument(world_.Submit(std::move(smuggled)).status));
  EXPECT_EQ(world_.ledger->size(), 0u);
}

TEST_F(GroupTest, AnEffectThatDoesNotNameItsBucketsIsRefused) {
  Effect effect = world_.MakeEffect("forgetful", "about somebody");
  effect.keys.pop_back();
  EXPECT_TRUE(absl::IsInvalidArgument(world_.Submit(std::move(effect)).status));
  Effect none = world_.MakeEffect("forgetful");
  none.keys.clear();
  EXPECT_TRUE(absl::IsInvalidArgument(world_.Submit(std::move(none)).status));
}

TEST_F(GroupTest, ABatchHoldsFewRowsWhateverItsSize) {
  InOneGroup([&] {
    std::vector<std::vector<Effect>> all(1);
    for (int i = 0; i < 200; ++i) all[0].push_back(world_.MakeEffect("entry"));
    return all;
  }());
  EXPECT_EQ(world_.store.last_batch().size(), 3u) << "segment, hashes, state";
}

TEST_F(GroupTest, StandingPreconditionsCostNoReads) {
  ASSERT_TRUE(world_.Submit(Writing("uanna", "v1", kAbsent)).status.ok());
  const uint64_t before = world_.store.gets();
  for (int i = 0; i < 50; ++i) {
    Effect effect = world_.MakeEffect("by anna");
    effect.preconditions.push_back({"uanna", 1});
    ASSERT_TRUE(world_.Submit(std::move(effect)).status.ok());
  }
  EXPECT_EQ(world_.store.gets(), before);
}

TEST(StampsTest, StaysRightWhenItForgets) {
  tests::ScriptedStore store;
  Stamps stamps(store, 2);
  for (uint64_t i = 1; i <= 20; ++i) {
    const std::string key = "u" + std::to_string(i);
    stamps.Mark();
    stamps.Set(key, i);
    stamps.Commit();
    store.Tamper(key, JoinRow(i, "value"));
  }
  for (uint64_t i = 1; i <= 20; ++i) EXPECT_EQ(*stamps.Of("u" + std::to_string(i)), i);
  stamps.Mark();
  stamps.Set("u3", 99);
  stamps.Set("u3", kAbsent);
  EXPECT_EQ(*stamps.Of("u3"), kAbsent);
  stamps.BackToMark();
  EXPECT_EQ(*stamps.Of("u3"), 3u);
  store.Tamper("ushort", "1234567");
  EXPECT_TRUE(absl::IsDataLoss(stamps.Of("ushort").status()));
}

}  // namespace
}  // namespace sluis::ledger
