#include "server/ledger/mark_file.h"

#include <gtest/gtest.h>

#include "crypto/hash.h"
#include "tests/support/faulty_files.h"
#include "tests/support/simulated_disk.h"

namespace sluis::ledger {
namespace {

using tests::SimulatedDisk;

constexpr char kPath[] = "/mark";

crypto::Bytes MustEncode(const Mark& mark) {
  const auto slot = EncodeMarkSlot(mark);
  EXPECT_TRUE(slot.ok()) << slot.status();
  return slot.value_or("");
}

TEST(MarkSlot, HasTheDocumentedBytes) {
  const crypto::Bytes slot = MustEncode({0x0102, 0x0304, "note\n"});
  crypto::Bytes expected("sluismk1");
  expected += *crypto::HexDecode(
      "0000000000000102"
      "0000000000000304"
      "00000005");
  expected += "note\n";
  const crypto::Hash hash = crypto::Sha256(expected);
  expected += crypto::View(hash);
  expected.resize(4096, '\0');
  EXPECT_EQ(slot, expected);
}

TEST(MarkSlot, ReadsBackWhatWasWritten) {
  for (const size_t length : {size_t{0}, size_t{1}, size_t{300}, kMaxMarkNoteBytes}) {
    const Mark mark{7, 1'740'992'400'000'000, std::string(length, 'n')};
    const auto read = DecodeMarkSlot(MustEncode(mark));
    ASSERT_TRUE(read.ok()) << length;
    EXPECT_EQ(*read, mark);
  }
}

TEST(MarkSlot, RefusesANoteThatDoesNotFit) {
  const auto slot = EncodeMarkSlot({1, 1, std::string(kMaxMarkNoteBytes + 1, 'n')});
  EXPECT_EQ(slot.status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(MarkSlot, RefusesEveryChangedByteAndLength) {
  const crypto::Bytes slot = MustEncode({7, 8, "a signed note"});
  for (size_t at = 0; at < slot.size(); ++at) {
    crypto::Bytes changed = slot;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_FALSE(DecodeMarkSlot(changed).ok()) << at;
  }
  EXPECT_FALSE(DecodeMarkSlot("").ok());
  EXPECT_FALSE(DecodeMarkSlot(slot.substr(0, slot.size() - 1)).ok());
  EXPECT_FALSE(DecodeMarkSlot(slot + '\0').ok());
  EXPECT_FALSE(DecodeMarkSlot(crypto::Bytes(kMarkSlotBytes, '\0')).ok());
}

TEST(MarkSlot, RefusesALengthBeyondTheSlot) {
  crypto::Bytes slot = MustEncode({7, 8, "a signed note"});
  slot.replace(24, 4, "\xff\xff\xff\xff");
  EXPECT_FALSE(DecodeMarkSlot(slot).ok());
  slot.replace(24, 4, crypto::Bytes("\0\0\x0f\xff", 4));
  EXPECT_FALSE(DecodeMarkSlot(slot).ok());
}

class MarkFileTest : public ::testing::Test {
 protected:
  static MarkFile MustOpen(storage::Files& files) {
    auto mark = MarkFile::Open(files, kPath);
    EXPECT_TRUE(mark.ok()) << mark.status();
    return *std::move(mark);
  }

  // Overwrites bytes of the file, as a disk that decays would.
  void Damage(uint64_t offset, std::string_view bytes) {
    const auto file = files_->Open(kPath, storage::Files::Mode::kReadWrite);
    ASSERT_TRUE(file.ok());
    ASSERT_TRUE((*file)->WriteAt(offset, bytes).ok());
  }

  std::shared_ptr<SimulatedDisk> disk_ = std::make_shared<SimulatedDisk>();
  std::unique_ptr<storage::Files> files_ = tests::NewFaultyFiles(disk_);
};

TEST_F(MarkFileTest, AMissingFileHoldsNothingAndIsNotMade) {
  EXPECT_EQ(MustOpen(*files_).newest(), std::nullopt);
  EXPECT_TRUE(disk_->Paths().empty());
}

TEST_F(MarkFileTest, TheNewestMarkCounts) {
  for (uint64_t n = 1; n <= 5; ++n) {
    MarkFile mark = MustOpen(*files_);
    ASSERT_TRUE(mark.Write(100 * n, "note " + std::to_string(n)).ok());
    const Mark expected{n, 100 * n, "note " + std::to_string(n)};
    EXPECT_EQ(mark.newest(), expected);
    EXPECT_EQ(MustOpen(*files_).newest(), expected);
  }
}

TEST_F(MarkFileTest, KeepsItsSize) {
  MarkFile mark = MustOpen(*files_);
  for (int n = 0; n < 5; ++n) {
    ASSERT_TRUE(mark.Write(1, "note").ok());
    const auto content = storage::ReadFile(*files_, kPath, 1 << 20);
    ASSERT_TRUE(content.ok());
    EXPECT_EQ(content->size(), 2 * kMarkSlotBytes);
  }
}

TEST_F(MarkFileTest, ADamagedNewerSlotLeavesTheOlderAndIsWrittenNext) {
  {
    MarkFile mark = MustOpen(*files_);
    ASSERT_TRUE(mark.Write(1, "first").ok());
    ASSERT_TRUE(mark.Write(2, "second").ok());
  }
  Damage(kMarkSlotBytes + 30, "x");
  MarkFile mark = MustOpen(*files_);
  EXPECT_EQ(mark.newest()->note, "first");
  ASSERT_TRUE(mark.Write(3, "third").ok());
  Damage(kMarkSlotBytes + 30, "x");
  EXPECT_EQ(MustOpen(*files_).newest()->note, "first");  // third went where second lay
}

TEST_F(MarkFileTest, TwoDamagedSlotsAreDataLoss) {
  {
    MarkFile mark = MustOpen(*files_);
    ASSERT_TRUE(mark.Write(1, "first").ok());
    ASSERT_TRUE(mark.Write(2, "second").ok());
  }
  Damage(30, "x");
  Damage(kMarkSlotBytes + 30, "x");
  EXPECT_EQ(MarkFile::Open(*files_, kPath).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(MarkFileTest, AnEmptyFileIsDataLoss) {
  ASSERT_TRUE(storage::ReplaceFile(*files_, kPath, "").ok());
  EXPECT_EQ(MarkFile::Open(*files_, kPath).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(MarkFileTest, TwoSlotsOfOneSequenceAreDataLoss) {
  ASSERT_TRUE(
      storage::ReplaceFile(*files_, kPath, MustEncode({3, 1, "one"}) + MustEncode({3, 1, "other"}))
          .ok());
  EXPECT_EQ(MarkFile::Open(*files_, kPath).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(MarkFileTest, RefusesALongNoteAndStaysAsItWas) {
  MarkFile mark = MustOpen(*files_);
  ASSERT_TRUE(mark.Write(1, "first").ok());
  EXPECT_FALSE(mark.Write(2, std::string(kMaxMarkNoteBytes + 1, 'n')).ok());
  EXPECT_EQ(mark.newest()->note, "first");
}

TEST_F(MarkFileTest, SaysSoWhenAWriteOrSyncFails) {
  MarkFile mark = MustOpen(*files_);
  ASSERT_TRUE(mark.Write(1, "first").ok());
  disk_->FailNth(SimulatedDisk::Operation::kSync, 1);
  EXPECT_EQ(mark.Write(2, "second").code(), absl::StatusCode::kUnavailable);
  disk_->FailNth(SimulatedDisk::Operation::kWrite, 1, ENOSPC);
  EXPECT_EQ(mark.Write(2, "second").code(), absl::StatusCode::kResourceExhausted);
}

TEST(MarkFileUnderCrashes, NeverFallsBehindWhatWasAcknowledged) {
  constexpr uint64_t kMarks = 6;
  bool finished = false;
  for (uint64_t step = 0; !finished; ++step) {
    const auto disk = std::make_shared<SimulatedDisk>();
    const auto files = tests::NewFaultyFiles(disk);
    disk->PowerOffAfter(step);
    uint64_t acknowledged = 0;
    auto mark = MarkFile::Open(*files, kPath);
    ASSERT_TRUE(mark.ok());
    while (acknowledged < kMarks &&
           mark->Write(1, std::string(3000, static_cast<char>('a' + acknowledged))).ok()) {
      ++acknowledged;
    }
    finished = acknowledged == kMarks;
    for (const tests::Survival how : tests::kSurvivals) {
      for (uint64_t seed = 0; seed < 20; ++seed) {
        const auto survivors = tests::NewFaultyFiles(disk->AfterCrash(how, seed));
        auto after = MarkFile::Open(*survivors, kPath);
        ASSERT_TRUE(after.ok()) << "step " << step << ": " << after.status();
        const uint64_t sequence = after->newest() ? after->newest()->sequence : 0;
        EXPECT_GE(sequence, acknowledged);
        EXPECT_LE(sequence, acknowledged + 1);
        // And the survivor can go on.
        ASSERT_TRUE(after->Write(2, "next").ok());
        EXPECT_EQ(MarkFile::Open(*survivors, kPath)->newest()->sequence, sequence + 1);
      }
    }
    ASSERT_LT(step, 100u);
  }
}

}  // namespace
}  // namespace sluis::ledger
