#include "server/ledger/bucket_keys.h"

#include <gtest/gtest.h>

#include "server/ledger/row.h"
#include "tests/support/ledger_world.h"

namespace sluis::ledger {
namespace {

using tests::FakeClock;
using tests::LedgerWorld;
using tests::List;

class BucketKeysTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(world_.Open().ok()); }
  absl::StatusOr<RecordKeys> Unwrap(const KeyRef& ref) {
    return world_.ledger->keyring().Unwrap(*world_.store.NewSnapshot(), ref);
  }
  record::v1::Bucket BucketRow(uint32_t number) {
    record::v1::Bucket row;
    EXPECT_TRUE(row.ParseFromString(world_.store.Value(BucketRowKey(number))));
    return row;
  }

  LedgerWorld world_;
};

TEST_F(BucketKeysTest, MonthIsThatOfUtc) {
  EXPECT_EQ(MonthOf(FakeClock::kStartUs), "2025-03");
  EXPECT_EQ(MonthOf(0), "1970-01");
  EXPECT_EQ(MonthOf(1'735'689'599'999'999), "2024-12");
  EXPECT_EQ(MonthOf(1'735'689'600'000'000), "2025-01");
}

TEST_F(BucketKeysTest, KeysOutliveARestart) {
  LedgerWorld::NewRecord made = world_.MakeRecord("rone", "content");
  ASSERT_TRUE(world_.Submit(std::move(made.effect)).status.ok());
  const absl::StatusOr<RecordKeys> before = Unwrap(made.ref);
  ASSERT_TRUE(before.ok()) << before.status();
  world_.Crash();
  ASSERT_TRUE(world_.Open().ok());
  const absl::StatusOr<RecordKeys> after = Unwrap(made.ref);
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_TRUE(std::ranges::equal(before->data.expose(), after->data.expose()));
  EXPECT_TRUE(std::ranges::equal(before->subject.expose(), after->subject.expose()));
  EXPECT_FALSE(std::ranges::equal(after->data.expose(), after->subject.expose()));
}

TEST_F(BucketKeysTest, ABucketIsWrittenWithTheFirstGroupThatReliesOnIt) {
  EXPECT_TRUE(world_.store.Value(BucketRowKey(1)).empty());
  LedgerWorld::NewRecord one = world_.MakeRecord("rone", "content");
  EXPECT_TRUE(world_.store.Value(BucketRowKey(1)).empty());
  ASSERT_TRUE(world_.Submit(std::move(one.effect)).status.ok());
  const record::v1::Bucket row = BucketRow(1);
  EXPECT_EQ(row.use(), record::v1::BUCKET_USE_WRAP);
  EXPECT_EQ(row.retention_class(), "signal");
  EXPECT_EQ(row.month(), "2025-03");
  EXPECT_EQ(row.key_epoch(), 1u);
  EXPECT_EQ(BucketRow(2).use(), record::v1::BUCKET_USE_PARTS);
  LedgerWorld::NewRecord two = world_.MakeRecord("rtwo", "content");
  ASSERT_TRUE(world_.Submit(std::move(two.effect)).status.ok());
  for (const storage::Write& write : world_.store.last_batch()) {
    EXPECT_NE(write.key[0], static_cast<char>(Table::kBucket)) << "written once is enough";
  }
}

TEST_F(BucketKeysTest, ClassesAndMonthsDoNotShareABucket) {
  Keyring& keyring = world_.ledger->keyring();
  const uint64_t now = world_.clock.NowUs();
  const uint32_t signal = keyring.NewKeys("signal", now)->use.bucket;
  EXPECT_EQ(keyring.NewKeys("signal", now)->use.bucket, signal);
  EXPECT_NE(keyring.NewKeys("case", now)->use.bucket, signal);
  EXPECT_NE(keyring.NewKeys("signal", now + 31ull * 86'400'000'000)->use.bucket, signal);
  EXPECT_NE((*keyring.PartKeysFor("signal", now))->use.bucket, signal);
  EXPECT_TRUE(absl::IsInvalidArgument(keyring.NewKeys("", now).status()));
}

TEST_F(BucketKeysTest, AFullBucketOpensTheNextSlotAlsoAfterARestart) {
  Keyring* keyring = &world_.ledger->keyring();
  const uint64_t now = world_.clock.NowUs();
  LedgerWorld::NewRecord record = world_.MakeRecord("rone", "content");
  const uint32_t first = record.ref.bucket;
  ASSERT_TRUE(world_.Submit(std::move(record.effect)).status.ok());
  for (uint32_t i = 1; i < kBucketCapacity - 1000; ++i) {
    ASSERT_EQ(keyring->NewKeys("signal", now)->use.bucket, first);
  }
  LedgerWorld::NewRecord later = world_.MakeRecord("rlater", "content");
  ASSERT_TRUE(world_.Submit(std::move(later.effect)).status.ok());
  EXPECT_GE(BucketRow(first).used(), kBucketCapacity - 999);
  world_.Crash();
  ASSERT_TRUE(world_.Open().ok());
  keyring = &world_.ledger->keyring();
  uint32_t more = 0;
  while (keyring->NewKeys("signal", now)->use.bucket == first) ++more;
  EXPECT_LE(more, 999u) << "a bucket never gets more keys than it may hold";
  EXPECT_GE(more, 999u - kBucketReserve);
}

TEST_F(BucketKeysTest, WhatDoesNotExistOrOpenIsSaidApart) {
  LedgerWorld::NewRecord made = world_.MakeRecord("rone", "content");
  ASSERT_TRUE(world_.Submit(std::move(made.effect)).status.ok());
  KeyRef unknown = made.ref;
  unknown.key_id[0] ^= 1;
  EXPECT_TRUE(absl::IsDataLoss(Unwrap(unknown).status()));
  // A row in the place of another does not open: the wrap names where it belongs.
  world_.store.Tamper(KeyRowKey(unknown), world_.store.Value(KeyRowKey(made.ref)));
  EXPECT_TRUE(absl::IsDataLoss(Unwrap(unknown).status()));
  EXPECT_TRUE(absl::IsNotFound(world_.ledger->keyring().PartKeysOf(77).status()));
  EXPECT_TRUE(absl::IsNotFound(world_.ledger->keyring().PartKeysOf(made.ref.bucket).status()));
}

// Damage passed for an erasure, so that nobody looked for it.
TEST_F(BucketKeysTest, LostKeysWereCalledErased) {
  LedgerWorld::NewRecord made = world_.MakeRecord("rone", "content");
  ASSERT_TRUE(world_.Submit(std::move(made.effect)).status.ok());
  KeyRef elsewhere = made.ref;
  elsewhere.bucket = 77;
  world_.store.Tamper(KeyRowKey(elsewhere), world_.store.Value(KeyRowKey(made.ref)));
  EXPECT_TRUE(absl::IsDataLoss(Unwrap(elsewhere).status())) << "a bucket that is not there";
  world_.store.Tamper(KeyRowKey(made.ref), std::nullopt);
  EXPECT_TRUE(absl::IsDataLoss(Unwrap(made.ref).status())) << "a row that is not there";
  std::string index;
  crypto::AppendU64(index, 0);
  world_.store.Tamper(ErasedKeyRowKey(made.ref.key_id), index);
  EXPECT_TRUE(absl::IsNotFound(Unwrap(made.ref).status())) << "with the erasure on record";
}

TEST_F(BucketKeysTest, PartKeysDifferByPart) {
  const auto keys = *world_.ledger->keyring().PartKeysFor("log", world_.clock.NowUs());
  for (const Part a : kParts) {
    for (const Part b : kParts) {
      EXPECT_EQ(a == b, std::ranges::equal(keys->of(a).expose(), keys->of(b).expose()));
    }
  }
  EXPECT_EQ(*world_.ledger->keyring().PartKeysFor("log", world_.clock.NowUs()), keys);
}

}  // namespace
}  // namespace sluis::ledger
