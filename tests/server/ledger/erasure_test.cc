#include "server/ledger/erasure.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "server/ledger/row.h"
#include "tests/support/ledger_world.h"

namespace sluis::ledger {
namespace {

using tests::kOrigin;
using tests::LedgerWorld;
using tests::List;
using tests::ScriptedStore;
using tests::Told;
using State = OpenedPart::State;

class ErasureTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(world_.Open().ok()); }

  static KeyRef Record(LedgerWorld& world, const std::string& row, const std::string& content) {
    LedgerWorld::NewRecord made = world.MakeRecord(row, content);
    const Told told = world.Submit(std::move(made.effect));
    EXPECT_TRUE(told.status.ok()) << told.status;
    return made.ref;
  }
  static Effect Erasing(LedgerWorld& world, std::vector<KeyRef> refs) {
    Effect effect = world.MakeEffect("erasure", "a key of its own");
    effect.erase = std::move(refs);
    return effect;
  }
  static absl::StatusOr<std::string> Content(LedgerWorld& world, const std::string& row,
                                             const KeyRef& ref) {
    const std::unique_ptr<storage::Snapshot> snapshot = world.store.NewSnapshot();
    absl::StatusOr<RecordKeys> keys = world.ledger->keyring().Unwrap(*snapshot, ref);
    if (!keys.ok()) return keys.status();
    return crypto::Open(keys->data, row, ReadRow(*snapshot, row)->value);
  }
  static OpenedPart Subject(LedgerWorld& world, uint64_t index) {
    const std::unique_ptr<storage::Snapshot> snapshot = world.store.NewSnapshot();
    const LogReader reader(kOrigin, *snapshot, world.ledger->keyring());
    return *reader.Open(*reader.Entry(index), Part::kSubject);
  }
  static EpochKey Kek(LedgerWorld& world, uint64_t epoch) {
    return *KeyFiles(*world.files, "/ledger").Load(epoch);
  }

  // How many of the wraps of `ref` that the store ever held open with these key-encryption keys and
  // all bucket rows it ever held: what somebody finds who has every file and every long-term key.
  static int Recoverable(LedgerWorld& world, const KeyRef& ref, std::vector<EpochKey> keks) {
    std::vector<crypto::DataKey> bucket_keys;
    const std::vector<storage::Write> history = world.store.history();
    for (const storage::Write& write : history) {
      record::v1::Bucket bucket;
      if (write.key != BucketRowKey(ref.bucket) || !bucket.ParseFromString(*write.value)) continue;
      for (const EpochKey& kek : keks) {
        if (auto key = UnwrapBucketKey(kek, bucket); key.ok())
          bucket_keys.push_back(*std::move(key));
      }
    }
    EXPECT_FALSE(bucket_keys.empty());
    int opened = 0;
    for (const storage::Write& write : history) {
      if (write.key != KeyRowKey(ref) || !write.value.has_value()) continue;
      for (const crypto::DataKey& key : bucket_keys) {
        opened += UnwrapKeyPair(key, ref, *write.value).ok() ? 1 : 0;
      }
    }
    return opened;
  }
  // Puts the store of yesterday back, with its mark and its key; the journal stays. Of the two
  // records in it the first was erased since.
  std::pair<KeyRef, KeyRef> RestoreYesterday() {
    const KeyRef gone = Record(world_, "rgone", "to be forgotten");
    const KeyRef kept = Record(world_, "rkept", "to be kept");
    world_.ledger->Tick();
    const std::vector<storage::Write> backup = world_.store.Rows();
    const std::string mark = *storage::ReadFile(*world_.files, "/ledger/mark", 8192);
    const EpochKey old_kek = Kek(world_, 1);
    EXPECT_TRUE(world_.Submit(Erasing(world_, {gone})).status.ok());
    world_.Close();
    world_.store.Restore(backup);
    EXPECT_TRUE(storage::ReplaceFile(*world_.files, "/ledger/mark", mark).ok());
    KeyFiles keys(*world_.files, "/ledger");
    EXPECT_TRUE(keys.Destroy(2).ok());
    EXPECT_TRUE(keys.Create(1, old_kek).ok());
    EXPECT_TRUE(storage::ReplaceFile(*world_.files, "/ledger/restored", "").ok());
    return {gone, kept};
  }
  static std::vector<EpochKey> FoundKeks(LedgerWorld& world) {
    KeyFiles files(*world.files, "/ledger");
    std::vector<EpochKey> keks;
    const std::vector<uint64_t> epochs = files.Epochs().value();
    for (const uint64_t epoch : epochs) keks.push_back(*files.Load(epoch));
    return keks;
  }
  static std::vector<ErasedKey> Journal(LedgerWorld& world) {
    return *DecodeErasures(
        *storage::ReadFile(*world.files, "/ledger/erasures", kMaxErasureJournalBytes));
  }

  LedgerWorld world_;
};

TEST_F(ErasureTest, WhatIsErasedCannotBeRecoveredFromAllFilesAndKeysThatRemain) {
  const KeyRef gone = Record(world_, "rgone", "to be forgotten");
  const KeyRef kept = Record(world_, "rkept", "to be kept");
  ASSERT_EQ(gone.bucket, kept.bucket) << "the hard case: both under one bucket key";
  EXPECT_EQ(Recoverable(world_, gone, FoundKeks(world_)), 1) << "the search finds what is there";
  const EpochKey old_kek = Kek(world_, 1);
  const std::string old_kek_bytes(crypto::View(old_kek.expose()));
  EXPECT_TRUE(world_.disk->Holds(old_kek_bytes));

  const Told told = world_.Submit(Erasing(world_, {gone}));
  ASSERT_TRUE(told.status.ok()) << told.status;

  EXPECT_EQ(Recoverable(world_, gone, FoundKeks(world_)), 0);
  EXPECT_GE(Recoverable(world_, kept, FoundKeks(world_)), 1);
  EXPECT_FALSE(world_.disk->Holds(old_kek_bytes));
  std::vector<EpochKey> with_old = FoundKeks(world_);
  with_old.push_back(old_kek.Clone());
  EXPECT_GE(Recoverable(world_, gone, std::move(with_old)), 1)
      << "only the destroyed key stands between";
}

TEST_F(ErasureTest, SurvivorsOpenAndProofsVerify) {
  const KeyRef gone = Record(world_, "rgone", "to be forgotten");
  const KeyRef kept = Record(world_, "rkept", "to be kept");
  world_.ledger->Tick();
  const ShownCheckpoint before = world_.ledger->checkpoint();
  const Told told = world_.Submit(Erasing(world_, {gone}));
  ASSERT_TRUE(told.status.ok());
  const KeyRef next = Record(world_, "rnext", "made afterwards");
  for (const bool reopened : {false, true}) {
    if (reopened) {
      world_.Crash();
      ASSERT_TRUE(world_.Open().ok());
      ASSERT_EQ(world_.ledger->serving(), Serving::kServing);
    }
    EXPECT_TRUE(absl::IsNotFound(Content(world_, "rgone", gone).status()));
    EXPECT_EQ(*Content(world_, "rkept", kept), "to be kept");
    EXPECT_EQ(*Content(world_, "rnext", next), "made afterwards");
    EXPECT_EQ(Subject(world_, 0).state, State::kErased);
    EXPECT_EQ(Subject(world_, 0).erased_by_entry, told.logged[0].index);
    EXPECT_EQ(Subject(world_, 1).state, State::kOpen);
    EXPECT_EQ(Subject(world_, 2).bytes, "a key of its own");
    world_.ledger->Tick();
    const ShownCheckpoint after = world_.ledger->checkpoint();
    const std::unique_ptr<storage::Snapshot> snapshot = world_.store.NewSnapshot();
    const LogReader reader(kOrigin, *snapshot, world_.ledger->keyring());
    EXPECT_TRUE(crypto::VerifyConsistency({before.size, before.root}, {after.size, after.root},
                                          *reader.ConsistencyProof(before.size, after.size))
                    .ok());
    EXPECT_EQ(reader.Open(*reader.Entry(0), Part::kAct)->bytes, "collection");
  }
  EXPECT_EQ(Journal(world_), (std::vector<ErasedKey>{{2, told.logged[0].index, gone.key_id}}));
}

TEST_F(ErasureTest, ASnapshotTakenBeforeTellsNoContentAndNamesNoLaterEntry) {
  const KeyRef gone = Record(world_, "rgone", "to be forgotten");
  const KeyRef kept = Record(world_, "rkept", "to be kept");
  const std::unique_ptr<storage::Snapshot> before = world_.store.NewSnapshot();
  ASSERT_TRUE(world_.Submit(Erasing(world_, {gone})).status.ok());
  EXPECT_TRUE(absl::IsNotFound(world_.ledger->keyring().Unwrap(*before, gone).status()));
  EXPECT_TRUE(world_.ledger->keyring().Unwrap(*before, kept).ok());
  const LogReader reader(kOrigin, *before, world_.ledger->keyring());
  EXPECT_EQ(reader.Open(*reader.Entry(0), Part::kSubject)->state, State::kClosed);
  EXPECT_EQ(reader.Open(*reader.Entry(1), Part::kSubject)->state, State::kOpen);
}

TEST_F(ErasureTest, WhatWasPlannedUnderTheOldBucketKeyIsPlannedAgain) {
  const KeyRef gone = Record(world_, "rgone", "to be forgotten");
  LedgerWorld::NewRecord planned = world_.MakeRecord("rplanned", "planned before");
  RecordKeys keys = *world_.ledger->keyring().Unwrap(*world_.store.NewSnapshot(), gone);
  Effect reading = world_.MakeEffect("consultation", "about gone", keys);
  ASSERT_TRUE(world_.Submit(Erasing(world_, {gone})).status.ok());
  EXPECT_TRUE(absl::IsAborted(world_.Submit(std::move(planned.effect)).status));
  EXPECT_TRUE(absl::IsAborted(world_.Submit(std::move(reading)).status));
  EXPECT_TRUE(absl::IsAborted(
      world_.Submit(world_.MakeEffect("consultation", "sealed after", keys)).status));
  EXPECT_TRUE(absl::IsAborted(world_.Submit(Erasing(world_, {gone})).status)) << "already gone";
}

TEST_F(ErasureTest, AnErasureRunsAloneAndOtherBucketsKeepTheirGeneration) {
  const KeyRef gone = Record(world_, "rgone", "to be forgotten");
  world_.store.Hold();
  std::future<Told> first = world_.SubmitLater(List(world_.MakeEffect("first")));
  world_.store.WaitUntilHeld();
  std::future<Told> before = world_.SubmitLater(List(world_.MakeEffect("before")));
  std::future<Told> erased = world_.SubmitLater(List(Erasing(world_, {gone, gone})));
  std::future<Told> after = world_.SubmitLater(List(world_.MakeEffect("after", "own subject")));
  world_.store.Release();
  EXPECT_TRUE(first.get().status.ok());
  EXPECT_TRUE(before.get().status.ok());
  EXPECT_TRUE(erased.get().status.ok());
  EXPECT_TRUE(after.get().status.ok());
  EXPECT_EQ(world_.store.applied(), 5u);
}

TEST_F(ErasureTest, AKeyOfAnEntryAloneCanBeErasedFromTheBucketThatTheErasureUses) {
  Effect list = world_.MakeEffect("consultation", "shown: many");
  const KeyRef own = *ParseKeyRowKey(list.key_rows[0].key);
  ASSERT_TRUE(world_.Submit(std::move(list)).status.ok());
  ASSERT_TRUE(world_.Submit(Erasing(world_, {own})).status.ok());
  EXPECT_EQ(Subject(world_, 0).state, State::kErased);
  EXPECT_EQ(Subject(world_, 1).bytes, "a key of its own") << "wrapped again within the batch";
}

TEST_F(ErasureTest, ACrashAtEachStepLeavesBeforeOrAfterNeverBetween) {
  bool seen_before = false;
  bool seen_after = false;
  enum class StoreFault { kNone, kNotWritten, kWritten };
  for (const StoreFault fault :
       {StoreFault::kNone, StoreFault::kNotWritten, StoreFault::kWritten}) {
    bool finished = false;
    for (uint64_t operations = 0; !finished && operations < 60; ++operations) {
      for (const tests::Survival how : tests::kSurvivals) {
        LedgerWorld world;
        ASSERT_TRUE(world.Open().ok());
        const KeyRef gone = Record(world, "rgone", "to be forgotten");
        const KeyRef kept = Record(world, "rkept", "to be kept");
        world.ledger->Tick();
        if (fault == StoreFault::kNotWritten) {
          world.store.FailNth(1, ScriptedStore::Failure::kNotWritten);
        } else if (fault == StoreFault::kWritten) {
          world.store.FailNth(1, ScriptedStore::Failure::kWritten);
        }
        world.disk->PowerOffAfter(operations);
        std::future<Told> told = world.SubmitLater(List(Erasing(world, {gone})));
        world.ledger->Tick();
        finished = tests::Answer(std::move(told)).has_value();
        EXPECT_TRUE(finished || world.fatal().size() == 1);
        world.Crash(how, operations + 1);
        world.store.FailNth(0,
                            ScriptedStore::Failure::kNotWritten);  // whether it came to that or not

        const absl::Status opened = world.Open();
        ASSERT_TRUE(opened.ok()) << opened << " after " << operations;
        ASSERT_EQ(world.ledger->serving(), Serving::kServing) << world.ledger->serving_detail();
        EXPECT_EQ(*Content(world, "rkept", kept), "to be kept");
        const absl::StatusOr<std::string> content = Content(world, "rgone", gone);
        const std::vector<uint64_t> epochs = KeyFiles(*world.files, "/ledger").Epochs().value();
        if (content.ok()) {
          seen_before = true;
          EXPECT_FALSE(finished) << "told, then undone";
          EXPECT_EQ(world.ledger->size(), 2u);
          EXPECT_EQ(epochs, std::vector<uint64_t>{1});
          EXPECT_TRUE(Journal(world).empty());
          EXPECT_TRUE(world.Submit(Erasing(world, {gone})).status.ok()) << "and can be done again";
        } else {
          seen_after = true;
          EXPECT_TRUE(absl::IsNotFound(content.status())) << content.status();
          EXPECT_EQ(world.ledger->size(), 3u);
          EXPECT_EQ(epochs, std::vector<uint64_t>{2});
          EXPECT_EQ(Journal(world), (std::vector<ErasedKey>{{2, 2, gone.key_id}}));
        }
        EXPECT_EQ(Recoverable(world, gone, FoundKeks(world)), 0);
        EXPECT_EQ(*Content(world, "rkept", kept), "to be kept");
        Record(world, "rnext", "life goes on");
      }
      if (fault != StoreFault::kNone && operations > 12) break;
    }
    EXPECT_TRUE(finished || fault != StoreFault::kNone) << "more steps than expected";
  }
  EXPECT_TRUE(seen_before && seen_after);
}

TEST_F(ErasureTest, ARestoredBackupIsErasedAgainBeforeItServes) {
  const auto [gone, kept] = RestoreYesterday();
  ASSERT_TRUE(world_.Open().ok());
  EXPECT_EQ(world_.ledger->serving(), Serving::kRestored);
  EXPECT_STREQ(ServingCode(world_.ledger->serving()), "restored");
  EXPECT_TRUE(absl::IsUnavailable(world_.Submit(world_.MakeEffect("no")).status));
  const std::vector<KeyRef> pending = *world_.ledger->PendingJournal();
  ASSERT_EQ(pending.size(), 1u);
  EXPECT_EQ(pending[0].key_id, gone.key_id);
  ASSERT_TRUE(world_.Submit(Erasing(world_, pending)).status.ok());
  world_.ledger->Tick();
  EXPECT_EQ(world_.ledger->serving(), Serving::kServing) << world_.ledger->serving_detail();
  EXPECT_TRUE(absl::IsNotFound(Content(world_, "rgone", gone).status()));
  EXPECT_EQ(*Content(world_, "rkept", kept), "to be kept");
  world_.Crash();
  ASSERT_TRUE(world_.Open().ok());
  EXPECT_EQ(world_.ledger->serving(), Serving::kServing);
}

// The node records its terms as soon as the erasure is answered: it must be served by then.
TEST_F(ErasureTest, WhoeverErasesAgainIsServedWhenItIsTold) {
  RestoreYesterday();
  ASSERT_TRUE(world_.Open().ok());
  std::promise<Serving> serving;
  world_.ledger->Submit({List(Erasing(world_, *world_.ledger->PendingJournal())),
                         [&](const absl::Status& status, const std::vector<Logged>&) {
                           EXPECT_TRUE(status.ok()) << status;
                           serving.set_value(world_.ledger->serving());
                         }});
  EXPECT_EQ(serving.get_future().get(), Serving::kServing);
}

}  // namespace
}  // namespace sluis::ledger
