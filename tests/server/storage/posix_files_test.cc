#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/storage/files.h"
#include "tests/support/temp_folder.h"

namespace sluis::storage {
namespace {

using ::testing::ElementsAre;
using Mode = Files::Mode;

class PosixFilesTest : public ::testing::Test {
 protected:
  std::unique_ptr<File> MustOpen(const std::string& path, Mode mode) {
    auto file = files_.Open(path, mode);
    EXPECT_TRUE(file.ok()) << file.status();
    return file.ok() ? *std::move(file) : nullptr;
  }
  absl::StatusCode OpenCode(const std::string& path, Mode mode) {
    return files_.Open(path, mode).status().code();
  }

  tests::TempFolder folder_;
  Files& files_ = SystemFiles();
  std::string a_ = folder_.PathOf("a");
};

TEST_F(PosixFilesTest, WritesAndReadsAtOffsets) {
  const auto file = MustOpen(a_, Mode::kCreateNew);
  ASSERT_TRUE(file->WriteAt(3, "def").ok());
  ASSERT_TRUE(file->WriteAt(0, "abc").ok());
  ASSERT_TRUE(file->Sync().ok());
  EXPECT_EQ(*file->Size(), 6u);
  std::array<uint8_t, 10> bytes;
  EXPECT_EQ(*file->ReadAt(2, bytes), 4u);
  EXPECT_EQ(std::string(bytes.begin(), bytes.begin() + 4), "cdef");
  EXPECT_EQ(*file->ReadAt(6, bytes), 0u);
}

TEST_F(PosixFilesTest, OpensAsTold) {
  EXPECT_EQ(OpenCode(a_, Mode::kRead), absl::StatusCode::kNotFound);
  EXPECT_EQ(OpenCode(a_, Mode::kReadWrite), absl::StatusCode::kNotFound);
  ASSERT_TRUE(MustOpen(a_, Mode::kCreateNew)->WriteAt(0, "x").ok());
  EXPECT_EQ(OpenCode(a_, Mode::kCreateNew), absl::StatusCode::kAlreadyExists);
  EXPECT_FALSE(MustOpen(a_, Mode::kRead)->WriteAt(0, "y").ok());
  EXPECT_TRUE(MustOpen(a_, Mode::kReadWrite)->WriteAt(0, "y").ok());
  struct stat about {};
  ASSERT_EQ(stat(a_.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600u);
}

TEST_F(PosixFilesTest, DoesNotFollowLinks) {
  MustOpen(a_, Mode::kCreateNew);
  const std::string link = folder_.PathOf("link");
  ASSERT_EQ(symlink(a_.c_str(), link.c_str()), 0);
  EXPECT_NE(OpenCode(link, Mode::kRead), absl::StatusCode::kOk);
  EXPECT_NE(OpenCode(link, Mode::kCreateNew), absl::StatusCode::kOk);
  EXPECT_TRUE(*files_.Exists(link));
}

TEST_F(PosixFilesTest, LocksOnceUntilClosed) {
  auto first = MustOpen(a_, Mode::kCreateNew);
  const auto second = MustOpen(a_, Mode::kReadWrite);
  ASSERT_TRUE(first->Lock().ok());
  EXPECT_EQ(second->Lock().code(), absl::StatusCode::kFailedPrecondition);
  first.reset();
  EXPECT_TRUE(second->Lock().ok());
}

TEST_F(PosixFilesTest, NamesComeAndGo) {
  MustOpen(folder_.PathOf("c"), Mode::kCreateNew);
  MustOpen(a_, Mode::kCreateNew);
  ASSERT_TRUE(files_.MakeFolder(folder_.PathOf("b")).ok());
  EXPECT_EQ(files_.MakeFolder(folder_.PathOf("b")).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(*files_.List(folder_.path()), ElementsAre("a", "b", "c"));
  ASSERT_TRUE(files_.Rename(a_, folder_.PathOf("c")).ok());
  EXPECT_FALSE(*files_.Exists(a_));
  EXPECT_TRUE(files_.SyncFolder(folder_.path()).ok());
  ASSERT_TRUE(files_.Remove(folder_.PathOf("c")).ok());
  EXPECT_THAT(*files_.List(folder_.path()), ElementsAre("b"));
}

TEST_F(PosixFilesTest, SaysWhatIsMissing) {
  EXPECT_EQ(files_.Remove(a_).code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(files_.Rename(a_, a_ + "b").code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(files_.SyncFolder(a_).code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(files_.List(a_).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(files_.FreeBytes(a_).status().code(), absl::StatusCode::kNotFound);
  EXPECT_GT(*files_.FreeBytes(folder_.path()), 0u);
}

TEST_F(PosixFilesTest, AFullDiskIsSaidAsSuch) {
  // /dev/full is the kernel's own full disk.
  EXPECT_EQ(MustOpen("/dev/full", Mode::kReadWrite)->WriteAt(0, "x").code(),
            absl::StatusCode::kResourceExhausted);
}

TEST_F(PosixFilesTest, ReplaceFileLeavesNoDraft) {
  ASSERT_TRUE(ReplaceFile(files_, a_, "old").ok());
  MustOpen(a_ + ".tmp", Mode::kCreateNew);
  ASSERT_TRUE(ReplaceFile(files_, a_, "new").ok());
  EXPECT_EQ(*ReadFile(files_, a_, 3), "new");
  EXPECT_EQ(ReadFile(files_, a_, 2).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(*files_.List(folder_.path()), ElementsAre("a"));
}

TEST_F(PosixFilesTest, RemoveDurablyIsContentWithNothing) {
  ASSERT_TRUE(ReplaceFile(files_, a_, "x").ok());
  EXPECT_TRUE(RemoveDurably(files_, a_).ok());
  EXPECT_TRUE(RemoveDurably(files_, a_).ok());
  EXPECT_FALSE(*files_.Exists(a_));
}

TEST(FolderOf, IsTheFolderThatHoldsTheName) {
  EXPECT_EQ(FolderOf("/a/b/c"), "/a/b");
  EXPECT_EQ(FolderOf("/a"), "/");
  EXPECT_EQ(FolderOf("a/b"), "a");
  EXPECT_EQ(FolderOf("a"), ".");
}

}  // namespace
}  // namespace sluis::storage
