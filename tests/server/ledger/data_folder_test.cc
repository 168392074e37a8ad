#include "server/ledger/data_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <optional>

#include "tests/support/faulty_files.h"
#include "tests/support/simulated_disk.h"
#include "tests/support/temp_folder.h"

namespace sluis::ledger {
namespace {

using tests::SimulatedDisk;

class DataFolderTest : public ::testing::Test {
 protected:
  DataFolder MustOpen() {
    auto folder = DataFolder::Open(*files_, "/data");
    EXPECT_TRUE(folder.ok()) << folder.status();
    return *std::move(folder);
  }
  absl::StatusCode OpenCode() { return DataFolder::Open(*files_, "/data").status().code(); }
  void Put(const std::string& name, std::string_view content) {
    ASSERT_TRUE(storage::ReplaceFile(*files_, "/data/" + name, content).ok());
  }

  std::shared_ptr<SimulatedDisk> disk_ = std::make_shared<SimulatedDisk>();
  std::unique_ptr<storage::Files> files_ = tests::NewFaultyFiles(disk_);
};

TEST_F(DataFolderTest, IsMadeWithItsFormat) {
  const DataFolder folder = MustOpen();
  EXPECT_EQ(folder.PathOf("mark"), "/data/mark");
  EXPECT_EQ(*storage::ReadFile(*files_, "/data/FORMAT", 16), "2\n");
}

TEST_F(DataFolderTest, IsHeldByOneInstance) {
  auto first = std::make_optional(MustOpen());
  EXPECT_EQ(OpenCode(), absl::StatusCode::kFailedPrecondition);
  first.reset();
  EXPECT_EQ(OpenCode(), absl::StatusCode::kOk);
}

TEST_F(DataFolderTest, RefusesANewerFormat) {
  MustOpen();
  Put("FORMAT", "3\n");
  EXPECT_EQ(OpenCode(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(DataFolderTest, AnOlderFormatIsRaisedByWhoHasLookedIntoTheStore) {
  MustOpen();
  Put("FORMAT", "1\n");
  {
    auto folder = DataFolder::Open(*files_, "/data");
    ASSERT_TRUE(folder.ok()) << folder.status();
    EXPECT_EQ(folder->format(), 1u);
    EXPECT_EQ(*storage::ReadFile(*files_, "/data/FORMAT", 16), "1\n");
    ASSERT_EQ(folder->RaiseFormat(), absl::OkStatus());
    EXPECT_EQ(folder->format(), kDataFormat);
  }
  EXPECT_EQ(*storage::ReadFile(*files_, "/data/FORMAT", 16), "2\n");
}

TEST_F(DataFolderTest, RefusesAFormatThatIsNone) {
  MustOpen();
  for (const char* content : {"", "1", "0\n", "01\n", "one\n", "1\n\n", "-1\n", "99999999999\n",
                              "1111111111111111111111"}) {
    Put("FORMAT", content);
    EXPECT_EQ(OpenCode(), absl::StatusCode::kDataLoss) << content;
  }
}

TEST_F(DataFolderTest, RefusesFilesOfALedgerWithoutFormat) {
  for (const char* name : {"mark", "erasures", "kek-1"}) {
    MustOpen();
    Put(name, "x");
    ASSERT_TRUE(files_->Remove("/data/FORMAT").ok());
    EXPECT_EQ(OpenCode(), absl::StatusCode::kDataLoss) << name;
    ASSERT_TRUE(files_->Remove(std::string("/data/") + name).ok());
  }
}

TEST_F(DataFolderTest, MayHoldOtherThingsFromTheStart) {
  ASSERT_TRUE(files_->MakeFolder("/data").ok());
  ASSERT_TRUE(files_->MakeFolder("/data/store").ok());
  MustOpen();
}

TEST_F(DataFolderTest, TheBallastTakesSpaceAndGivesItBack) {
  DataFolder folder = MustOpen();
  disk_->SetCapacity(10'000);
  const uint64_t before = *folder.FreeBytes();
  EXPECT_FALSE(*folder.HasBallast());
  ASSERT_TRUE(folder.MakeBallast(4'000).ok());
  EXPECT_TRUE(*folder.HasBallast());
  EXPECT_EQ(*folder.FreeBytes(), before - 4'000);
  ASSERT_TRUE(folder.MakeBallast(4'000).ok());
  EXPECT_EQ(*folder.FreeBytes(), before - 4'000);
  ASSERT_TRUE(folder.MakeBallast(1'000).ok());
  EXPECT_EQ(*folder.FreeBytes(), before - 1'000);
  ASSERT_TRUE(folder.GiveUpBallast().ok());
  ASSERT_TRUE(folder.GiveUpBallast().ok());
  EXPECT_FALSE(*folder.HasBallast());
  EXPECT_EQ(*folder.FreeBytes(), before);
}

TEST_F(DataFolderTest, ABallastThatDoesNotFitIsNotHalfMade) {
  DataFolder folder = MustOpen();
  disk_->SetCapacity(1'000);
  EXPECT_EQ(folder.MakeBallast(4'000).code(), absl::StatusCode::kResourceExhausted);
  EXPECT_FALSE(*folder.HasBallast());
}

TEST_F(DataFolderTest, TheRestoredFlagIsDurable) {
  const auto flag_after_crash = [this] {
    const auto survivors = disk_->AfterCrash(tests::Survival::kSyncedOnly, 0);
    return *tests::NewFaultyFiles(survivors)->Exists("/data/restored");
  };
  DataFolder folder = MustOpen();
  EXPECT_FALSE(*folder.IsRestored());
  ASSERT_TRUE(folder.SetRestored().ok());
  EXPECT_TRUE(*folder.IsRestored());
  EXPECT_TRUE(flag_after_crash());
  ASSERT_TRUE(folder.ClearRestored().ok());
  EXPECT_FALSE(*folder.IsRestored());
  EXPECT_FALSE(flag_after_crash());
}

TEST_F(DataFolderTest, AFirstOpenMayBeCutAnywhere) {
  bool finished = false;
  for (uint64_t step = 0; !finished; ++step) {
    const auto disk = std::make_shared<SimulatedDisk>();
    const auto files = tests::NewFaultyFiles(disk);
    disk->PowerOffAfter(step);
    finished = DataFolder::Open(*files, "/data").ok();
    for (const tests::Survival how : tests::kSurvivals) {
      for (uint64_t seed = 0; seed < 20; ++seed) {
        const auto survivors = disk->AfterCrash(how, seed);
        const auto survivor_files = tests::NewFaultyFiles(survivors);
        if (finished) {
          EXPECT_TRUE(*survivor_files->Exists("/data/FORMAT"));
        }
        const auto folder = DataFolder::Open(*survivor_files, "/data");
        EXPECT_TRUE(folder.ok()) << "step " << step << ": " << folder.status();
      }
    }
    ASSERT_LT(step, 50u);
  }
}

TEST(DataFolderOnTheMachine, IsForItsOwnerAloneAndHeldOnce) {
  const tests::TempFolder temp;
  const std::string path = temp.PathOf("data");
  auto folder = DataFolder::Open(storage::SystemFiles(), path);
  ASSERT_TRUE(folder.ok()) << folder.status();
  ASSERT_TRUE(folder->MakeBallast(100'000).ok());
  const auto mode = [](const std::string& of) {
    struct stat about {};
    EXPECT_EQ(stat(of.c_str(), &about), 0) << of;
    return about.st_mode & 0777;
  };
  EXPECT_EQ(mode(path), 0700u);
  EXPECT_EQ(mode(path + "/FORMAT"), 0600u);
  struct stat ballast {};
  ASSERT_EQ(stat((path + "/ballast").c_str(), &ballast), 0);
  EXPECT_GE(ballast.st_blocks * 512, 100'000);  // space really taken
  EXPECT_EQ(DataFolder::Open(storage::SystemFiles(), path).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace sluis::ledger
