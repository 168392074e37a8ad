#include "server/storage/rocksdb_store.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "server/storage/memory_store.h"
#include "tests/support/temp_folder.h"

namespace sluis::storage {
namespace {

std::unique_ptr<Store> MustOpen(const std::string& folder) {
  auto store = OpenRocksDbStore(folder);
  EXPECT_TRUE(store.ok()) << store.status();
  return store.ok() ? *std::move(store) : nullptr;
}

std::string MustGet(const Store& store, std::string_view key) {
  const auto value = store.Get(key);
  EXPECT_TRUE(value.ok()) << value.status();
  return value.ok() ? value->value_or("none") : "error";
}

TEST(RocksDbStore, KeepsRowsAcrossOpens) {
  const tests::TempFolder folder;
  const std::vector<Write> writes = {{"a", "1"}, {"b", "2"}};
  ASSERT_TRUE(MustOpen(folder.PathOf("store"))->Apply(writes).ok());
  EXPECT_EQ(MustGet(*MustOpen(folder.PathOf("store")), "b"), "2");
}

TEST(RocksDbStore, RefusesToMakeOneThatMustExist) {
  const tests::TempFolder folder;
  const auto store = OpenRocksDbStore(folder.PathOf("store"), {.must_exist = true});
  EXPECT_EQ(store.status().code(), absl::StatusCode::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(folder.PathOf("store")));
}

TEST(RocksDbStore, RefusesASecondOpen) {
  const tests::TempFolder folder;
  const auto first = MustOpen(folder.PathOf("store"));
  const auto second = OpenRocksDbStore(folder.PathOf("store"));
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition) << second.status();
}

TEST(RocksDbStore, ACopyIsWholeAndStandsAlone) {
  const tests::TempFolder folder;
  const auto store = MustOpen(folder.PathOf("store"));
  ASSERT_TRUE(store->Apply(std::vector<Write>{{"a", "1"}}).ok());
  ASSERT_TRUE(store->CopyTo(folder.PathOf("copy")).ok());
  ASSERT_TRUE(store->Apply(std::vector<Write>{{"a", "2"}}).ok());

  const auto copy = MustOpen(folder.PathOf("copy"));
  EXPECT_EQ(MustGet(*copy, "a"), "1");
  ASSERT_TRUE(copy->Apply(std::vector<Write>{{"a", "3"}}).ok());
  EXPECT_EQ(MustGet(*store, "a"), "2");
}

TEST(RocksDbStore, ACopyNeverOverwrites) {
  const tests::TempFolder folder;
  const auto store = MustOpen(folder.PathOf("store"));
  std::filesystem::create_directory(folder.PathOf("copy"));
  EXPECT_EQ(store->CopyTo(folder.PathOf("copy")).code(), absl::StatusCode::kAlreadyExists);
}

TEST(RocksDbStore, ADamagedTableIsDataLossWithoutAWordOfItsContent) {
  const tests::TempFolder folder;
  {
    const auto store = MustOpen(folder.PathOf("store"));
    const std::vector<Write> writes = {{"SECRETKEY", std::string(4000, 'v')}};
    ASSERT_TRUE(store->Apply(writes).ok());
    ASSERT_TRUE(store->CopyTo(folder.PathOf("copy")).ok());  // flushes into a table file
  }
  int damaged = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder.PathOf("copy"))) {
    if (file.path().extension() != ".sst") continue;
    std::fstream table(file.path(), std::ios::in | std::ios::out | std::ios::binary);
    table.seekp(2000);
    table.put('x');
    ++damaged;
  }
  ASSERT_EQ(damaged, 1);
  const auto store = OpenRocksDbStore(folder.PathOf("copy"));
  ASSERT_TRUE(store.ok()) << store.status();
  const auto value = (*store)->Get("SECRETKEY");
  EXPECT_EQ(value.status().code(), absl::StatusCode::kDataLoss) << value.status();
  EXPECT_EQ(value.status().ToString().find("SECRETKEY"), std::string::npos);
  const auto snapshot = (*store)->NewSnapshot();
  const auto ignore = [](std::string_view, std::string_view) { return true; };
  EXPECT_EQ(snapshot->Scan("", "", ignore).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(snapshot->ScanReverse("", "", ignore).code(), absl::StatusCode::kDataLoss);
}

TEST(RocksDbStore, WithoutAParentFolderItDoesNotOpen) {
  const tests::TempFolder folder;
  const auto store = OpenRocksDbStore(folder.PathOf("no/store"));
  EXPECT_EQ(store.status().code(), absl::StatusCode::kNotFound) << store.status();
}

TEST(MemoryStore, CannotBeCopied) {
  EXPECT_EQ(NewMemoryStore()->CopyTo("/nowhere").code(), absl::StatusCode::kUnimplemented);
}

}  // namespace
}  // namespace sluis::storage
