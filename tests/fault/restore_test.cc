// What a restore puts in place, when more happened since the backup than one erasure.

#include "client/lib/restore.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "crypto/hash.h"
#include "server/backup.h"
#include "server/config.h"
#include "server/ledger/reader.h"
#include "server/node.h"
#include "sluis/record/v1/entry.pb.h"
#include "tests/fault/node_core.h"
#include "tests/fault/signal_calls.h"
#include "tests/support/temp_folder.h"

namespace sluis::fault {
namespace {

namespace fs = std::filesystem;

constexpr int kKeyCopyDays = 14;

// A node in a folder, its backups, and the copies of its keys as the daemon keeps them.
class RestoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(data_);
    open_.emplace(organisation_, data_);
    ASSERT_TRUE(open_->serves()) << open_->status;
    ASSERT_EQ(node().Admit(organisation_, person_, {"maatschappelijk-werker"}), absl::OkStatus());
  }

  NodeCore& node() { return *open_->node; }

  std::string NewRecord(const std::string& words) {
    return *Record(node(), person_, SignalWith(words));
  }

  void Forget(const std::string& record_id) {
    ASSERT_EQ(Erase(node(), person_, record_id), absl::OkStatus());
    KeepKeys();
  }

  void KeepKeys() {
    now_us_ += 1'000'000;
    ASSERT_EQ(server::KeepKeyCopies(data_, keys_, kKeyCopyDays, now_us_), absl::OkStatus());
  }

  std::string MakeBackup() {
    node().ledger().Tick();
    KeepKeys();
    const auto backup = server::MakeBackup({*open_->store, *open_->witness}, data_,
                                           folder_.PathOf("backups"), now_us_);
    EXPECT_TRUE(backup.ok()) << backup.status();
    return backup.ok() ? backup->folder : "";
  }

  // Stops the node, restores, starts it as the daemon does.
  void RestoreFrom(const std::string& backup) {
    open_.reset();
    const auto restored =
        client::Restore({.backup = backup, .keys = keys_, .journal = "", .data = data_}, ++now_s_);
    ASSERT_TRUE(restored.ok()) << restored.failure().message.key;
    open_.emplace(organisation_, data_);
    ASSERT_NE(open_->node, nullptr) << open_->status;
    ASSERT_EQ(node().ledger().serving(), ledger::Serving::kRestored);
    ASSERT_EQ(node().EraseAgain(), absl::OkStatus());
    ASSERT_TRUE(open_->serves()) << node().ledger().serving_detail();
  }

  bool Opens(const std::string& record_id) { return Open(node(), person_, record_id).ok(); }

  bool IsGone(const std::string& record_id) {
    return absl::IsNotFound(Open(node(), person_, record_id).status());
  }

  tests::TempFolder folder_;
  test::Organisation organisation_{folder_.path()};
  test::Person person_ = organisation_.MakePerson("lotte.maes");
  const std::string data_ = folder_.PathOf("node");
  const std::string keys_ = folder_.PathOf("keys");
  uint64_t now_us_ = storage::SystemClock().NowUs();
  int64_t now_s_ = 1'790'000'000;
  std::optional<FolderNode> open_;
};

// What a node knew of its partners' logs, and the receipts that it gave them, were in no backup:
// put back, it took any head for the first and its keys for those of receipts never given.
TEST_F(RestoreTest, WhatWasSeenOfPartnersWasInNoBackup) {
  const std::string erased = NewRecord("weg");
  const storage::Write seen{"h-partner", "head of then"};
  ASSERT_EQ(open_->witness->Apply({&seen, 1}), absl::OkStatus());
  const std::string backup = MakeBackup();
  const storage::Write later{"h-partner", "head of later"};
  ASSERT_EQ(open_->witness->Apply({&later, 1}), absl::OkStatus());
  Forget(erased);
  ASSERT_NO_FATAL_FAILURE(RestoreFrom(backup));
  EXPECT_EQ(open_->witness->Get("h-partner")->value_or("nothing"), "head of then");
}

// Every key of a later epoch used to come along, and the start took the folder for another one's.
TEST_F(RestoreTest, TwoLaterKeyEpochsNeedNoHand) {
  const std::string first = NewRecord("eerste");
  const std::string second = NewRecord("tweede");
  const std::string kept = NewRecord("blijft");
  const std::string backup = MakeBackup();
  Forget(first);
  Forget(second);
  ASSERT_TRUE(fs::exists(keys_ + "/kek-3"));
  ASSERT_NO_FATAL_FAILURE(RestoreFrom(backup));
  EXPECT_TRUE(IsGone(first));
  EXPECT_TRUE(IsGone(second));
  EXPECT_TRUE(Opens(kept));
  // The key that opened both is gone again from the node.
  EXPECT_FALSE(fs::exists(data_ + "/kek-1"));
  EXPECT_FALSE(fs::exists(data_ + "/kek-3"));
}

// A restored node goes through the same epochs with other keys; the copy of the earlier one is then
// called kek-2.before-<moment>.
TEST_F(RestoreTest, AKeyWhoseNumberWasGivenAgainIsFoundByWhatItIs) {
  const std::string first = NewRecord("eerste");
  const std::string second = NewRecord("tweede");
  const std::string kept = NewRecord("blijft");
  const std::string oldest = MakeBackup();
  Forget(first);
  const std::string older = MakeBackup();
  ASSERT_NO_FATAL_FAILURE(RestoreFrom(oldest));
  KeepKeys();
  Forget(second);
  ASSERT_NO_FATAL_FAILURE(RestoreFrom(older));
  EXPECT_TRUE(IsGone(first));
  EXPECT_TRUE(IsGone(second));
  EXPECT_TRUE(Opens(kept));
}

// Without an erasure since the backup no entry said that entries are lost.
TEST_F(RestoreTest, StandsInTheLogOnceAlsoWithNothingToEraseAgain) {
  NewRecord("blijft");
  const std::string backup = MakeBackup();
  const ledger::ShownCheckpoint shown = node().ledger().checkpoint();
  open_.reset();
  const std::string data = organisation_.data_folder();
  ASSERT_TRUE(
      client::Restore({.backup = backup, .keys = keys_, .journal = "", .data = data}, 1).ok());
  for (int start = 0; start < 2; ++start) {
    const auto config = server::ReadConfig(organisation_.config_file());
    ASSERT_TRUE(config.ok()) << config.status();
    const auto daemon =
        server::Node::Start(*config, storage::SystemClock(), crypto::SystemRandom());
    ASSERT_TRUE(daemon.ok()) << daemon.status();
    EXPECT_EQ((*daemon)->not_serving(), "");
    EXPECT_FALSE(fs::exists(data + "/restored"));
  }
  open_.emplace(organisation_, data);
  ASSERT_TRUE(open_->serves()) << open_->status;
  const auto snapshot = open_->store->NewSnapshot();
  const ledger::LogReader reader(node().ledger().origin(), *snapshot, node().ledger().keyring());
  std::vector<uint64_t> said;
  ASSERT_EQ(reader.Visit(0, node().ledger().size(),
                         [&](const ledger::StoredEntry& entry) {
                           const auto part = reader.Open(entry, ledger::Part::kAct);
                           record::v1::ActPart act;
                           EXPECT_TRUE(part.ok() && act.ParseFromString(part->bytes));
                           if (act.method() != "Node.RecordRestore") return true;
                           said.push_back(entry.index);
                           EXPECT_EQ(act.operation(), record::v1::OPERATION_ADMINISTRATION);
                           EXPECT_EQ(act.reason(), "checkpoint size " + std::to_string(shown.size) +
                                                       ", made at us " +
                                                       std::to_string(shown.made_at_us));
                           EXPECT_EQ(act.object_digest(), crypto::View(crypto::Sha256(shown.note)));
                           return true;
                         }),
            absl::OkStatus());
  EXPECT_EQ(said, std::vector<uint64_t>{shown.size}) << "once, and before anything else";
}

}  // namespace
}  // namespace sluis::fault
