#include "server/ledger/ledger.h"

#include <unistd.h>

#include <cstdio>
#include <optional>
#include <utility>

#include "crypto/note.h"
#include "server/ledger/bucket_keys.h"
#include "server/ledger/checkpointer.h"
#include "server/ledger/data_folder.h"
#include "server/ledger/disk_guard.h"
#include "server/ledger/erasure.h"
#include "server/ledger/group.h"
#include "server/ledger/open_in.h"
#include "server/ledger/sealed_row.h"
#include "server/ledger/sequencer.h"
#include "server/ledger/startup.h"

namespace sluis::ledger {
namespace {

constexpr int kExitSoftware = 70;  // EX_SOFTWARE

void EndProcess(const absl::Status& error) {
  std::fprintf(stderr, "sluisd: the ledger stops: %s\n", error.ToString().c_str());
  _exit(kExitSoftware);
}

absl::Status CheckOptions(const LedgerOptions& options) {
  if (options.tick.count() <= 0 || options.heartbeat < options.tick ||
      options.queue_capacity == 0 || options.group_limit == 0 || options.group_limit > 256) {
    return absl::InvalidArgumentError(
        "a ledger needs a tick, a heartbeat no shorter, a queue, and groups of 1 to 256");
  }
  return absl::OkStatus();
}

// Owns everything of one ledger; members are declared in the order in which they rely on each
// other.
class OpenLedger : public Ledger {
 public:
  OpenLedger(LedgerOptions options, storage::Store& store, storage::Clock& clock,
             crypto::Random& random, crypto::VerifierKey verifier, DataFolder folder)
      : options_(std::move(options)),
        store_(store),
        clock_(clock),
        random_(random),
        verifier_(std::move(verifier)),
        folder_(std::move(folder)),
        key_files_(*options_.files, options_.folder),
        keys_(store, random) {}

  // Everything that start-up reads, checks and finishes.
  absl::Status Start(crypto::SigningKey log_key) {
    const std::unique_ptr<storage::Snapshot> snapshot = store_.NewSnapshot();
    absl::StatusOr<std::optional<LogState>> state = ReadLogState(*snapshot);
    if (!state.ok()) return state.status();
    absl::StatusOr<MarkFile> mark = MarkFile::Open(*options_.files, folder_.PathOf(kMarkFileName));
    if (!mark.ok()) return mark.status();
    mark_.emplace(*std::move(mark));
    absl::StatusOr<MarkFinding> finding =
        CompareWithMark(*state, mark_->newest(), verifier_, *snapshot);
    if (!finding.ok()) return finding.status();
    absl::StatusOr<ErasureJournal> journal =
        ErasureJournal::Open(*options_.files, folder_.PathOf(kErasureJournalName));
    if (!journal.ok()) return journal.status();
    journal_.emplace(*std::move(journal));

    Sequencer::Options sequencing;
    sequencing.serving = Serving::kServing;
    const LogState log = state->value_or(LogState{});
    eraser_.emplace(store_, keys_, key_files_, *journal_, random_);
    writer_.emplace(store_, clock_, keys_, *eraser_, options_.tick);
    if (!finding->behind.empty()) {
      // Read-only, and nothing is finished or dropped: the operator decides what is the truth.
      sequencing.serving = Serving::kLedgerBehindMark;
      sequencing.detail = finding->behind;
      if (absl::StatusOr<EpochKey> kek = key_files_.Load(log.key_epoch); kek.ok()) {
        keys_.Load(*snapshot, log.key_epoch, *std::move(kek)).IgnoreError();
      }
      writer_->Load(*snapshot, log).IgnoreError();
    } else if (absl::Status finished = FinishErasures(*state, *snapshot, &sequencing);
               !finished.ok()) {
      return finished;
    } else if (absl::Status loaded = writer_->Load(*snapshot, log); !loaded.ok()) {
      return loaded;
    }

    checkpointer_.emplace(verifier_, std::move(log_key), *mark_, store_, clock_,
                          options_.heartbeat);
    const bool never_shown = finding->shown.note.empty();
    if (!never_shown) checkpointer_->Adopt(std::move(finding->shown));
    if (never_shown && sequencing.serving != Serving::kLedgerBehindMark) {
      // The mark file exists before the first entry, so that losing it never looks like a new log.
      if (absl::Status made = checkpointer_->Update(writer_->range()); !made.ok()) return made;
    }
    StartSequencer(std::move(sequencing));
    return absl::OkStatus();
  }

  void Submit(Submission submission) override { sequencer_->Submit(std::move(submission)); }
  void Drain() override { sequencer_->Drain(); }
  void Tick() override { sequencer_->Tick(); }
  Serving serving() const override { return sequencer_->serving(); }
  std::string serving_detail() const override { return sequencer_->detail(); }
  ShownCheckpoint checkpoint() const override { return checkpointer_->shown(); }
  std::string verifier_key() const override { return verifier_.Format(); }
  const std::string& origin() const override { return options_.origin; }
  uint64_t size() const override { return sequencer_->size(); }
  const storage::Store& store() const override { return store_; }
  Keyring& keyring() override { return keys_; }

  absl::StatusOr<std::vector<KeyRef>> PendingJournal() const override {
    return StillHeld(erased_before_, *store_.NewSnapshot());
  }

 private:
  absl::Status FinishErasures(const std::optional<LogState>& state,
                              const storage::Snapshot& snapshot, Sequencer::Options* sequencing) {
    const uint64_t epoch = state.value_or(LogState{}).key_epoch;
    absl::StatusOr<EpochKey> kek = SettleEpoch(state, key_files_, random_);
    if (!kek.ok()) return kek.status();
    if (absl::Status loaded = keys_.Load(snapshot, epoch, *std::move(kek)); !loaded.ok()) {
      return loaded;
    }
    if (absl::Status done = CompleteJournal(epoch, snapshot, &*journal_); !done.ok()) return done;
    absl::StatusOr<bool> restored = folder_.IsRestored();
    if (!restored.ok()) return restored.status();
    if (!*restored) return absl::OkStatus();
    erased_before_ = journal_->records();
    absl::StatusOr<bool> over = RestoredIsOver();
    if (!over.ok()) return over.status();
    if (!*over) {
      sequencing->serving = Serving::kRestored;
      sequencing->detail =
          "the store was put back from a backup and holds keys that were erased since: the node "
          "erases them before it serves";
    }
    return absl::OkStatus();
  }

  absl::StatusOr<bool> RestoredIsOver() {
    absl::StatusOr<std::vector<KeyRef>> held = PendingJournal();
    if (!held.ok()) return held.status();
    return held->empty();
  }

  void StartSequencer(Sequencer::Options sequencing) {
    DiskGuard::FreeBytes free_bytes = [this] { return folder_.FreeBytes(); };
    if (options_.free_bytes) {
      free_bytes = [this] { return options_.free_bytes(options_.folder); };
    }
    disk_.emplace(folder_, std::move(free_bytes), options_.low_water_bytes, options_.ballast_bytes);
    sequencing.queue_capacity = options_.queue_capacity;
    sequencing.group_limit = options_.group_limit;
    sequencing.tick = options_.tick;
    sequencing.on_fatal = options_.on_fatal ? options_.on_fatal : EndProcess;
    sequencing.restored_is_over = [this] { return RestoredIsOver(); };
    sequencer_.emplace(*writer_, *checkpointer_, *disk_, clock_, std::move(sequencing));
  }

  const LedgerOptions options_;
  storage::Store& store_;
  storage::Clock& clock_;
  crypto::Random& random_;
  const crypto::VerifierKey verifier_;
  DataFolder folder_;  // holds the lock
  KeyFiles key_files_;
  std::optional<MarkFile> mark_;
  std::optional<ErasureJournal> journal_;
  std::vector<ErasedKey> erased_before_;  // while restored
  BucketKeys keys_;
  std::optional<Eraser> eraser_;
  std::optional<GroupWriter> writer_;
  std::optional<Checkpointer> checkpointer_;
  std::optional<DiskGuard> disk_;
  std::optional<Sequencer> sequencer_;
};

}  // namespace

const char* ServingCode(Serving serving) {
  switch (serving) {
    case Serving::kServing:
      return "";
    case Serving::kLedgerBehindMark:
      return "ledger_behind_mark";
    case Serving::kDiskLow:
      return "disk_low";
    case Serving::kRestored:
      return "restored";
    case Serving::kDraining:
      return "draining";
  }
  return "";
}

absl::StatusOr<std::unique_ptr<Ledger>> Ledger::Open(LedgerOptions options, storage::Store& store,
                                                     storage::Clock& clock, crypto::Random& random,
                                                     crypto::SigningKey log_key) {
  if (absl::Status good = CheckOptions(options); !good.ok()) return good;
  if (options.files == nullptr) options.files = &storage::SystemFiles();
  absl::StatusOr<DataFolder> folder = DataFolder::Open(*options.files, options.folder);
  if (!folder.ok()) return folder.status();
  return OpenLedgerIn(*std::move(folder), std::move(options), store, clock, random,
                      std::move(log_key));
}

namespace {

// Of format 1 everything but the rows of exchanges is as it is today.
absl::Status TakeOver(DataFolder& folder, const storage::Store& store) {
  if (folder.format() == kDataFormat) return absl::OkStatus();
  const absl::StatusOr<bool> has = HasSealedRows(*store.NewSnapshot());
  if (!has.ok()) return has.status();
  if (*has) {
    return absl::FailedPreconditionError(
        folder.PathOf("FORMAT") + " says " + std::to_string(folder.format()) +
        ", and there are rows of exchanges that lie open: begin with an empty folder, or read "
        "this one with the program that made it");
  }
  return folder.RaiseFormat();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Ledger>> OpenLedgerIn(DataFolder folder, LedgerOptions options,
                                                     storage::Store& store, storage::Clock& clock,
                                                     crypto::Random& random,
                                                     crypto::SigningKey log_key) {
  if (absl::Status good = CheckOptions(options); !good.ok()) return good;
  if (options.files == nullptr) options.files = &storage::SystemFiles();
  if (absl::Status taken = TakeOver(folder, store); !taken.ok()) return taken;
  absl::StatusOr<crypto::VerifierKey> verifier =
      crypto::VerifierKey::Create(options.origin, log_key.public_key());
  if (!verifier.ok()) return verifier.status();
  auto ledger = std::make_unique<OpenLedger>(std::move(options), store, clock, random,
                                             *std::move(verifier), std::move(folder));
  if (absl::Status started = ledger->Start(std::move(log_key)); !started.ok()) return started;
  return ledger;
}

}  // namespace sluis::ledger
