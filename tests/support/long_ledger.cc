#include "tests/support/long_ledger.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

#include "crypto/random.h"
#include "crypto/signature.h"
#include "server/ledger/sealed_entry.h"
#include "server/storage/clock.h"

namespace sluis::tests {
namespace {

constexpr char kOrigin[] = "lindervaart.example/log";
constexpr uint64_t kGroup = 256;
// Groups that are sealed and wait to be written.
constexpr uint64_t kWaiting = 16;
constexpr uint64_t kTellEvery = 1'000'000;

// Lets the one who seals run ahead of the one who writes, but not for ever.
class Ahead {
 public:
  void Begin() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_ < kWaiting; });
    ++waiting_;
  }
  void End(absl::Status status) {
    const std::lock_guard lock(mutex_);
    --waiting_;
    if (status_.ok()) status_ = std::move(status);
    changed_.notify_all();
  }
  absl::Status status() {
    const std::lock_guard lock(mutex_);
    return status_;
  }
  absl::Status Join() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_ == 0; });
    return status_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t waiting_ = 0;
  absl::Status status_;
};

absl::StatusOr<ledger::Submission> MakeGroup(ledger::Ledger& ledger, uint64_t count) {
  const ledger::Sealer sealer(ledger.origin(), ledger.keyring(), crypto::SystemRandom());
  const ledger::EntryParts parts{
      .act = "an entry", .actor = {}, .subject = {}, .decision = {}, .counterpart = {}};
  const uint64_t now_us = storage::SystemClock().NowUs();
  ledger::Submission group;
  for (uint64_t i = 0; i < count; ++i) {
    absl::StatusOr<ledger::Sealing> sealing = sealer.Seal(parts, nullptr, now_us);
    if (!sealing.ok()) return sealing.status();
    group.effects.push_back(ledger::Effect{.entry = std::move(sealing->entry),
                                           .preconditions = {},
                                           .writes = {},
                                           .key_rows = std::move(sealing->rows),
                                           .keys = std::move(sealing->keys),
                                           .erase = {}});
  }
  return group;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ledger::Ledger>> OpenLongLedger(storage::Store& store,
                                                               const std::string& folder,
                                                               storage::Files* files) {
  crypto::Secret<32> seed;
  seed.mutable_span()[0] = 10;
  ledger::LedgerOptions options;
  options.origin = kOrigin;
  options.folder = folder;
  options.files = files;
  options.tick = std::chrono::hours(1);
  options.heartbeat = std::chrono::hours(1);
  options.queue_capacity = kGroup * kWaiting;
  options.low_water_bytes = 0;
  options.ballast_bytes = 0;
  return ledger::Ledger::Open(std::move(options), store, storage::SystemClock(),
                              crypto::SystemRandom(),
                              crypto::SigningKey::FromSeed(std::move(seed)));
}

absl::Status GrowLedger(ledger::Ledger& ledger, uint64_t size,
                        const std::function<void(uint64_t)>& progress) {
  Ahead ahead;
  uint64_t made = ledger.size();
  while (made < size && ahead.status().ok()) {
    const uint64_t count = std::min(kGroup, size - made);
    absl::StatusOr<ledger::Submission> group = MakeGroup(ledger, count);
    if (!group.ok()) {
      ahead.Join().IgnoreError();
      return group.status();
    }
    group->done = [&ahead](absl::Status status, const std::vector<ledger::Logged>&) {
      ahead.End(std::move(status));
    };
    ahead.Begin();
    ledger.Submit(*std::move(group));
    if (progress && made / kTellEvery != (made + count) / kTellEvery) progress(made + count);
    made += count;
  }
  absl::Status joined = ahead.Join();
  if (joined.ok()) ledger.Tick();
  return joined;
}

}  // namespace sluis::tests
