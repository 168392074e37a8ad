#include "server/node_stores.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "tests/support/temp_folder.h"

namespace sluis::server {
namespace {

namespace fs = std::filesystem;

std::map<std::string, std::string> FilesBelow(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const auto& item : fs::recursive_directory_iterator(folder)) {
    if (!item.is_regular_file()) continue;
    std::ifstream file(item.path(), std::ios::binary);
    files[item.path()] = {std::istreambuf_iterator<char>(file), {}};
  }
  return files;
}

// RocksDB used to open first: it wrote new files into the store of a newer program before FORMAT
// was looked at.
TEST(NodeStores, ANewerFormatIsRefusedBeforeAnyFileOfAStoreChanges) {
  const tests::TempFolder folder;
  const std::string data = folder.PathOf("data");
  ASSERT_TRUE(OpenNodeStores(data).ok());
  std::ofstream(data + "/FORMAT") << "3\n";
  const auto before = FilesBelow(data);
  ASSERT_TRUE(before.contains(data + "/ledger/CURRENT"));
  const absl::Status status = OpenNodeStores(data).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  EXPECT_NE(status.message().find("has format 3"), std::string::npos) << status;
  EXPECT_EQ(FilesBelow(data), before);
}

// The second instance used to get RocksDB's words about a file of its own.
TEST(NodeStores, ASecondInstanceIsToldToStopTheFirst) {
  const tests::TempFolder folder;
  const auto first = OpenNodeStores(folder.PathOf("data"));
  ASSERT_TRUE(first.ok()) << first.status();
  const absl::Status second = OpenNodeStores(folder.PathOf("data")).status();
  EXPECT_EQ(second.code(), absl::StatusCode::kFailedPrecondition) << second;
  EXPECT_NE(second.message().find("in use by another instance"), std::string::npos) << second;
}

}  // namespace
}  // namespace sluis::server
