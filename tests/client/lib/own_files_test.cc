#include "client/lib/own_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "client/lib/key_file.h"
#include "tests/support/temp_folder.h"

namespace sluis::client {
namespace {

std::string KeyOf(const Step& step) { return step ? step->message.key : "ok"; }

template <typename T>
std::string KeyOf(const Result<T>& result) {
  return result.ok() ? "ok" : result.failure().message.key;
}

mode_t ModeOf(const std::string& path) {
  struct stat facts {};
  EXPECT_EQ(stat(path.c_str(), &facts), 0);
  return facts.st_mode & 0777;
}

TEST(OwnFilesTest, WritesNewFilesWithTheirModeAndNeverOverOthers) {
  const tests::TempFolder folder;
  const std::string path = folder.PathOf("a");
  EXPECT_EQ(KeyOf(WriteNew(path, "one", FileMode::kPrivate)), "ok");
  EXPECT_EQ(ModeOf(path), 0600U);
  EXPECT_EQ(KeyOf(WriteNew(path, "two", FileMode::kPrivate)), "file.exists");
  EXPECT_EQ(*ReadWhole(path, 3), "one");
  EXPECT_EQ(KeyOf(WriteOver(path, "three", FileMode::kPrivate)), "ok");
  EXPECT_EQ(*ReadWhole(path, 10), "three");
  EXPECT_FALSE(Exists(path + ".new"));
  EXPECT_EQ(KeyOf(WriteNew(folder.PathOf("none/a"), "x", FileMode::kPublic)), "file.absent");
}

TEST(OwnFilesTest, ReadsUpToTheBound) {
  const tests::TempFolder folder;
  const std::string path = folder.PathOf("a");
  ASSERT_EQ(KeyOf(WriteNew(path, "12345", FileMode::kPublic)), "ok");
  EXPECT_EQ(KeyOf(ReadWhole(path, 5)), "ok");
  EXPECT_EQ(KeyOf(ReadWhole(path, 4)), "file.too_large");
  EXPECT_EQ(KeyOf(ReadWhole(folder.PathOf("b"), 4)), "file.absent");
  EXPECT_EQ(KeyOf(ReadWhole(folder.path(), 4)), "file.failed");
}

TEST(OwnFilesTest, SecretsMustBePrivate) {
  const tests::TempFolder folder;
  const std::string path = folder.PathOf("a");
  ASSERT_EQ(KeyOf(WriteNew(path, "s", FileMode::kPrivate)), "ok");
  EXPECT_EQ(KeyOf(ReadSecret(path, 9)), "ok");
  for (const mode_t mode : {0640U, 0604U, 0610U, 0660U}) {
    ASSERT_EQ(chmod(path.c_str(), mode), 0);
    EXPECT_EQ(KeyOf(ReadSecret(path, 9)), "file.not_private") << std::oct << mode;
  }
}

TEST(OwnFilesTest, FoldersAreMadePrivateAllTheWay) {
  const tests::TempFolder folder;
  EXPECT_EQ(KeyOf(MakePrivateFolder(folder.PathOf("a/b/c"))), "ok");
  EXPECT_EQ(ModeOf(folder.PathOf("a")), 0700U);
  EXPECT_EQ(KeyOf(CheckPrivateFolder(folder.PathOf("a/b/c"))), "ok");
  ASSERT_EQ(chmod(folder.PathOf("a/b").c_str(), 0750), 0);
  EXPECT_EQ(KeyOf(CheckPrivateFolder(folder.PathOf("a/b"))), "file.folder_not_private");
  std::ofstream(folder.PathOf("file")) << "x";
  EXPECT_EQ(KeyOf(MakePrivateFolder(folder.PathOf("file"))), "file.exists");
}

TEST(KeyFileOnDiskTest, KeysComeBackForTheirPurposeOnly) {
  const tests::TempFolder folder;
  const std::string path = folder.PathOf("log.key");
  const auto made = MakeKey(path, crypto::KeyPurpose::kLog, "2030-01-01");
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(ModeOf(path), 0600U);
  const auto read = ReadKey(path, crypto::KeyPurpose::kLog);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->id(), made->id());
  EXPECT_EQ(KeyOf(ReadKey(path, crypto::KeyPurpose::kMandate)), "key.other_purpose");
  EXPECT_EQ(KeyOf(MakeKey(path, crypto::KeyPurpose::kLog, "2030-01-01")), "file.exists");
  EXPECT_EQ(KeyOf(MakeKey(folder.PathOf("b"), crypto::KeyPurpose::kLog, "2030-13-01")),
            "key.bad_day");
  ASSERT_EQ(chmod(path.c_str(), 0644), 0);
  EXPECT_EQ(KeyOf(ReadKey(path, crypto::KeyPurpose::kLog)), "file.not_private");
  ASSERT_EQ(KeyOf(WriteNew(folder.PathOf("bad"), "sluis-key/v1\n", FileMode::kPrivate)), "ok");
  EXPECT_EQ(KeyOf(ReadKey(folder.PathOf("bad"), crypto::KeyPurpose::kLog)), "key.bad_file");
}

}  // namespace
}  // namespace sluis::client
