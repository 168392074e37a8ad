// Data folders that earlier versions left must open: what was signed stays signed, what was erased
// stays erased.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "client/lib/verifier.h"
#include "crypto/key_file.h"
#include "crypto/random.h"
#include "server/core/export_log.h"
#include "server/core/view.h"
#include "server/ledger/ledger.h"
#include "server/storage/clock.h"
#include "server/storage/rocksdb_store.h"
#include "tests/support/temp_folder.h"

namespace sluis {
namespace {

constexpr char kOpened[] = "1e37457b52d96cc4ca1f00ddaf21ee51";
constexpr char kErased[] = "4dfd11a95c41584579486568154a7ff4";
constexpr char kWithdrawn[] = "00418c8bcd51c74fbf7a989c5bc155a3";

std::string Bytes(const char* hex) { return *crypto::HexDecode(hex); }

class GoldenTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string golden = std::string(SLUIS_SOURCE_DIR) + "/tests/golden/one-node";
    std::filesystem::copy(golden, data_, std::filesystem::copy_options::recursive);
    std::filesystem::permissions(data_, std::filesystem::perms::owner_all);
    for (const auto& item : std::filesystem::recursive_directory_iterator(data_)) {
      std::filesystem::permissions(item.path(), std::filesystem::perms::owner_all);
    }
    std::ifstream file(data_ + "/log.key");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    absl::StatusOr<crypto::KeyFile> key = crypto::ParseKeyFile(text);
    ASSERT_TRUE(key.ok());
    auto store = storage::OpenRocksDbStore(data_ + "/ledger", {.must_exist = true});
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    ledger::LedgerOptions options;
    options.origin = "caw-de-overzet.example/log";
    options.folder = data_;
    options.low_water_bytes = 1;
    options.ballast_bytes = 4096;
    auto opened = ledger::Ledger::Open(std::move(options), *store_, storage::SystemClock(),
                                       crypto::SystemRandom(), std::move(key->key));
    ASSERT_TRUE(opened.ok()) << opened.status();
    ledger_ = *std::move(opened);
  }

  tests::TempFolder folder_;
  const std::string data_ = folder_.path() + "/data";
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<ledger::Ledger> ledger_;
};

TEST_F(GoldenTest, ServesAndItsRecordsOpen) {
  EXPECT_EQ(ledger_->serving(), ledger::Serving::kServing) << ledger_->serving_detail();
  const auto snapshot = ledger_->store().NewSnapshot();
  const core::View view(*snapshot, ledger_->keyring());
  const auto opened = view.OpenRecord(Bytes(kOpened));
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ((*opened)->body.signal().content().subject_ref(), "dossier-2026-041");
  const auto withdrawn = view.OpenRecord(Bytes(kWithdrawn));
  ASSERT_TRUE(withdrawn.ok()) << withdrawn.status();
  EXPECT_EQ((*withdrawn)->row.state(), record::v1::RECORD_STATE_WITHDRAWN);
  EXPECT_TRUE(absl::IsNotFound(view.OpenRecord(Bytes(kErased)).status()));
}

TEST_F(GoldenTest, ItsExportVerifiesAndShowsWhatWasErased) {
  node::v1::OpenParts open;
  open.set_actor(true);
  open.set_subject(true);
  open.set_decision(true);
  core::ExportStream stream(*ledger_, ledger_->checkpoint(), open, false);
  std::string bytes;
  while (true) {
    auto piece = stream.Next();
    ASSERT_TRUE(piece.ok()) << piece.status();
    if (!*piece) break;
    bytes += **piece;
  }
  std::istringstream input(bytes);
  const auto report = client::VerifyExport(input);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->ok());
  EXPECT_EQ(report->entries, ledger_->checkpoint().size);
  // The erased record's collection and its erasure.
  EXPECT_EQ(report->parts[2].erased, 2u);
}

}  // namespace
}  // namespace sluis
