// Data folders that earlier versions left must open: what was signed stays signed, what was erased
// stays erased.

#include <gtest/gtest.h>
#include <httplib.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

#include "client/lib/verifier.h"
#include "crypto/key_file.h"
#include "crypto/random.h"
#include "server/core/export_log.h"
#include "server/core/view.h"
#include "server/ledger/ledger.h"
#include "server/ledger/log_state.h"
#include "server/storage/clock.h"
#include "server/storage/rocksdb_store.h"
#include "tests/support/node_process.h"
#include "tests/support/organisation.h"
#include "tests/support/places.h"
#include "tests/support/temp_folder.h"

namespace sluis {
namespace {

constexpr char kOpened[] = "1e37457b52d96cc4ca1f00ddaf21ee51";
constexpr char kErased[] = "4dfd11a95c41584579486568154a7ff4";
constexpr char kWithdrawn[] = "00418c8bcd51c74fbf7a989c5bc155a3";

std::string Bytes(const char* hex) { return *crypto::HexDecode(hex); }

class GoldenTest : public ::testing::Test {
 protected:
  void SetUp() override { Take("one-node"); }
  void Take(const char* folder) {
    const std::string golden = tests::InSources("/tests/golden/") + folder;
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

  // The whole log, exported with every part that may be opened, and checked.
  client::VerifyReport Verified() {
    node::v1::OpenParts open;
    open.set_actor(true);
    open.set_subject(true);
    open.set_decision(true);
    core::ExportStream stream(*ledger_, ledger_->checkpoint(), open, false);
    std::string bytes;
    while (true) {
      auto piece = stream.Next();
      EXPECT_TRUE(piece.ok()) << piece.status();
      if (!piece.ok() || !*piece) break;
      bytes += **piece;
    }
    std::istringstream input(bytes);
    auto report = client::VerifyExport(input);
    EXPECT_TRUE(report.ok()) << report.status();
    return report.ok() ? *std::move(report) : client::VerifyReport();
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
  const auto report = Verified();
  EXPECT_TRUE(report.ok());
  EXPECT_EQ(report.entries, ledger_->checkpoint().size);
  // The erased record's collection and its erasure.
  EXPECT_EQ(report.parts[2].erased, 2u);
}

// Every act a node of one organisation does, beyond a full tile.
class GoldenActsTest : public GoldenTest {
 protected:
  void SetUp() override {
    Take("one-node-acts");
    std::ifstream acts(data_ + "/acts");
    for (std::string act, id; acts >> act >> id;) ids_[act] = Bytes(id.c_str());
    ASSERT_EQ(ids_.size(), 6u);
  }
  std::map<std::string, std::string> ids_;
};

TEST_F(GoldenActsTest, EveryRecordIsWhatWasMadeOfIt) {
  ASSERT_EQ(ledger_->serving(), ledger::Serving::kServing) << ledger_->serving_detail();
  const auto snapshot = ledger_->store().NewSnapshot();
  const core::View view(*snapshot, ledger_->keyring());
  const auto open = [&](const char* act) {
    auto opened = view.OpenRecord(ids_[act]);
    EXPECT_TRUE(opened.ok()) << act << ": " << opened.status();
    return opened.ok() ? *opened : std::make_shared<const core::OpenedRecord>();
  };
  EXPECT_EQ(open("opened")->body.signal().content().subject_ref(), "dossier-2026-041");
  EXPECT_EQ(open("amended")->row.version(), 2u);
  EXPECT_EQ(open("amended")->body.signal().content().positive_development(), "Komt weer langs.");
  EXPECT_EQ(open("withdrawn")->row.state(), record::v1::RECORD_STATE_WITHDRAWN);
  EXPECT_TRUE(open("held")->row.has_hold());
  EXPECT_EQ(open("imported")->body.signal().content().subject_ref(), "dossier-van-de-tafel");
  EXPECT_TRUE(absl::IsNotFound(view.OpenRecord(ids_["erased"]).status()));

  bool import_found = false;
  const auto visited = view.VisitImports(0, [&](std::string_view record_id, std::string_view) {
    import_found |= record_id == ids_["imported"];
    return true;
  });
  EXPECT_TRUE(visited.ok() && import_found);
  const auto status = view.ReadMandateStatus();
  ASSERT_TRUE(status.ok() && status->has_value());
  record::v1::MandateStatus list;
  ASSERT_TRUE(list.ParseFromString((*status)->status()));
  EXPECT_EQ(list.revoked_size(), 1);
}

TEST_F(GoldenActsTest, ItsTreeAndItsPartsVerifyBeyondAFullTile) {
  ASSERT_GT(ledger_->checkpoint().size, 256u);
  const auto report = Verified();
  EXPECT_TRUE(report.ok());
  EXPECT_EQ(report.entries, ledger_->checkpoint().size);
  EXPECT_EQ(report.parts[2].erased, 2u);
}

TEST_F(GoldenActsTest, TheDaemonServesAndGoesOnWithIt) {
  const uint64_t size = ledger_->checkpoint().size;
  ledger_.reset();
  store_.reset();
  tests::TempFolder home;
  const test::Organisation organisation(home.path());
  std::filesystem::copy(data_, organisation.data_folder(),
                        std::filesystem::copy_options::recursive);
  std::filesystem::remove(organisation.data_folder() + "/acts");
  std::filesystem::rename(organisation.data_folder() + "/log.key", home.path() + "/log.key");
  test::NodeProcess node(organisation.config_file());
  ASSERT_TRUE(node.started()) << node.Errors();
  httplib::Client http("127.0.0.1", node.loopback_port());
  const auto health = http.Get("/healthz");
  ASSERT_TRUE(health);
  EXPECT_EQ(health->body, "serving\n");
  // It writes the terms of this test's configuration, and draining signs a checkpoint over them.
  EXPECT_EQ(node.Signal(SIGTERM), 0);
  const auto store =
      storage::OpenRocksDbStore(organisation.data_folder() + "/ledger", {.must_exist = true});
  ASSERT_TRUE(store.ok()) << store.status();
  const auto state = ledger::ReadLogState(*(*store)->NewSnapshot());
  ASSERT_TRUE(state.ok() && state->has_value());
  EXPECT_EQ((*state)->size(), size + 1);
}

}  // namespace
}  // namespace sluis
