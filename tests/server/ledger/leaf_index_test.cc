#include "server/ledger/leaf_index.h"

#include <gtest/gtest.h>

#include "crypto/merkle.h"
#include "server/storage/memory_store.h"
#include "tests/support/ledger_world.h"
#include "tests/support/scripted_store.h"

namespace sluis::ledger {
namespace {

class LeafIndexTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(world_.Open(), absl::OkStatus());
    world_.Grow(5);
    index_.emplace(derived_, *world_.ledger);
  }

  crypto::Hash LeafHashOf(uint64_t index) {
    const auto snapshot = world_.ledger->store().NewSnapshot();
    const LogReader reader(world_.ledger->origin(), *snapshot, world_.ledger->keyring());
    const absl::StatusOr<StoredEntry> entry = reader.Entry(index);
    EXPECT_TRUE(entry.ok()) << entry.status();
    return entry.ok() ? crypto::LeafHash(entry->leaf) : crypto::Hash{};
  }
  std::optional<uint64_t> Find(const crypto::Hash& leaf_hash) {
    const auto found = index_->Find(leaf_hash);
    EXPECT_TRUE(found.ok()) << found.status();
    return found.ok() ? *found : std::nullopt;
  }
  // Every row of the index, with this value from now on.
  void Overwrite(const std::string& value) {
    std::vector<storage::Write> writes;
    ASSERT_EQ(derived_.NewSnapshot()->Scan({}, {},
                                           [&](std::string_view key, std::string_view) {
                                             writes.push_back({std::string(key), value});
                                             return true;
                                           }),
              absl::OkStatus());
    ASSERT_GE(writes.size(), 6u);
    ASSERT_EQ(derived_.Apply(writes), absl::OkStatus());
  }
  static std::string Number(uint64_t value) {
    std::string bytes;
    crypto::AppendU64(bytes, value);
    return bytes;
  }

  tests::LedgerWorld world_;
  const std::unique_ptr<storage::Store> store_ = storage::NewMemoryStore();
  storage::Store& derived_ = *store_;
  std::optional<LeafIndex> index_;
};

TEST_F(LeafIndexTest, FollowsTheLog) {
  EXPECT_EQ(Find(LeafHashOf(4)), std::nullopt);
  ASSERT_EQ(index_->CatchUp(), absl::OkStatus());
  EXPECT_EQ(Find(LeafHashOf(0)), 0u);
  EXPECT_EQ(Find(LeafHashOf(4)), 4u);
  EXPECT_EQ(Find(crypto::Hash{}), std::nullopt);
  world_.Grow(2);
  ASSERT_EQ(index_->CatchUp(), absl::OkStatus());
  EXPECT_EQ(Find(LeafHashOf(6)), 6u);
}

TEST_F(LeafIndexTest, ShowsNoEntryThatIsNotTheOneAskedFor) {
  ASSERT_EQ(index_->CatchUp(), absl::OkStatus());
  Overwrite(Number(3));
  EXPECT_EQ(Find(LeafHashOf(0)), std::nullopt);
  EXPECT_EQ(Find(LeafHashOf(3)), 3u);
}

TEST_F(LeafIndexTest, RebuildReadsTheLogAgainWhateverWasThere) {
  ASSERT_EQ(index_->CatchUp(), absl::OkStatus());
  Overwrite(Number(3));
  ASSERT_EQ(derived_.Apply(std::vector<storage::Write>{{"left over", "of another form"}}),
            absl::OkStatus());
  ASSERT_EQ(index_->Rebuild(), absl::OkStatus());
  for (uint64_t entry = 0; entry < 5; ++entry) EXPECT_EQ(Find(LeafHashOf(entry)), entry);
  const auto left = derived_.Get("left over");
  ASSERT_TRUE(left.ok());
  EXPECT_FALSE(left->has_value());
}

// Acknowledgements of partners lie in the same store.
TEST_F(LeafIndexTest, RebuildTookTheRowsOfOthers) {
  const std::vector<storage::Write> others = {{"a kept", "one"}, {"g kept", "two"}};
  ASSERT_EQ(derived_.Apply(others), absl::OkStatus());
  ASSERT_EQ(index_->Rebuild(), absl::OkStatus());
  for (const storage::Write& other : others) {
    const auto kept = derived_.Get(other.key);
    ASSERT_TRUE(kept.ok());
    EXPECT_EQ(*kept, other.value) << other.key;
  }
}

TEST_F(LeafIndexTest, AnIndexAheadOfTheLogOrUnreadableSaysSoUntilItIsRebuilt) {
  for (const std::string& wrong : {Number(1'000'000), std::string("short")}) {
    ASSERT_EQ(index_->CatchUp(), absl::OkStatus());
    Overwrite(wrong);
    const absl::Status behind = index_->CatchUp();
    EXPECT_EQ(behind.code(), absl::StatusCode::kDataLoss);
    EXPECT_NE(behind.message().find("rebuild"), std::string_view::npos) << behind;
    ASSERT_EQ(index_->Rebuild(), absl::OkStatus());
    EXPECT_EQ(Find(LeafHashOf(2)), 2u);
  }
}

// Everything was deleted in one batch, whatever its size; and a crash between two batches would
// have left an index that called itself complete.
class LeafIndexRebuildTest : public LeafIndexTest {
 protected:
  static constexpr size_t kLeftOver = 3000;
  static constexpr size_t kBatch = 1025;

  void SetUp() override {
    LeafIndexTest::SetUp();
    index_.emplace(scripted_, *world_.ledger);
    ASSERT_EQ(index_->CatchUp(), absl::OkStatus());
    for (size_t i = 0; i < kLeftOver; ++i) scripted_.Tamper("l" + Number(i), "left over");
  }

  tests::ScriptedStore scripted_;
};

TEST_F(LeafIndexRebuildTest, RebuildTookEveryRowInOneBatch) {
  const uint64_t before = scripted_.applied();
  ASSERT_EQ(index_->Rebuild(), absl::OkStatus());
  EXPECT_EQ(scripted_.Rows().size(), 6u) << "five entries, and how far";
  // One for the beginning, three or more of 1,024 at most, and one of the log.
  EXPECT_GE(scripted_.applied() - before, 2 + (kLeftOver + kBatch - 1) / kBatch);
  EXPECT_EQ(Find(LeafHashOf(4)), 4u);
}

TEST_F(LeafIndexRebuildTest, ARebuildThatWasCutShortIsBegunAnew) {
  const std::vector<storage::Write> rows = scripted_.Rows();
  for (const auto failure :
       {tests::ScriptedStore::Failure::kNotWritten, tests::ScriptedStore::Failure::kWritten}) {
    bool whole = false;
    for (uint64_t step = 1; !whole; ++step) {
      ASSERT_LT(step, 20u);
      scripted_.Restore(rows);
      scripted_.FailNth(step, failure);
      whole = index_->Rebuild().ok();
      scripted_.FailNth(0, failure);
      // As a node does that starts again.
      index_.emplace(scripted_, *world_.ledger);
      ASSERT_EQ(index_->CatchUp(), absl::OkStatus());
      for (uint64_t entry = 0; entry < 5; ++entry) {
        EXPECT_EQ(Find(LeafHashOf(entry)), entry) << "step " << step;
      }
      // Before the first write succeeds nothing was begun, and the index is as it was.
      const bool begun = step > 1 || failure == tests::ScriptedStore::Failure::kWritten;
      EXPECT_EQ(scripted_.Rows().size(), begun ? 6u : rows.size()) << "step " << step;
    }
  }
}

}  // namespace
}  // namespace sluis::ledger
