#include "tests/bench/log_append.h"

#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "crypto/random.h"
#include "server/ledger/ledger.h"
#include "server/ledger/sealed_entry.h"
#include "server/storage/clock.h"
#include "server/storage/rocksdb_store.h"
#include "tests/bench/raw_writes.h"
#include "tests/support/temp_folder.h"

namespace sluis::bench {
namespace {

constexpr size_t kGroup = 256;
constexpr size_t kGroups = 200;
constexpr char kOrigin[] = "bench.example/log";

absl::StatusOr<std::unique_ptr<storage::Store>> OpenStore(const tests::TempFolder& folder) {
  return storage::OpenRocksDbStore(folder.PathOf("store"));
}

// A fresh ledger on a fresh disk folder, with entries sealed and waiting.
class Appending {
 public:
  static absl::StatusOr<std::unique_ptr<Appending>> Make(bool record) {
    auto out = std::make_unique<Appending>();
    absl::StatusOr<std::unique_ptr<storage::Store>> store = OpenStore(out->folder_);
    if (!store.ok()) return store.status();
    out->store_ = *std::move(store);
    if (record) out->recorder_ = std::make_unique<RecordingStore>(*out->store_);
    ledger::LedgerOptions options;
    options.origin = kOrigin;
    options.folder = out->folder_.PathOf("ledger");
    // No checkpoint within a round.
    options.tick = std::chrono::hours(1);
    options.heartbeat = options.tick;
    options.queue_capacity = kGroup * kGroups;
    options.group_limit = kGroup;
    options.low_water_bytes = 0;
    options.ballast_bytes = 0;
    absl::StatusOr<std::unique_ptr<ledger::Ledger>> opened = ledger::Ledger::Open(
        std::move(options), record ? *out->recorder_ : *out->store_, storage::SystemClock(),
        crypto::SystemRandom(), crypto::SigningKey::Generate(crypto::SystemRandom()));
    if (!opened.ok()) return opened.status();
    out->ledger_ = *std::move(opened);
    if (record) out->recorder_->Forget();
    if (absl::Status sealed = out->SealAll(); !sealed.ok()) return sealed;
    return out;
  }

  // Hands over every group and waits until the last is durable.
  absl::StatusOr<uint64_t> Run() {
    std::promise<absl::Status> last;
    absl::Status first_error;  // written by the sequencer's thread before `last` is set
    for (size_t i = 0; i < groups_.size(); ++i) {
      const bool is_last = i + 1 == groups_.size();
      ledger_->Submit({std::move(groups_[i]),
                       [&last, &first_error, is_last](const absl::Status& status,
                                                      const std::vector<ledger::Logged>&) {
                         if (!status.ok() && first_error.ok()) first_error = status;
                         if (is_last) last.set_value(first_error);
                       }});
    }
    if (absl::Status status = last.get_future().get(); !status.ok()) return status;
    return kGroup * kGroups;
  }

  std::vector<Batch> Recorded() { return recorder_->Take(); }

 private:
  absl::Status SealAll() {
    const ledger::Sealer sealer(kOrigin, ledger_->keyring(), crypto::SystemRandom());
    // One short part, padded to 256 bytes, and four absent ones.
    const ledger::EntryParts parts{.act = std::string(100, 'a'),
                                   .actor = {},
                                   .subject = {},
                                   .decision = {},
                                   .counterpart = {}};
    const uint64_t now_us = storage::SystemClock().NowUs();
    for (size_t group = 0; group < kGroups; ++group) {
      std::vector<ledger::Effect>& effects = groups_.emplace_back();
      for (size_t i = 0; i < kGroup; ++i) {
        absl::StatusOr<ledger::Sealing> sealing = sealer.Seal(parts, nullptr, now_us);
        if (!sealing.ok()) return sealing.status();
        effects.push_back(ledger::Effect{.entry = std::move(sealing->entry),
                                         .preconditions = {},
                                         .writes = {},
                                         .key_rows = std::move(sealing->rows),
                                         .keys = std::move(sealing->keys),
                                         .erase = {}});
      }
    }
    return absl::OkStatus();
  }

  tests::TempFolder folder_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<RecordingStore> recorder_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::vector<std::vector<ledger::Effect>> groups_;
};

}  // namespace

absl::StatusOr<Result> LogAppend() {
  std::vector<Batch> batches;
  {
    absl::StatusOr<std::unique_ptr<Appending>> recording = Appending::Make(true);
    if (!recording.ok()) return recording.status();
    const absl::StatusOr<uint64_t> run = (*recording)->Run();
    if (!run.ok()) return run.status();
    batches = (*recording)->Recorded();
    if (batches.size() != kGroups) {
      return absl::InternalError("the ledger wrote " + std::to_string(batches.size()) +
                                 " batches, expected " + std::to_string(kGroups));
    }
  }

  std::unique_ptr<Appending> appending;
  Side ledger;
  ledger.prepare = [&]() -> absl::Status {
    appending.reset();
    absl::StatusOr<std::unique_ptr<Appending>> made = Appending::Make(false);
    if (!made.ok()) return made.status();
    appending = *std::move(made);
    return absl::OkStatus();
  };
  ledger.work = [&] { return appending->Run(); };

  RawWrites raw(std::move(batches), kGroup * kGroups);
  return Compare("log_append", "entries/s", ledger, raw.side());
}

}  // namespace sluis::bench
