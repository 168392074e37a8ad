#include "tests/support/simulated_disk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/support/faulty_files.h"

namespace sluis::tests {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Operation = SimulatedDisk::Operation;

constexpr uint64_t kSeeds = 50;

class Disk : public ::testing::Test {
 protected:
  // Makes a file with this content, synced as told.
  SimulatedDisk::Node Make(const std::string& path, const std::string& content, bool sync_file,
                           bool sync_folder) {
    SimulatedDisk::Node node;
    EXPECT_EQ(disk_->Create(path, /*exclusive=*/true, &node), 0);
    EXPECT_EQ(disk_->Append(node, content), 0);
    if (sync_file) {
      EXPECT_EQ(disk_->Sync(node), 0);
    }
    if (sync_folder) {
      EXPECT_EQ(disk_->SyncFolder("/"), 0);
    }
    return node;
  }

  // Every content that a file may have after a crash; "-" when it may be missing.
  std::set<std::string> Outcomes(const std::string& path, Survival how) {
    std::set<std::string> outcomes;
    for (uint64_t seed = 0; seed < kSeeds; ++seed) {
      outcomes.insert(Content(*disk_->AfterCrash(how, seed), path));
    }
    return outcomes;
  }

  static std::string Content(const SimulatedDisk& disk, const std::string& path) {
    SimulatedDisk::Node node;
    if (disk.Open(path, &node) != 0) return "-";
    std::string content(disk.Size(node), '\0');
    disk.Read(node, 0, content.size(), content.data());
    return content;
  }

  std::shared_ptr<SimulatedDisk> disk_ = std::make_shared<SimulatedDisk>();
};

TEST_F(Disk, WhatWasSyncedSurvivesEveryCrash) {
  Make("/a", "kept", true, true);
  for (const Survival how : kSurvivals) EXPECT_THAT(Outcomes("/a", how), ElementsAre("kept"));
}

TEST_F(Disk, AFileWhoseFolderWasNotSyncedHasNoName) {
  Make("/a", "content", true, false);
  EXPECT_THAT(Outcomes("/a", Survival::kSyncedOnly), ElementsAre("-"));
  EXPECT_THAT(Outcomes("/a", Survival::kSubset), ElementsAre("-", "content"));
}

TEST_F(Disk, ANameWithoutASyncedFileIsEmpty) {
  Make("/a", "content", false, true);
  EXPECT_THAT(Outcomes("/a", Survival::kSyncedOnly), ElementsAre(""));
}

TEST_F(Disk, UnsyncedAppendsAreLostOrTorn) {
  const auto file = Make("/a", "old", true, true);
  ASSERT_EQ(disk_->Append(file, "12"), 0);
  ASSERT_EQ(disk_->Append(file, "34"), 0);
  EXPECT_THAT(Outcomes("/a", Survival::kSyncedOnly), ElementsAre("old"));
  EXPECT_THAT(Outcomes("/a", Survival::kPrefix),
              ElementsAre("old", "old1", "old12", "old123", "old1234"));
  // Also the later write without the earlier one, over a hole of zeros.
  EXPECT_TRUE(Outcomes("/a", Survival::kSubset)
                  .contains(std::string("old\0\0"
                                        "34",
                                        7)));
}

TEST_F(Disk, UnsyncedOverwritesAreLostOrTorn) {
  const auto file = Make("/a", "abcd", true, true);
  ASSERT_EQ(disk_->Write(file, 1, "XY"), 0);
  EXPECT_EQ(Content(*disk_, "/a"), "aXYd");
  EXPECT_THAT(Outcomes("/a", Survival::kSyncedOnly), ElementsAre("abcd"));
  EXPECT_THAT(Outcomes("/a", Survival::kPrefix), ElementsAre("aXYd", "aXcd", "abcd"));
}

TEST_F(Disk, AnUnsyncedTruncationIsLost) {
  const auto file = Make("/a", "abcd", true, true);
  ASSERT_EQ(disk_->Truncate(file, 1), 0);
  EXPECT_EQ(Content(*disk_, "/a"), "a");
  EXPECT_THAT(Outcomes("/a", Survival::kSyncedOnly), ElementsAre("abcd"));
}

TEST_F(Disk, ARenameWithoutAFolderSyncIsLost) {
  Make("/old", "old", true, true);
  Make("/new", "new", true, true);
  ASSERT_EQ(disk_->Rename("/new", "/old"), 0);
  EXPECT_EQ(Content(*disk_, "/old"), "new");
  const auto crashed = disk_->AfterCrash(Survival::kSyncedOnly, 0);
  EXPECT_EQ(Content(*crashed, "/old"), "old");
  EXPECT_EQ(Content(*crashed, "/new"), "new");
  EXPECT_THAT(Outcomes("/old", Survival::kSubset), ElementsAre("new", "old"));

  ASSERT_EQ(disk_->SyncFolder("/"), 0);
  for (const Survival how : kSurvivals) {
    EXPECT_THAT(Outcomes("/old", how), ElementsAre("new"));
    EXPECT_THAT(Outcomes("/new", how), ElementsAre("-"));
  }
}

TEST_F(Disk, ARenameIsAtomic) {
  Make("/a", "1", true, true);
  ASSERT_EQ(disk_->Rename("/a", "/b"), 0);
  for (const Survival how : kSurvivals) {
    for (uint64_t seed = 0; seed < kSeeds; ++seed) {
      EXPECT_EQ(disk_->AfterCrash(how, seed)->Paths().size(), 1u);
    }
  }
}

TEST_F(Disk, ARemovalWithoutAFolderSyncIsLost) {
  Make("/a", "1", true, true);
  ASSERT_EQ(disk_->Remove("/a"), 0);
  EXPECT_THAT(disk_->Paths(), IsEmpty());
  EXPECT_THAT(Outcomes("/a", Survival::kSyncedOnly), ElementsAre("1"));
  ASSERT_EQ(disk_->SyncFolder("/"), 0);
  EXPECT_THAT(Outcomes("/a", Survival::kSyncedOnly), ElementsAre("-"));
}

TEST_F(Disk, AFolderIsLostWithItsFilesUnlessItsOwnParentIsSynced) {
  ASSERT_EQ(disk_->MakeFolder("/f"), 0);
  Make("/f/a", "1", true, false);
  ASSERT_EQ(disk_->SyncFolder("/f"), 0);
  EXPECT_THAT(Outcomes("/f/a", Survival::kSyncedOnly), ElementsAre("-"));
  ASSERT_EQ(disk_->SyncFolder("/"), 0);
  EXPECT_THAT(Outcomes("/f/a", Survival::kSyncedOnly), ElementsAre("1"));
}

TEST_F(Disk, AFileOfTwoNamesStaysOneFile) {
  Make("/a", "1", true, true);
  ASSERT_EQ(disk_->Link("/a", "/b"), 0);
  ASSERT_EQ(disk_->SyncFolder("/"), 0);
  const auto crashed = disk_->AfterCrash(Survival::kSyncedOnly, 0);
  SimulatedDisk::Node node;
  ASSERT_EQ(crashed->Open("/b", &node), 0);
  ASSERT_EQ(crashed->Append(node, "2"), 0);
  EXPECT_EQ(Content(*crashed, "/a"), "12");
}

TEST_F(Disk, TheSameSeedLeavesTheSame) {
  const auto file = Make("/a", "kept", true, true);
  for (int i = 0; i < 20; ++i) ASSERT_EQ(disk_->Append(file, std::to_string(i)), 0);
  EXPECT_EQ(Content(*disk_->AfterCrash(Survival::kSubset, 3), "/a"),
            Content(*disk_->AfterCrash(Survival::kSubset, 3), "/a"));
  EXPECT_GT(Outcomes("/a", Survival::kSubset).size(), 10u);
}

TEST_F(Disk, OpenFilesOfTheOldDiskDoNotReachTheNewOne) {
  const auto file = Make("/a", "1", true, true);
  ASSERT_EQ(disk_->Lock(file), 0);
  const auto crashed = disk_->AfterCrash(Survival::kSyncedOnly, 0);
  ASSERT_EQ(disk_->Append(file, "2"), 0);
  ASSERT_EQ(disk_->Sync(file), 0);
  EXPECT_EQ(Content(*crashed, "/a"), "1");
  SimulatedDisk::Node node;
  ASSERT_EQ(crashed->Open("/a", &node), 0);
  EXPECT_EQ(crashed->Lock(node), 0);
  EXPECT_EQ(disk_->Lock(file), EWOULDBLOCK);
}

TEST_F(Disk, FailsTheOperationAskedForOnce) {
  const auto file = Make("/a", "1", true, true);
  disk_->FailNth(Operation::kSync, 2);
  EXPECT_EQ(disk_->Append(file, "2"), 0);
  EXPECT_EQ(disk_->Sync(file), 0);
  EXPECT_EQ(disk_->Sync(file), EIO);
  EXPECT_EQ(disk_->Sync(file), 0);
  disk_->FailNth(Operation::kWrite, 1, ENOSPC);
  EXPECT_EQ(disk_->Append(file, "3"), ENOSPC);
  disk_->FailNth(Operation::kName, 1);
  EXPECT_EQ(disk_->Rename("/a", "/b"), EIO);
  EXPECT_EQ(disk_->Rename("/a", "/b"), 0);
  disk_->FailNth(Operation::kSyncFolder, 1);
  EXPECT_EQ(disk_->SyncFolder("/"), EIO);
  EXPECT_EQ(Content(*disk_, "/b"), "12");
}

TEST_F(Disk, AfterPowerOffNothingChanges) {
  const auto file = Make("/a", "1", true, true);
  const uint64_t before = disk_->operations();
  disk_->PowerOffAfter(1);
  EXPECT_EQ(disk_->Append(file, "2"), 0);
  EXPECT_EQ(disk_->Append(file, "3"), EIO);
  EXPECT_EQ(disk_->Sync(file), EIO);
  EXPECT_EQ(disk_->Remove("/a"), EIO);
  EXPECT_EQ(disk_->SyncFolder("/"), EIO);
  EXPECT_EQ(disk_->operations(), before + 1);
  EXPECT_EQ(Content(*disk_, "/a"), "12");
  EXPECT_EQ(Content(*disk_->AfterCrash(Survival::kSyncedOnly, 0), "/a"), "1");
}

TEST_F(Disk, ADiskThatIgnoresSyncsLosesEverything) {
  disk_->IgnoreSyncs(true);
  Make("/a", "1", true, true);
  EXPECT_THAT(Outcomes("/a", Survival::kSyncedOnly), ElementsAre("-"));
}

TEST_F(Disk, IsFullAtItsCapacity) {
  const auto file = Make("/a", "1234", true, true);
  disk_->SetCapacity(6);
  EXPECT_EQ(disk_->FreeBytes(), 2u);
  EXPECT_EQ(disk_->Append(file, "567"), ENOSPC);
  EXPECT_EQ(disk_->Write(file, 0, "abcd"), 0);
  EXPECT_EQ(disk_->Append(file, "56"), 0);
  EXPECT_EQ(disk_->FreeBytes(), 0u);
  ASSERT_EQ(disk_->Remove("/a"), 0);
  EXPECT_EQ(disk_->FreeBytes(), 6u);
}

TEST_F(Disk, HoldsFindsBytesInNamedFilesOnly) {
  Make("/a", "a secret", true, true);
  EXPECT_TRUE(disk_->Holds("secret"));
  ASSERT_EQ(disk_->Remove("/a"), 0);
  EXPECT_FALSE(disk_->Holds("secret"));
}

// ReplaceFile, the one pattern that everything beside the store rests on, cut at each operation.
TEST_F(Disk, ReplaceFileIsAllOrNothingAtEachStep) {
  const auto files = NewFaultyFiles(disk_);
  ASSERT_TRUE(storage::ReplaceFile(*files, "/a", "old").ok());
  bool finished = false;
  for (uint64_t step = 0; !finished; ++step) {
    const auto disk = disk_->AfterCrash(Survival::kSyncedOnly, 0);
    disk->PowerOffAfter(step);
    finished = storage::ReplaceFile(*NewFaultyFiles(disk), "/a", "new content").ok();
    for (const Survival how : kSurvivals) {
      for (uint64_t seed = 0; seed < 10; ++seed) {
        const std::string content = Content(*disk->AfterCrash(how, seed), "/a");
        if (finished) {
          EXPECT_EQ(content, "new content");
        } else {
          EXPECT_TRUE(content == "old" || content == "new content") << step << ": " << content;
        }
      }
    }
    ASSERT_LT(step, 20u);
  }
}

}  // namespace
}  // namespace sluis::tests
