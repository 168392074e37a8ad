#include "server/ledger/sealed_row.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/ledger_world.h"

namespace sluis::ledger {
namespace {

using tests::LedgerWorld;
using tests::Told;

constexpr char kRow[] = "Xabcdefghijklmnop";
constexpr char kValue[] = "who shared which record with whom";

class SealedRowTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(world_.Open().ok()); }

  std::shared_ptr<const PartKeys> Keys() {
    return world_.ledger->keyring().PartKeysFor(kSealedRowClass, world_.clock.NowUs()).value();
  }
  // As the core makes it.
  Effect Writing(const std::string& row, const std::string& value) {
    const auto keys = Keys();
    Effect effect = world_.MakeEffect("write");
    effect.writes.push_back({row, SealRow(*keys, row, value, world_.random)});
    effect.keys.push_back(keys->use);
    return effect;
  }
  absl::StatusOr<Row> Read(const std::string& row) {
    return ReadRow(*world_.store.NewSnapshot(), world_.ledger->keyring(), row);
  }
  absl::StatusOr<Row> Opened(const std::string& row, const std::string& stored) {
    return OpenRow(world_.ledger->keyring(), row, stored);
  }

  LedgerWorld world_;
};

TEST_F(SealedRowTest, IsReadAsItWasWrittenAlsoAfterARestartAndLiesClosed) {
  const Told told = world_.Submit(Writing(kRow, kValue));
  ASSERT_TRUE(told.status.ok()) << told.status;
  EXPECT_EQ(world_.store.Value(kRow).find(kValue), std::string::npos);
  for (int start = 0; start < 2; ++start) {
    const auto row = Read(kRow);
    ASSERT_TRUE(row.ok()) << row.status();
    EXPECT_EQ(row->value, kValue);
    EXPECT_EQ(row->stamp, told.logged[0].index + 1);
    world_.Close();
    ASSERT_TRUE(world_.Open().ok());
  }
  EXPECT_EQ(Read("Xponmlkjihgfedcba")->stamp, kAbsent);
}

// Nothing of these tables may come to lie open, whoever writes it.
TEST_F(SealedRowTest, AValueThatIsNotSealedIsNotWritten) {
  Effect plain = world_.MakeEffect("plain");
  plain.writes.push_back({kRow, kValue});
  EXPECT_TRUE(absl::IsInvalidArgument(world_.Submit(std::move(plain)).status));
  Effect unnamed = Writing(kRow, kValue);
  unnamed.keys.pop_back();
  EXPECT_TRUE(absl::IsInvalidArgument(world_.Submit(std::move(unnamed)).status));
}

TEST_F(SealedRowTest, WhatDoesNotOpenIsDamageAndNeverAbsence) {
  const std::string sealed = SealRow(*Keys(), kRow, kValue, world_.random);
  ASSERT_TRUE(Opened(kRow, JoinRow(1, sealed)).ok());
  EXPECT_TRUE(absl::IsDataLoss(Opened("Yabcdefghijklmnop", JoinRow(1, sealed)).status()))
      << "under another key";
  EXPECT_TRUE(absl::IsDataLoss(Opened(kRow, JoinRow(1, kValue)).status())) << "plain";
  std::string changed = sealed;
  changed.back() = static_cast<char>(changed.back() ^ 1);
  EXPECT_TRUE(absl::IsDataLoss(Opened(kRow, JoinRow(1, changed)).status()));
  changed = sealed;
  changed[3] = static_cast<char>(changed[3] ^ 64);
  EXPECT_TRUE(absl::IsDataLoss(Opened(kRow, JoinRow(1, changed)).status())) << "another bucket";
  for (size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_TRUE(absl::IsDataLoss(Opened(kRow, JoinRow(1, sealed.substr(0, size))).status()));
  }
}

TEST_F(SealedRowTest, OtherTablesAreReadAsTheyAre) {
  EXPECT_EQ(Opened("uanna", JoinRow(3, "v"))->value, "v");
  EXPECT_FALSE(IsSealedRow(""));
}

}  // namespace
}  // namespace sluis::ledger
