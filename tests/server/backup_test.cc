#include "server/backup.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <utime.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "crypto/bytes.h"
#include "server/ledger/key_files.h"
#include "server/ledger/log_state.h"
#include "server/ledger/row.h"
#include "server/storage/rocksdb_store.h"
#include "tests/support/temp_folder.h"

namespace sluis::server {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kDayUs = 24ull * 3600 * 1'000'000;
// 2026-01-15 12:00:00 UTC.
constexpr uint64_t kNowUs = 1'768'478'400ull * 1'000'000;

std::string Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A file that was written at `at_us`.
void Write(const std::string& path, const std::string& text, uint64_t at_us = kNowUs) {
  std::ofstream(path, std::ios::binary) << text;
  const auto seconds = static_cast<time_t>(at_us / 1'000'000);
  const utimbuf times{seconds, seconds};
  ASSERT_EQ(::utime(path.c_str(), &times), 0);
}

// The file of a key that `name` tells from others.
std::string KeyFileOf(uint64_t epoch, char name) {
  ledger::EpochKey key;
  key.mutable_span()[0] = static_cast<uint8_t>(name);
  return std::string(crypto::View(ledger::EncodeKeyFile(epoch, key).expose()));
}

class KeyCopies : public ::testing::Test {
 protected:
  void SetUp() override { fs::create_directory(data_); }

  void Keep(uint64_t now_us = kNowUs) {
    ASSERT_TRUE(KeepKeyCopies(data_, copies_, 14, now_us).ok());
  }

  tests::TempFolder folder_;
  const std::string data_ = folder_.PathOf("data");
  const std::string copies_ = folder_.PathOf("copies");
};

TEST_F(KeyCopies, AreMadeForTheOwnerOnlyAndOfKeysOnly) {
  Write(data_ + "/kek-3", KeyFileOf(3, 'a'));
  Write(data_ + "/mark", "no key");
  Keep();
  EXPECT_EQ(Read(copies_ + "/kek-3"), KeyFileOf(3, 'a'));
  EXPECT_FALSE(fs::exists(copies_ + "/mark"));
  struct stat facts {};
  ASSERT_EQ(::stat((copies_ + "/kek-3").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
}

// Counted from when the key was last in use, not from when the copy was made: the newest backup
// before an erasure must stay readable for those days.
TEST_F(KeyCopies, GoTheirDaysAfterTheKeyWasDestroyedAndNotBefore) {
  Write(data_ + "/kek-2", KeyFileOf(2, 'a'));
  Keep(kNowUs - 90 * kDayUs);
  Keep(kNowUs);
  fs::remove(data_ + "/kek-2");
  Write(data_ + "/kek-3", KeyFileOf(3, 'a'));
  Keep(kNowUs + 14 * kDayUs - 1'000'000);
  EXPECT_TRUE(fs::exists(copies_ + "/kek-2"));
  Keep(kNowUs + 14 * kDayUs);
  EXPECT_FALSE(fs::exists(copies_ + "/kek-2"));
  EXPECT_TRUE(fs::exists(copies_ + "/kek-3"));
}

// A restored node erases again and so makes a second key of an epoch that was copied before:
// without its own copy, the next lost disk would be the end of the ledger.
TEST_F(KeyCopies, OfASecondKeyOfOneEpochTakeThePlaceAndLeaveTheFirstUntilItsDaysAreOver) {
  Write(data_ + "/kek-3", KeyFileOf(3, 'b'));
  fs::create_directory(copies_);
  Write(copies_ + "/kek-3", KeyFileOf(3, 'a'), kNowUs - 5 * kDayUs);
  Keep();
  EXPECT_EQ(Read(copies_ + "/kek-3"), KeyFileOf(3, 'b'));
  const std::string first = copies_ + "/kek-3.before-20260115T120000Z";
  EXPECT_EQ(Read(first), KeyFileOf(3, 'a'));
  Keep(kNowUs + 10 * kDayUs);
  EXPECT_FALSE(fs::exists(first));
  EXPECT_TRUE(fs::exists(copies_ + "/kek-3"));
}

// The copy was replaced by the zeros that an erasure was just writing over the key.
TEST_F(KeyCopies, AreNotReplacedByAKeyThatIsBeingDestroyed) {
  const std::string key = KeyFileOf(3, 'a');
  Write(data_ + "/kek-3", key);
  Keep();
  for (const size_t overwritten : {16u, 40u, 64u}) {
    Write(data_ + "/kek-3", std::string(overwritten, '\0') + key.substr(overwritten));
    Keep();
    EXPECT_EQ(Read(copies_ + "/kek-3"), key);
    EXPECT_EQ(std::distance(fs::directory_iterator(copies_), fs::directory_iterator()), 1);
  }
}

// Files of the machine, of which one goes right after its folder was listed.
class VanishingFiles : public storage::Files {
 public:
  explicit VanishingFiles(std::string path) : path_(std::move(path)) {}

  absl::StatusOr<std::unique_ptr<storage::File>> Open(const std::string& path, Mode mode) override {
    return files_.Open(path, mode);
  }
  absl::Status Rename(const std::string& from, const std::string& to) override {
    return files_.Rename(from, to);
  }
  absl::Status Remove(const std::string& path) override { return files_.Remove(path); }
  absl::Status MakeFolder(const std::string& path) override { return files_.MakeFolder(path); }
  absl::Status SyncFolder(const std::string& path) override { return files_.SyncFolder(path); }
  absl::StatusOr<bool> Exists(const std::string& path) override { return files_.Exists(path); }
  absl::StatusOr<std::vector<std::string>> List(const std::string& folder) override {
    auto names = files_.List(folder);
    fs::remove(path_);
    return names;
  }
  absl::StatusOr<uint64_t> FreeBytes(const std::string& folder) override {
    return files_.FreeBytes(folder);
  }

 private:
  storage::Files& files_ = storage::SystemFiles();
  const std::string path_;
};

TEST_F(KeyCopies, AreMadeAlthoughAnotherKeyWentMeanwhile) {
  Write(data_ + "/kek-2", KeyFileOf(2, 'a'));
  Write(data_ + "/kek-3", KeyFileOf(3, 'a'));
  VanishingFiles files(data_ + "/kek-2");
  EXPECT_EQ(KeepKeyCopies(data_, copies_, 14, kNowUs, files), absl::OkStatus());
  EXPECT_FALSE(fs::exists(copies_ + "/kek-2"));
  EXPECT_EQ(Read(copies_ + "/kek-3"), KeyFileOf(3, 'a'));
}

TEST(MakeBackup, HoldsMarkJournalAndStoreAndNoKey) {
  tests::TempFolder folder;
  const std::string data = folder.PathOf("data");
  fs::create_directory(data);
  for (const char* name : {"mark", "erasures", "FORMAT", "kek-1", "ballast"}) {
    Write(data + "/" + name, name);
  }
  auto store = storage::OpenRocksDbStore(data + "/ledger");
  ASSERT_TRUE(store.ok());
  auto witness = storage::OpenRocksDbStore(data + "/witness");
  ASSERT_TRUE(witness.ok());
  const storage::Write head{"h", "of a partner"};
  ASSERT_EQ((*witness)->Apply({&head, 1}), absl::OkStatus());
  const auto backup = MakeBackup({**store, **witness}, data, folder.PathOf("backup"), kNowUs);
  ASSERT_TRUE(backup.ok()) << backup.status();
  EXPECT_EQ(fs::path(backup->folder).filename(), "20260115T120000Z");
  for (const char* name : {"mark", "erasures", "FORMAT"}) {
    EXPECT_EQ(Read(backup->folder + "/" + name), name);
  }
  EXPECT_TRUE(fs::exists(backup->folder + "/ledger/CURRENT"));
  EXPECT_EQ(
      (*storage::OpenRocksDbStore(backup->folder + "/witness"))->Get("h")->value_or("nothing"),
      "of a partner");
  for (const auto& item : fs::recursive_directory_iterator(backup->folder)) {
    EXPECT_FALSE(item.path().filename().string().starts_with("kek-")) << item.path();
  }
  EXPECT_EQ(MakeBackup({**store, **witness}, data, folder.PathOf("backup"), kNowUs).status().code(),
            absl::StatusCode::kAlreadyExists);
}

// A store with a log, in which an erasure happens while its copies are made.
class ErasingStore : public storage::Store {
 public:
  ErasingStore(std::unique_ptr<storage::Store> inner, std::string data, int erasures)
      : inner_(std::move(inner)), data_(std::move(data)), erasures_(erasures) {
    BeginEpoch(1);
  }

  std::unique_ptr<storage::Snapshot> NewSnapshot() const override { return inner_->NewSnapshot(); }
  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override {
    return inner_->Get(key);
  }
  absl::Status Apply(std::span<const storage::Write> writes) override {
    return inner_->Apply(writes);
  }
  absl::Status CopyTo(const std::string& folder) override {
    absl::Status copied = inner_->CopyTo(folder);
    if (erasures_-- > 0) BeginEpoch(++epoch_);
    return copied;
  }

 private:
  void BeginEpoch(uint64_t epoch) {
    ledger::LogState state;
    state.key_epoch = epoch;
    const storage::Write row{ledger::RowKey(ledger::Table::kState), EncodeLogState(state)};
    ASSERT_TRUE(inner_->Apply({{row}}).ok());
    ledger::KeyFiles files(storage::SystemFiles(), data_);
    ledger::EpochKey key;
    key.mutable_span()[0] = static_cast<uint8_t>(epoch);
    ASSERT_TRUE(files.Create(epoch, key).ok());
    // OK when there is none.
    ASSERT_TRUE(files.Destroy(epoch - 1).ok());
  }

  const std::unique_ptr<storage::Store> inner_;
  const std::string data_;
  int erasures_;
  uint64_t epoch_ = 1;
};

class BackupDuringErasures : public ::testing::Test {
 protected:
  absl::StatusOr<Backup> BackUp(int erasures) {
    const std::string data = folder_.PathOf("data");
    fs::create_directory(data);
    auto store = storage::OpenRocksDbStore(data + "/ledger");
    if (!store.ok()) return store.status();
    auto witness = storage::OpenRocksDbStore(data + "/witness");
    if (!witness.ok()) return witness.status();
    ErasingStore erasing(*std::move(store), data, erasures);
    return MakeBackup({erasing, **witness}, data, folder_.PathOf("backup"), kNowUs);
  }

  tests::TempFolder folder_;
};

// Which key opens the copy must never be a guess: the wrong one makes it unreadable.
TEST_F(BackupDuringErasures, NamesTheKeyThatOpensTheCopy) {
  const auto backup = BackUp(2);
  ASSERT_TRUE(backup.ok()) << backup.status();
  const std::string file = Read(folder_.PathOf("data/kek-3"));
  ASSERT_EQ(file.size(), ledger::kKeyFileBytes);
  EXPECT_EQ(Read(backup->folder + "/key"),
            "kek-3 " + crypto::HexEncode(std::string_view(file).substr(48)) + "\n");
  const auto copy = storage::OpenRocksDbStore(backup->folder + "/ledger");
  ASSERT_TRUE(copy.ok());
  const auto state = ledger::ReadLogState(*(*copy)->NewSnapshot());
  ASSERT_TRUE(state.ok() && state->has_value());
  EXPECT_EQ((*state)->key_epoch, 3u);
}

TEST_F(BackupDuringErasures, IsNotMadeWhenTheyDoNotEnd) {
  EXPECT_EQ(BackUp(100).status().code(), absl::StatusCode::kAborted);
  EXPECT_FALSE(fs::exists(folder_.PathOf("backup/20260115T120000Z")));
}

}  // namespace
}  // namespace sluis::server
