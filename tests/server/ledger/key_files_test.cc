#include "server/ledger/key_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/hash.h"
#include "tests/support/faulty_files.h"
#include "tests/support/simulated_disk.h"

namespace sluis::ledger {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using tests::SimulatedDisk;

EpochKey KeyOf(char fill) { return *EpochKey::FromBytes(std::string(32, fill)); }

std::string BytesOf(const absl::StatusOr<EpochKey>& key) {
  EXPECT_TRUE(key.ok()) << key.status();
  return key.ok() ? std::string(crypto::View(key->expose())) : "";
}

TEST(KeyFile, HasTheDocumentedBytes) {
  crypto::Bytes expected("sluiskk1");
  expected += *crypto::HexDecode("0000000000000102") + std::string(32, 'k');
  const crypto::Hash hash = crypto::Sha256(expected);
  expected += crypto::View(hash).substr(0, 16);
  EXPECT_EQ(crypto::View(EncodeKeyFile(0x0102, KeyOf('k')).expose()), expected);
}

TEST(KeyFile, RefusesEveryChangedByteAndAnotherEpoch) {
  const auto file = EncodeKeyFile(5, KeyOf('k'));
  EXPECT_EQ(BytesOf(DecodeKeyFile(5, file)), std::string(32, 'k'));
  EXPECT_EQ(DecodeKeyFile(6, file).status().code(), absl::StatusCode::kDataLoss);
  for (size_t at = 0; at < kKeyFileBytes; ++at) {
    auto changed = file.Clone();
    changed.mutable_span()[at] ^= 1;
    EXPECT_EQ(DecodeKeyFile(5, changed).status().code(), absl::StatusCode::kDataLoss) << at;
  }
}

class KeyFilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(files_->MakeFolder("/f").ok());
    ASSERT_TRUE(files_->SyncFolder("/").ok());
  }

  void Make(uint64_t epoch, char fill) { ASSERT_TRUE(keys_.Create(epoch, KeyOf(fill)).ok()); }
  std::vector<uint64_t> Epochs() { return *keys_.Epochs(); }

  std::shared_ptr<SimulatedDisk> disk_ = std::make_shared<SimulatedDisk>();
  std::unique_ptr<storage::Files> files_ = tests::NewFaultyFiles(disk_);
  KeyFiles keys_{*files_, "/f"};
};

TEST_F(KeyFilesTest, LoadsWhatWasCreated) {
  EXPECT_THAT(Epochs(), IsEmpty());
  Make(10, 'b');
  Make(9, 'a');
  EXPECT_THAT(Epochs(), ElementsAre(9, 10));
  EXPECT_EQ(BytesOf(keys_.Load(9)), std::string(32, 'a'));
  EXPECT_EQ(BytesOf(keys_.Load(10)), std::string(32, 'b'));
  EXPECT_EQ(keys_.Load(11).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(KeyFilesTest, NeverReplacesAKey) {
  Make(1, 'a');
  EXPECT_EQ(keys_.Create(1, KeyOf('b')).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(BytesOf(keys_.Load(1)), std::string(32, 'a'));
}

TEST_F(KeyFilesTest, RefusesAFileOfAnotherLength) {
  for (const size_t length : {0u, 63u, 65u}) {
    std::string content(crypto::View(EncodeKeyFile(1, KeyOf('a')).expose()));
    content.resize(length);
    ASSERT_TRUE(storage::ReplaceFile(*files_, "/f/kek-1", content).ok());
    EXPECT_EQ(keys_.Load(1).status().code(), absl::StatusCode::kDataLoss) << length;
  }
}

TEST_F(KeyFilesTest, DestroyOverwritesBeforeItRemoves) {
  Make(1, 'a');
  ASSERT_TRUE(files_->MakeFolder("/g").ok());
  ASSERT_EQ(disk_->Link("/f/kek-1", "/g/other-name"), 0);
  EXPECT_TRUE(disk_->Holds(std::string(32, 'a')));
  ASSERT_TRUE(keys_.Destroy(1).ok());
  EXPECT_THAT(Epochs(), IsEmpty());
  EXPECT_FALSE(disk_->Holds("aaaa"));
  EXPECT_TRUE(keys_.Destroy(1).ok());
}

TEST_F(KeyFilesTest, KeepOnlyFinishesOlderAndDropsLaterEpochs) {
  Make(1, 'a');
  Make(2, 'b');
  Make(3, 'c');
  ASSERT_TRUE(storage::ReplaceFile(*files_, "/f/kek-4.tmp", std::string(64, 'd')).ok());
  ASSERT_TRUE(storage::ReplaceFile(*files_, "/f/kek-2.tmp", std::string(64, 'e')).ok());
  for (const char* name : {"mark", "kek-", "kek-03", "kek-x", "kek-1.bak", "kek-3.tmp.tmp"}) {
    ASSERT_TRUE(storage::ReplaceFile(*files_, std::string("/f/") + name, "foreign").ok());
  }
  ASSERT_TRUE(keys_.KeepOnly(2).ok());
  EXPECT_THAT(disk_->Paths(), ElementsAre("/f/kek-", "/f/kek-03", "/f/kek-1.bak", "/f/kek-2",
                                          "/f/kek-3.tmp.tmp", "/f/kek-x", "/f/mark"));
  EXPECT_EQ(BytesOf(keys_.Load(2)), std::string(32, 'b'));
}

TEST_F(KeyFilesTest, KeepOnlyDestroysNothingWhenItsOwnKeyIsNotReadable) {
  Make(1, 'a');
  EXPECT_EQ(keys_.KeepOnly(2).code(), absl::StatusCode::kNotFound);
  ASSERT_TRUE(storage::ReplaceFile(*files_, "/f/kek-2", std::string(64, 'x')).ok());
  EXPECT_EQ(keys_.KeepOnly(2).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(BytesOf(keys_.Load(1)), std::string(32, 'a'));
}

TEST_F(KeyFilesTest, SaysSoWhenTheDiskFails) {
  using Operation = SimulatedDisk::Operation;
  for (const Operation kind :
       {Operation::kWrite, Operation::kSync, Operation::kName, Operation::kSyncFolder}) {
    disk_->FailNth(kind, 1);
    EXPECT_FALSE(keys_.Create(1, KeyOf('a')).ok());
    ASSERT_TRUE(keys_.Destroy(1).ok());
    Make(1, 'a');
    disk_->FailNth(kind, 1);
    EXPECT_FALSE(keys_.Destroy(1).ok());
    ASSERT_TRUE(keys_.Destroy(1).ok());
  }
}

// The rotation of an erasure, cut at each operation: make epoch 2, then keep only it.
TEST_F(KeyFilesTest, ARotationMayBeCutAnywhere) {
  Make(1, 'a');
  bool finished = false;
  for (uint64_t step = 0; !finished; ++step) {
    const auto disk = disk_->AfterCrash(tests::Survival::kSyncedOnly, 0);
    const auto files = tests::NewFaultyFiles(disk);
    disk->PowerOffAfter(step);
    KeyFiles keys(*files, "/f");
    const bool created = keys.Create(2, KeyOf('b')).ok();
    finished = created && keys.KeepOnly(2).ok();
    for (const tests::Survival how : tests::kSurvivals) {
      for (uint64_t seed = 0; seed < 20; ++seed) {
        const auto survivors = disk->AfterCrash(how, seed);
        const auto survivor_files = tests::NewFaultyFiles(survivors);
        KeyFiles after(*survivor_files, "/f");
        if (created) {
          EXPECT_EQ(BytesOf(after.Load(2)), std::string(32, 'b'));
        } else {
          EXPECT_EQ(BytesOf(after.Load(1)), std::string(32, 'a'));
        }
        if (finished) {
          EXPECT_FALSE(survivors->Holds("aaaa"));
        }
        // Whatever the state row says of the two, the start can follow it.
        ASSERT_TRUE(after.KeepOnly(created ? 2 : 1).ok());
        EXPECT_EQ(survivors->Paths().size(), 1u);
        EXPECT_FALSE(survivors->Holds(created ? "aaaa" : "bbbb"));
      }
    }
    ASSERT_LT(step, 100u);
  }
}

}  // namespace
}  // namespace sluis::ledger
