#include "client/lib/restore.h"

#include <gtest/gtest.h>
#include <limits.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <set>
#include <vector>

#include "client/lib/own_files.h"
#include "crypto/bytes.h"
#include "crypto/hash.h"
#include "tests/support/temp_folder.h"

namespace {

// Paths that this program synced, in order.
std::vector<std::string>& Synced() {
  static auto& paths = *new std::vector<std::string>;
  return paths;
}

}  // namespace

// Stands before the C library's in this program: remembers what is synced, and syncs it.
extern "C" int fsync(int fd) {
  std::array<char, PATH_MAX> path{};
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  const ssize_t length = readlink(link.c_str(), path.data(), path.size());
  if (length > 0) Synced().emplace_back(path.data(), static_cast<size_t>(length));
  return static_cast<int>(syscall(SYS_fsync, fd));
}

namespace sluis::client {
namespace {

namespace fs = std::filesystem;

class RestoreSyncTest : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(plan_.backup + "/ledger");
    fs::create_directories(plan_.backup + "/witness");
    fs::create_directories(plan_.keys);
    std::string key = "sluiskk1";
    crypto::AppendU64(key, 2);
    key += std::string(32, 'k');
    key += crypto::View(crypto::Sha256(key)).substr(0, 16);
    Put(plan_.keys + "/kek-2", key);
    Put(plan_.keys + "/kek-3", std::string(64, 'x'));
    Put(plan_.backup + "/key", "kek-2 " + crypto::HexEncode(key.substr(48)) + "\n");
    for (const char* name :
         {"FORMAT", "mark", "ledger/CURRENT", "ledger/000004.log", "witness/CURRENT"}) {
      Put(plan_.backup + "/" + name, name);
    }
  }

  static void Put(const std::string& path, const std::string& bytes) {
    ASSERT_FALSE(WriteNew(path, bytes, FileMode::kPrivate).has_value());
  }

  tests::TempFolder folder_;
  const RestorePlan plan_{folder_.PathOf("backup"), folder_.PathOf("keys"), "",
                          folder_.PathOf("data")};
};

// The files of the store were copied and never synced: a loss of power after "done" left a store
// with holes.
TEST_F(RestoreSyncTest, EveryFileAndFolderIsSyncedBeforeItSaysDone) {
  fs::create_directory(plan_.data);
  Put(plan_.data + "/mark", "of the node as it was");
  Synced().clear();
  ASSERT_TRUE(Restore(plan_, 1'790'000'000).ok());
  const std::set<std::string> synced(Synced().begin(), Synced().end());
  for (const auto& item : fs::recursive_directory_iterator(plan_.data)) {
    EXPECT_TRUE(synced.contains(item.path())) << item.path();
  }
  EXPECT_TRUE(synced.contains(plan_.data));
  EXPECT_TRUE(synced.contains(folder_.path())) << "the names of the old folder and the new one";
}

}  // namespace
}  // namespace sluis::client
