// Erasure, with everything that somebody could still hold against it: every remaining file and
// every long-term key, yesterday's backup, and a crash at each step.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "client/lib/restore.h"
#include "crypto/hash.h"
#include "server/backup.h"
#include "server/core/record.h"
#include "server/core/view.h"
#include "server/ledger/erasure_journal.h"
#include "server/ledger/key_files.h"
#include "server/ledger/key_rows.h"
#include "server/ledger/reader.h"
#include "server/ledger/row.h"
#include "server/storage/rocksdb_env.h"
#include "tests/fault/node_core.h"
#include "tests/fault/signal_calls.h"
#include "tests/support/crash_filesystem.h"
#include "tests/support/faulty_files.h"
#include "tests/support/simulated_disk.h"
#include "tests/support/temp_folder.h"

namespace sluis::fault {
namespace {

namespace fs = std::filesystem;

constexpr char kErasedWords[] = "ZWALUW die gewist wordt";
constexpr char kErasedAmended[] = "ZWALUW verbeterd en dan gewist";
constexpr char kKeptWords[] = "MEREL die blijft";
constexpr char kHeldWords[] = "klacht van de zus van KWARTEL";
constexpr char kErasedReference[] = "dossier-zwaluw";

std::string ReadAll(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

record::v1::Signal Erasable(const std::string& words) {
  record::v1::Signal signal = SignalWith(words);
  signal.mutable_content()->set_subject_ref(kErasedReference);
  return signal;
}

// What an attacker knows of a record: its key's name and the sealed bodies it ever had.
struct Target {
  ledger::KeyRef ref;
  std::vector<record::v1::StoredRecord> rows;
};

Target TargetOf(const storage::Store& store, const std::string& record_id) {
  Target target;
  record::v1::StoredRecord row;
  const auto stored = store.Get(core::RecordKey(record_id));
  EXPECT_TRUE(stored.ok() && stored->has_value());
  EXPECT_TRUE(row.ParseFromString(ledger::SplitRow(**stored)->value));
  target.ref = {row.bucket(), crypto::ToFixed<16>(row.key_id()).value()};
  target.rows.push_back(row);
  return target;
}

// Every file below these folders, read as bytes.
std::map<std::string, std::string> FilesBelow(const std::vector<std::string>& folders) {
  std::map<std::string, std::string> files;
  for (const std::string& folder : folders) {
    for (const auto& item : fs::recursive_directory_iterator(folder)) {
      if (item.is_regular_file()) files[item.path()] = ReadAll(item.path());
    }
  }
  return files;
}

bool AnyHolds(const std::map<std::string, std::string>& files, std::string_view bytes) {
  for (const auto& [path, content] : files) {
    if (content.find(bytes) != std::string::npos) return true;
  }
  return false;
}

// Tries every window of every file as a wrap, under every key found so far.
template <typename Try>
void EachWindow(const std::map<std::string, std::string>& files, size_t length,
                const Try& attempt) {
  for (const auto& [path, content] : files) {
    for (size_t at = 0; at + length <= content.size(); ++at) {
      // Space that was taken and never written.
      if (content[at] == 0 && content[at + length / 2] == 0 && content[at + length - 1] == 0) {
        continue;
      }
      attempt(std::string_view(content).substr(at, length));
    }
  }
}

// How many versions of the target open with what is in the files and these key-encryption keys.
int Recovered(const std::map<std::string, std::string>& files,
              const std::vector<std::pair<uint64_t, std::string>>& keks, const Target& target) {
  crypto::Random& random = crypto::SystemRandom();
  const crypto::DataKey any;
  const size_t bucket_wrap =
      ledger::WrapBucketKey(any, 1, 1, record::v1::BUCKET_USE_WRAP, any, random).size();
  const size_t pair_wrap = ledger::WrapKeyPair(any, target.ref, ledger::KeyPair(), random).size();
  std::vector<crypto::DataKey> bucket_keys;
  for (const auto& [epoch, file] : keks) {
    crypto::Secret<ledger::kKeyFileBytes> bytes;
    std::copy_n(file.begin(), ledger::kKeyFileBytes, bytes.mutable_span().begin());
    const auto kek = ledger::DecodeKeyFile(epoch, bytes);
    EXPECT_TRUE(kek.ok()) << kek.status();
    record::v1::Bucket bucket;
    bucket.set_number(target.ref.bucket);
    bucket.set_use(record::v1::BUCKET_USE_WRAP);
    bucket.set_key_epoch(epoch);
    EachWindow(files, bucket_wrap, [&](std::string_view window) {
      bucket.set_wrapped_key(std::string(window));
      auto key = ledger::UnwrapBucketKey(*kek, bucket);
      if (key.ok()) bucket_keys.push_back(*std::move(key));
    });
  }
  int opened = 0;
  for (const crypto::DataKey& bucket_key : bucket_keys) {
    EachWindow(files, pair_wrap, [&](std::string_view window) {
      const auto pair = ledger::UnwrapKeyPair(bucket_key, target.ref, window);
      if (!pair.ok()) return;
      crypto::DataKey data;
      std::copy_n(crypto::View(pair->expose()).begin(), 32, data.mutable_span().begin());
      for (const record::v1::StoredRecord& row : target.rows) {
        opened += core::OpenBody(data, row).ok() ? 1 : 0;
      }
    });
  }
  return opened;
}

// A node in a folder with a record that will be erased and one that stays; a backup of the day
// before, and the keys that were copied that day.
class ErasureBackupTest : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(data_);
    FolderNode open(organisation_, data_);
    ASSERT_TRUE(open.serves()) << open.status;
    NodeCore& node = *open.node;
    ASSERT_EQ(node.Admit(organisation_, person_, {"maatschappelijk-werker"}), absl::OkStatus());
    erased_ = *Record(node, person_, Erasable(kErasedWords));
    kept_ = *Record(node, person_, SignalWith(kKeptWords));
    erased_target_ = TargetOf(*open.store, erased_);
    kept_target_ = TargetOf(*open.store, kept_);
    ASSERT_EQ(Amend(node, person_, erased_, 1, Erasable(kErasedAmended)), absl::OkStatus());
    erased_target_.rows.push_back(TargetOf(*open.store, erased_).rows[0]);
    ASSERT_TRUE(Open(node, person_, erased_).ok());
    ASSERT_EQ(node.Admit(organisation_, officer_, {"privacy-officer"}), absl::OkStatus());
    ASSERT_EQ(Hold(node, officer_, erased_, true, kHeldWords), absl::OkStatus());
    erased_target_.rows.push_back(TargetOf(*open.store, erased_).rows[0]);
    ASSERT_EQ(Open(node, person_, erased_)->hold_reason(), kHeldWords)
        << "whoever opens it sees why";
    node.ledger().Tick();
    const auto backup =
        server::MakeBackup({*open.store, *open.witness}, data_, folder_.PathOf("backups"),
                           storage::SystemClock().NowUs());
    ASSERT_TRUE(backup.ok()) << backup.status();
    backup_ = backup->folder;
    fs::create_directories(key_copies_);
    fs::copy_file(data_ + "/kek-1", key_copies_ + "/kek-1");
    ASSERT_EQ(Hold(node, officer_, erased_, false, "de klacht is afgehandeld"), absl::OkStatus());
    ASSERT_EQ(Erase(node, person_, erased_), absl::OkStatus());
    node.ledger().Tick();
  }

  static std::vector<std::pair<uint64_t, std::string>> KeksIn(const std::string& folder) {
    std::vector<std::pair<uint64_t, std::string>> keks;
    for (const auto& item : fs::directory_iterator(folder)) {
      const std::string name = item.path().filename();
      if (name.starts_with("kek-")) keks.emplace_back(std::stoull(name.substr(4)), ReadAll(item));
    }
    return keks;
  }

  tests::TempFolder folder_;
  test::Organisation organisation_{folder_.path()};
  test::Person person_ = organisation_.MakePerson("lotte.maes");
  test::Person officer_ = organisation_.MakePerson("noor.peeters");
  const std::string data_ = folder_.PathOf("node");
  const std::string key_copies_ = folder_.PathOf("key-copies");
  std::string backup_, erased_, kept_;
  Target erased_target_, kept_target_;
};

// It lay in the row in plain, beside what was sealed, and so in every backup, and stayed after the
// erasure in whatever the store had not yet compacted.
TEST_F(ErasureBackupTest, ReasonOfAHoldLayInPlain) {
  for (const std::string& folder : {data_, backup_}) {
    EXPECT_FALSE(AnyHolds(FilesBelow({folder}), kHeldWords)) << folder;
    EXPECT_FALSE(AnyHolds(FilesBelow({folder}), "KWARTEL")) << folder;
  }
}

TEST_F(ErasureBackupTest, EveryFileAndEveryKeyThatRemainDoNotGiveItBack) {
  const auto files = FilesBelow({data_, folder_.PathOf("backups")});
  for (const char* words : {kErasedWords, kErasedAmended, kErasedReference, kKeptWords}) {
    EXPECT_FALSE(AnyHolds(files, words)) << "in plain: " << words;
  }
  // The attack is a real one: the sealed body is still there, and with the key-encryption key of
  // the day before it opens.
  EXPECT_TRUE(AnyHolds(files, erased_target_.rows.back().sealed().substr(0, 64)));
  EXPECT_GT(Recovered(files, KeksIn(key_copies_), erased_target_), 0);

  const auto remaining = KeksIn(data_);
  ASSERT_EQ(remaining.size(), 1u);
  EXPECT_EQ(Recovered(files, remaining, erased_target_), 0);
  EXPECT_GT(Recovered(files, remaining, kept_target_), 0) << "what was not erased opens";
}

TEST_F(ErasureBackupTest, SurvivorsOpenAndTheLogSaysWhatWasErased) {
  FolderNode open(organisation_, data_);
  ASSERT_TRUE(open.serves()) << open.status;
  EXPECT_TRUE(absl::IsNotFound(Open(*open.node, person_, erased_).status()));
  const auto kept = Open(*open.node, person_, kept_);
  ASSERT_TRUE(kept.ok()) << kept.status();
  EXPECT_EQ(kept->content().statements(0).text(), kKeptWords);
  open.node->ledger().Tick();

  ledger::Ledger& ledger = open.node->ledger();
  const auto snapshot = ledger.store().NewSnapshot();
  const ledger::LogReader reader(ledger.origin(), *snapshot, ledger.keyring());
  const ledger::ShownCheckpoint shown = ledger.checkpoint();
  uint64_t erased_parts = 0;
  ASSERT_EQ(reader.Visit(0, shown.size,
                         [&](const ledger::StoredEntry& entry) {
                           const auto proof = reader.InclusionProof(entry.index, shown.size);
                           EXPECT_TRUE(proof.ok() &&
                                       crypto::VerifyInclusion(entry.leaf, entry.index,
                                                               {shown.size, shown.root}, *proof)
                                           .ok());
                           const auto subject = reader.Open(entry, ledger::Part::kSubject);
                           EXPECT_TRUE(subject.ok());
                           EXPECT_NE(subject->state, ledger::OpenedPart::State::kMissing);
                           erased_parts += subject->state == ledger::OpenedPart::State::kErased;
                           EXPECT_EQ(subject->bytes.find(kErasedReference), std::string::npos);
                           return true;
                         }),
            absl::OkStatus());
  EXPECT_EQ(erased_parts, 7u) << "recorded, amended, opened, held, opened, resumed, erased";
}

TEST_F(ErasureBackupTest, ABackupOfYesterdayServesOnlyAfterItIsErasedAgain) {
  const auto restored = client::Restore(
      {.backup = backup_, .keys = key_copies_, .journal = "", .data = data_}, 1'790'000'000);
  ASSERT_TRUE(restored.ok()) << restored.failure().message.key;
  EXPECT_EQ(restored->erasures, 1u);
  {
    FolderNode open(organisation_, data_);
    ASSERT_NE(open.node, nullptr) << open.status;
    EXPECT_EQ(open.node->ledger().serving(), ledger::Serving::kRestored);
    EXPECT_TRUE(absl::IsUnavailable(Open(*open.node, person_, erased_).status()));
    EXPECT_TRUE(absl::IsUnavailable(Open(*open.node, person_, kept_).status()));
    EXPECT_TRUE(absl::IsUnavailable(Record(*open.node, person_, SignalWith("nee")).status()));

    ASSERT_EQ(open.node->EraseAgain(), absl::OkStatus());
    EXPECT_TRUE(open.serves());
    EXPECT_TRUE(absl::IsNotFound(Open(*open.node, person_, erased_).status()));
    EXPECT_TRUE(Open(*open.node, person_, kept_).ok());
  }
  // The key that opened it is gone from the node a second time; what is left gives nothing back.
  const auto files = FilesBelow({data_, folder_.PathOf("backups")});
  EXPECT_EQ(Recovered(files, KeksIn(data_), erased_target_), 0);
  EXPECT_GT(Recovered(files, KeksIn(data_), kept_target_), 0);
}

TEST_F(ErasureBackupTest, ABackupWithoutKeysOpensNothing) {
  for (const auto& item : fs::recursive_directory_iterator(backup_)) {
    EXPECT_FALSE(item.path().filename().string().starts_with("kek-")) << item.path();
  }
  FolderNode open(organisation_, backup_);
  EXPECT_EQ(open.node, nullptr);
  EXPECT_EQ(open.status.code(), absl::StatusCode::kDataLoss) << open.status;
}

// --- A crash at each step.

// A node on a simulated disk.
struct DiskNode {
  DiskNode(const test::Organisation& organisation, std::shared_ptr<tests::SimulatedDisk> on)
      : disk(std::move(on)), env(tests::NewCrashEnv(disk)), files(tests::NewFaultyFiles(disk)) {
    auto opened = storage::OpenRocksDbStoreOn({env.get()}, "/store");
    status = opened.status();
    if (!opened.ok()) return;
    store = *std::move(opened);
    auto core = NodeCore::Open(organisation, {*store, *files, "/node", storage::SystemClock(), {}});
    status = core.status();
    if (core.ok()) node = *std::move(core);
  }

  std::shared_ptr<tests::SimulatedDisk> disk;
  std::unique_ptr<rocksdb::Env> env;
  std::unique_ptr<storage::Files> files;
  std::unique_ptr<storage::Store> store;
  std::unique_ptr<NodeCore> node;
  absl::Status status;
};

TEST(ErasureCrashTest, ACrashAtEachStepLeavesBeforeOrAfterNeverBetween) {
  const tests::TempFolder folder;
  const test::Organisation organisation(folder.path());
  const test::Person person = organisation.MakePerson("lotte.maes");
  const auto first = std::make_shared<tests::SimulatedDisk>();
  std::string erased, kept;
  {
    DiskNode open(organisation, first);
    ASSERT_NE(open.node, nullptr) << open.status;
    ASSERT_EQ(open.node->Admit(organisation, person, {"maatschappelijk-werker"}), absl::OkStatus());
    erased = *Record(*open.node, person, Erasable(kErasedWords));
    kept = *Record(*open.node, person, SignalWith(kKeptWords));
  }
  int before = 0, after = 0;
  bool whole = false;
  for (uint64_t step = 0; !whole; ++step) {
    ASSERT_LT(step, 100u);
    for (const tests::Survival how : {tests::Survival::kSyncedOnly, tests::Survival::kPrefix}) {
      SCOPED_TRACE("step " + std::to_string(step));
      bool told = false;
      std::shared_ptr<tests::SimulatedDisk> survivors;
      {
        DiskNode open(organisation, first->AfterCrash(tests::Survival::kSyncedOnly, 0));
        ASSERT_NE(open.node, nullptr) << open.status;
        open.disk->PowerOffAfter(step);
        told = Erase(*open.node, person, erased).ok();
        whole = told && !open.node->died();
        open.disk->PowerOffAfter(0);
        survivors = open.disk->AfterCrash(how, step);
      }
      DiskNode open(organisation, survivors);
      ASSERT_NE(open.node, nullptr) << open.status;
      ASSERT_EQ(open.node->ledger().serving(), ledger::Serving::kServing)
          << open.node->ledger().serving_detail();
      const auto snapshot = open.store->NewSnapshot();
      const core::View view(*snapshot, open.node->ledger().keyring());
      const auto record = view.OpenRecord(erased);
      const auto journal = ledger::ErasureJournal::Open(*open.files, "/node/erasures");
      ASSERT_TRUE(journal.ok());
      ASSERT_TRUE(record.ok() || absl::IsNotFound(record.status())) << record.status();
      EXPECT_EQ(journal->records().size(), record.ok() ? 0u : 1u);
      EXPECT_FALSE(told && record.ok()) << "told erased, and it opens";
      EXPECT_EQ(ledger::KeyFiles(*open.files, "/node").Epochs()->size(), 1u);
      EXPECT_TRUE(view.OpenRecord(kept).ok());
      (record.ok() ? before : after) += 1;
    }
  }
  EXPECT_GT(before, 0);
  EXPECT_GT(after, 0);
}

}  // namespace
}  // namespace sluis::fault
