#include "server/ledger/erasure_journal.h"

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

constexpr char kPath[] = "/erasures";

ErasedKey Erased(uint8_t n) {
  ErasedKey erased{uint64_t{2} + n, uint64_t{1000} + n, {}};
  erased.key_id.fill(n);
  return erased;
}

std::vector<ErasedKey> First(uint8_t count) {
  std::vector<ErasedKey> erased;
  for (uint8_t n = 0; n < count; ++n) erased.push_back(Erased(n));
  return erased;
}

crypto::Bytes Encode(const std::vector<ErasedKey>& records) {
  crypto::Bytes bytes;
  for (const ErasedKey& record : records) bytes += EncodeErasure(record);
  return bytes;
}

TEST(ErasureRecord, HasTheDocumentedBytes) {
  ErasedKey erased{0x0102, 0x0304, {}};
  erased.key_id.fill(0xab);
  crypto::Bytes expected = *crypto::HexDecode(
      "0000000000000102"
      "0000000000000304");
  expected += std::string(16, '\xab');
  const crypto::Hash hash = crypto::Sha256(expected);
  expected += crypto::View(hash).substr(0, 8);
  EXPECT_EQ(EncodeErasure(erased), expected);
  EXPECT_EQ(expected.size(), kErasureRecordBytes);
}

TEST(DecodeErasures, ReadsBackWhatWasWritten) {
  for (const uint8_t count : {uint8_t{0}, uint8_t{1}, uint8_t{2}, uint8_t{50}}) {
    const auto read = DecodeErasures(Encode(First(count)));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, First(count));
  }
}

TEST(DecodeErasures, LeavesOutALastRecordThatIsCutOrDamaged) {
  const crypto::Bytes bytes = Encode(First(3));
  for (size_t cut = 1; cut <= kErasureRecordBytes; ++cut) {
    const auto read = DecodeErasures(crypto::BytesView(bytes).substr(0, bytes.size() - cut));
    ASSERT_TRUE(read.ok()) << cut;
    EXPECT_EQ(*read, First(2)) << cut;
  }
  for (size_t at = 2 * kErasureRecordBytes; at < bytes.size(); ++at) {
    crypto::Bytes damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    const auto read = DecodeErasures(damaged);
    ASSERT_TRUE(read.ok()) << at;
    EXPECT_EQ(*read, First(2)) << at;
  }
}

TEST(DecodeErasures, RefusesADamagedRecordBeforeTheLast) {
  const crypto::Bytes bytes = Encode(First(3));
  for (size_t at = 0; at < 2 * kErasureRecordBytes; ++at) {
    crypto::Bytes damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    EXPECT_EQ(DecodeErasures(damaged).status().code(), absl::StatusCode::kDataLoss) << at;
  }
  // One byte more than a torn record could be.
  const auto read = DecodeErasures(bytes + std::string(kErasureRecordBytes + 1, '\0'));
  EXPECT_EQ(read.status().code(), absl::StatusCode::kDataLoss);
}

TEST(DecodeErasures, RefusesMoreThanItsBound) {
  const crypto::Bytes bytes(kMaxErasureJournalBytes + 1, '\0');
  EXPECT_EQ(DecodeErasures(bytes).status().code(), absl::StatusCode::kDataLoss);
}

class ErasureJournalTest : public ::testing::Test {
 protected:
  static ErasureJournal MustOpen(storage::Files& files) {
    auto journal = ErasureJournal::Open(files, kPath);
    EXPECT_TRUE(journal.ok()) << journal.status();
    return *std::move(journal);
  }

  std::shared_ptr<SimulatedDisk> disk_ = std::make_shared<SimulatedDisk>();
  std::unique_ptr<storage::Files> files_ = tests::NewFaultyFiles(disk_);
};

TEST_F(ErasureJournalTest, KeepsWhatWasAppended) {
  EXPECT_THAT(MustOpen(*files_).records(), IsEmpty());
  ASSERT_TRUE(MustOpen(*files_).Append(First(2)).ok());
  ErasureJournal journal = MustOpen(*files_);
  ASSERT_TRUE(journal.Append(std::vector<ErasedKey>{Erased(2)}).ok());
  EXPECT_EQ(journal.records(), First(3));
  EXPECT_EQ(MustOpen(*files_).records(), First(3));
}

TEST_F(ErasureJournalTest, AppendsOverATornRecord) {
  for (size_t torn = 1; torn <= kErasureRecordBytes; ++torn) {
    ASSERT_TRUE(
        storage::ReplaceFile(*files_, kPath, Encode(First(1)) + std::string(torn, 'x')).ok());
    ErasureJournal journal = MustOpen(*files_);
    ASSERT_TRUE(journal.Append(std::vector<ErasedKey>{Erased(1)}).ok());
    EXPECT_EQ(MustOpen(*files_).records(), First(2)) << torn;
  }
}

TEST_F(ErasureJournalTest, DoesNotOpenWhenDamaged) {
  crypto::Bytes bytes = Encode(First(2));
  bytes[0] = 'x';
  ASSERT_TRUE(storage::ReplaceFile(*files_, kPath, bytes).ok());
  EXPECT_EQ(ErasureJournal::Open(*files_, kPath).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(ErasureJournalTest, SaysSoWhenAWriteOrSyncFails) {
  ErasureJournal journal = MustOpen(*files_);
  disk_->FailNth(SimulatedDisk::Operation::kSync, 2);
  EXPECT_FALSE(journal.Append(First(3)).ok());
  EXPECT_THAT(journal.records(), ElementsAre(Erased(0)));
  disk_->FailNth(SimulatedDisk::Operation::kWrite, 1, ENOSPC);
  EXPECT_EQ(journal.Append(First(1)).code(), absl::StatusCode::kResourceExhausted);
}

TEST(ErasureJournalUnderCrashes, LosesNothingAppendedAndAlwaysOpens) {
  bool finished = false;
  for (uint64_t step = 0; !finished; ++step) {
    const auto disk = std::make_shared<SimulatedDisk>();
    const auto files = tests::NewFaultyFiles(disk);
    disk->PowerOffAfter(step);
    size_t acknowledged = 0;
    auto journal = ErasureJournal::Open(*files, kPath);
    if (journal.ok()) {
      // Three at once, then two.
      if (journal->Append(First(3)).ok()) acknowledged = 3;
      if (acknowledged == 3 && journal->Append(std::vector{Erased(3), Erased(4)}).ok()) {
        acknowledged = 5;
      }
    }
    finished = acknowledged == 5;
    for (const tests::Survival how : tests::kSurvivals) {
      for (uint64_t seed = 0; seed < 20; ++seed) {
        const auto survivors = tests::NewFaultyFiles(disk->AfterCrash(how, seed));
        const auto after = ErasureJournal::Open(*survivors, kPath);
        ASSERT_TRUE(after.ok()) << "step " << step << ": " << after.status();
        ASSERT_GE(after->records().size(), acknowledged);
        EXPECT_EQ(after->records(), First(static_cast<uint8_t>(after->records().size())));
      }
    }
    ASSERT_LT(step, 100u);
  }
}

}  // namespace
}  // namespace sluis::ledger
