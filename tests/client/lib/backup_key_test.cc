#include "client/lib/backup_key.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "client/lib/own_files.h"
#include "crypto/hash.h"
#include "tests/support/temp_folder.h"

namespace sluis::client {
namespace {

std::string KeyFileOf(uint64_t epoch, char key) {
  std::string file = "sluiskk1";
  crypto::AppendU64(file, epoch);
  file += std::string(32, key);
  return file + std::string(crypto::View(crypto::Sha256(file)).substr(0, 16));
}

std::string NameOfFile(uint64_t epoch, const std::string& file) {
  return "kek-" + std::to_string(epoch) + " " + crypto::HexEncode(file.substr(48)) + "\n";
}

TEST(BackupKeyName, IsTheEpochAndTheCheckOfTheExampleInFormats) {
  const auto name = ParseBackupKeyName("kek-1 b1f1398a8859d5bc6951f72b1a5da4c1\n");
  ASSERT_TRUE(name.has_value());
  EXPECT_EQ(name->epoch, 1u);
  EXPECT_EQ(crypto::HexEncode(crypto::View(name->check)), "b1f1398a8859d5bc6951f72b1a5da4c1");
}

TEST(BackupKeyName, RefusesEveryOtherText) {
  for (const char* text :
       {"", "\n", "kek-\n", "kek-1\n", "kek-1 \n", "kek-1 b1f1398a8859d5bc6951f72b1a5da4c1",
        "1 b1f1398a8859d5bc6951f72b1a5da4c1\n", "kek-01 b1f1398a8859d5bc6951f72b1a5da4c1\n",
        "kek- b1f1398a8859d5bc6951f72b1a5da4c1\n", "kek-1 b1f1398a8859d5bc6951f72b1a5da4\n",
        "kek-1 b1f1398a8859d5bc6951f72b1a5da4c1c1\n", "kek-1 g1f1398a8859d5bc6951f72b1a5da4c1\n",
        "kek-1  b1f1398a8859d5bc6951f72b1a5da4c1\n", "kek-1 b1f1398a8859d5bc6951f72b1a5da4c1\n\n",
        "kek-18446744073709551616 b1f1398a8859d5bc6951f72b1a5da4c1\n"}) {
    EXPECT_FALSE(ParseBackupKeyName(text).has_value()) << text;
  }
}

class FindBackupKeyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(backup_);
    std::filesystem::create_directory(keys_);
  }

  void Put(const std::string& path, const std::string& bytes) {
    ASSERT_FALSE(WriteNew(path, bytes, FileMode::kPrivate).has_value());
  }
  void States(const std::string& text) { Put(backup_ + "/key", text); }

  // Key of the message that refuses; empty when a key was found.
  std::string Refusal() const {
    const auto found = FindBackupKey(backup_, keys_);
    return found.ok() ? "" : found.failure().message.key;
  }

  tests::TempFolder folder_;
  const std::string backup_ = folder_.PathOf("backup");
  const std::string keys_ = folder_.PathOf("keys");
  const std::string first_ = KeyFileOf(2, 'a');
  const std::string second_ = KeyFileOf(2, 'b');
};

TEST_F(FindBackupKeyTest, TakesTheOneThatIsNamedWhateverItsFileIsCalled) {
  Put(keys_ + "/kek-1", KeyFileOf(1, 'c'));
  Put(keys_ + "/kek-2", second_);
  Put(keys_ + "/kek-2.before-20260115T120000Z", first_);
  Put(keys_ + "/kek-3", KeyFileOf(3, 'd'));
  States(NameOfFile(2, first_));
  const auto found = FindBackupKey(backup_, keys_);
  ASSERT_TRUE(found.ok()) << found.failure().message.key;
  EXPECT_EQ(found->name, "kek-2");
  EXPECT_EQ(crypto::View(found->file.expose()), first_);
}

TEST_F(FindBackupKeyTest, RefusesWhenTheOneThatIsNamedIsGoneOrDamaged) {
  States(NameOfFile(2, first_));
  EXPECT_EQ(Refusal(), "restore.no_keys");
  Put(keys_ + "/kek-2", second_);
  EXPECT_EQ(Refusal(), "restore.key_gone");
  // Overwritten with zeros up to the check, as a destruction cut short leaves it.
  Put(keys_ + "/kek-2.before-20260115T120000Z", std::string(48, '\0') + first_.substr(48));
  EXPECT_EQ(Refusal(), "restore.key_gone");
}

TEST_F(FindBackupKeyTest, RefusesAFileThatItCannotRead) {
  States(NameOfFile(2, first_));
  std::filesystem::create_directory(keys_ + "/kek-2");
  EXPECT_EQ(Refusal(), "file.failed");
}

TEST_F(FindBackupKeyTest, RefusesADamagedStatement) {
  Put(keys_ + "/kek-2", first_);
  States("kek-2\n");
  EXPECT_EQ(Refusal(), "restore.key_unreadable");
}

TEST_F(FindBackupKeyTest, OfABackupThatNamesNoneTakesTheOnlyKeyAndNeverGuesses) {
  Put(keys_ + "/kek-2", first_);
  EXPECT_EQ(Refusal(), "");
  Put(keys_ + "/kek-3", KeyFileOf(3, 'c'));
  EXPECT_EQ(Refusal(), "restore.key_unstated");
}

}  // namespace
}  // namespace sluis::client
