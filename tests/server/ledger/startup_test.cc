#include "server/ledger/startup.h"

#include <gtest/gtest.h>

#include "server/ledger/row.h"
#include "server/ledger/tree_rows.h"
#include "tests/support/ledger_world.h"

namespace sluis::ledger {
namespace {

using tests::LedgerWorld;
using tests::List;

class StartupTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(world_.Open().ok()); }

  // The ledger opens, but does no work, signs nothing and says why.
  void ExpectBehind(const std::string& why) {
    const absl::Status opened = world_.Open();
    ASSERT_TRUE(opened.ok()) << opened;
    EXPECT_EQ(world_.ledger->serving(), Serving::kLedgerBehindMark);
    EXPECT_STREQ(ServingCode(world_.ledger->serving()), "ledger_behind_mark");
    EXPECT_NE(world_.ledger->serving_detail().find(why), std::string::npos)
        << world_.ledger->serving_detail();
    const std::string note = world_.ledger->checkpoint().note;
    const uint64_t batches = world_.store.applied();
    const uint64_t operations = world_.disk->operations();
    const tests::Told told = world_.Submit(world_.MakeEffect("no"));
    EXPECT_TRUE(absl::IsUnavailable(told.status)) << told.status;
    world_.clock.SetNowUs(world_.clock.NowUs() + 3'600'000'000);
    world_.ledger->Tick();
    world_.ledger->Drain();
    EXPECT_EQ(world_.ledger->checkpoint().note, note);
    EXPECT_EQ(world_.store.applied(), batches);
    EXPECT_EQ(world_.disk->operations(), operations) << "the mark file was touched";
    EXPECT_TRUE(world_.fatal().empty());
  }
  std::vector<uint64_t> KeyEpochs() { return KeyFiles(*world_.files, "/ledger").Epochs().value(); }
  absl::Status WriteKey(uint64_t epoch) {
    EpochKey key;
    world_.random.Fill(key.mutable_span());
    return KeyFiles(*world_.files, "/ledger").Create(epoch, key);
  }

  LedgerWorld world_;
};

TEST_F(StartupTest, TakesTheLogUpWhereItStood) {
  world_.Grow(3);
  world_.ledger->Tick();
  const std::string note = world_.ledger->checkpoint().note;
  world_.Crash();
  ASSERT_TRUE(world_.Open().ok());
  EXPECT_EQ(world_.ledger->serving(), Serving::kServing);
  EXPECT_EQ(world_.ledger->size(), 3u);
  EXPECT_EQ(world_.ledger->checkpoint().note, note);
  EXPECT_EQ(world_.Submit(world_.MakeEffect("next")).logged[0].index, 3u);
}

TEST_F(StartupTest, AStoreBehindItsMarkDoesNothing) {
  world_.Grow(3);
  const std::vector<storage::Write> backup = world_.store.Rows();
  world_.Grow(2);
  world_.Close();  // makes the checkpoint of size 5
  world_.store.Restore(backup);
  ExpectBehind("holds 3 entries, but a checkpoint of 5 was shown");
}

TEST_F(StartupTest, AnEmptyStoreBehindItsMarkDoesNothing) {
  world_.Grow(3);
  world_.Close();
  world_.store.Restore({});
  ExpectBehind("holds 0 entries");
  EXPECT_EQ(KeyEpochs(), std::vector<uint64_t>{1}) << "the key of the true store must stay";
}

TEST_F(StartupTest, AForkOfTheMarkDoesNothing) {
  world_.Grow(2);
  const std::vector<storage::Write> backup = world_.store.Rows();
  world_.Grow(2);
  world_.ledger->Tick();
  world_.Crash();
  // Another history of the same length and more, under the same keys.
  LedgerWorld other;
  ASSERT_TRUE(other.Open().ok());
  other.Grow(6);
  world_.store.Restore(other.store.Rows());
  ExpectBehind("differs from the checkpoint of size 4");
}

TEST_F(StartupTest, AMissingMarkOfALogDoesNothing) {
  world_.Grow(1);
  world_.Close();
  ASSERT_TRUE(storage::RemoveDurably(*world_.files, "/ledger/mark").ok());
  ExpectBehind("mark file is missing");
}

TEST_F(StartupTest, AMarkOfAnotherKeyDoesNothing) {
  world_.Grow(1);
  world_.Close();
  auto opened = Ledger::Open(world_.Options(), world_.store, world_.clock, world_.random,
                             crypto::SigningKey::Generate(world_.random));
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ((*opened)->serving(), Serving::kLedgerBehindMark);
  EXPECT_EQ((*opened)->checkpoint().note, "");
}

TEST_F(StartupTest, ARowFlippedWhileStoppedDoesNothing) {
  world_.Grow(3);
  world_.Close();
  std::string row = world_.store.Value(HashRowKey(0, 1));
  row[0] = static_cast<char>(row[0] ^ 1);
  world_.store.Tamper(HashRowKey(0, 1), row);
  ExpectBehind("disagree");
}

TEST_F(StartupTest, ASecondInstanceIsRefused) {
  auto second =
      Ledger::Open(world_.Options(), world_.store, world_.clock, world_.random, world_.LogKey());
  EXPECT_TRUE(absl::IsFailedPrecondition(second.status())) << second.status();
  world_.Grow(1);
}

TEST_F(StartupTest, ANewerFormatIsRefused) {
  world_.Close();
  ASSERT_TRUE(storage::ReplaceFile(*world_.files, "/ledger/FORMAT", "3\n").ok());
  const absl::Status opened = world_.Open();
  EXPECT_TRUE(absl::IsFailedPrecondition(opened)) << opened;
}

// In format 1 rows of exchanges lay open: none of them would open.
TEST_F(StartupTest, AnOlderFormatIsTakenOverUnlessItHasRowsOfExchanges) {
  for (const bool exchanged : {false, true}) {
    world_.Grow(1);
    world_.Close();
    ASSERT_TRUE(storage::ReplaceFile(*world_.files, "/ledger/FORMAT", "1\n").ok());
    const std::string key = RowKey(Table::kSent, std::string(16, 'x'));
    if (exchanged) world_.store.Tamper(key, JoinRow(1, "as it lay"));
    const absl::Status opened = world_.Open();
    EXPECT_EQ(opened.ok(), !exchanged) << opened;
    EXPECT_EQ(*storage::ReadFile(*world_.files, "/ledger/FORMAT", 16), exchanged ? "1\n" : "2\n");
    if (!exchanged) continue;
    EXPECT_TRUE(absl::IsFailedPrecondition(opened)) << opened;
    EXPECT_NE(opened.message().find("begin with an empty folder"), std::string::npos) << opened;
  }
}

TEST_F(StartupTest, AMissingKeyIsSaidAndNotReplaced) {
  world_.Grow(1);
  world_.Close();
  ASSERT_TRUE(storage::RemoveDurably(*world_.files, "/ledger/kek-1").ok());
  const absl::Status opened = world_.Open();
  EXPECT_TRUE(absl::IsDataLoss(opened)) << opened;
  EXPECT_NE(opened.message().find("kek-1"), std::string::npos);
  EXPECT_TRUE(KeyEpochs().empty());
}

TEST_F(StartupTest, ARotationThatNeverReachedTheStoreIsDropped) {
  world_.Grow(1);
  world_.Close();
  ASSERT_TRUE(WriteKey(2).ok());
  ASSERT_TRUE(world_.Open().ok());
  EXPECT_EQ(world_.ledger->serving(), Serving::kServing);
  EXPECT_EQ(KeyEpochs(), std::vector<uint64_t>{1});
}

TEST_F(StartupTest, KeysOfAnotherStoreAreNotDestroyed) {
  world_.Grow(1);
  world_.Close();
  ASSERT_TRUE(WriteKey(7).ok());
  const absl::Status opened = world_.Open();
  EXPECT_TRUE(absl::IsFailedPrecondition(opened)) << opened;
  EXPECT_EQ(KeyEpochs(), (std::vector<uint64_t>{1, 7}));
}

TEST_F(StartupTest, AWrongKeyIsSaid) {
  world_.Grow(1);
  world_.Close();
  ASSERT_TRUE(storage::RemoveDurably(*world_.files, "/ledger/kek-1").ok());
  ASSERT_TRUE(WriteKey(1).ok());
  EXPECT_TRUE(absl::IsDataLoss(world_.Open()));
}

TEST_F(StartupTest, WrongOptionsAreRefused) {
  world_.Close();
  LedgerOptions options = world_.Options();
  options.group_limit = 257;
  EXPECT_TRUE(absl::IsInvalidArgument(world_.Open(std::move(options))));
  options = world_.Options();
  options.origin = "with space";
  EXPECT_TRUE(absl::IsInvalidArgument(world_.Open(std::move(options))));
}

}  // namespace
}  // namespace sluis::ledger
