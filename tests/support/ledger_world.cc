#include "tests/support/ledger_world.h"

#include <gtest/gtest.h>

namespace sluis::tests {

using ledger::Effect;

LedgerWorld::LedgerWorld() : disk(std::make_shared<SimulatedDisk>()), files(NewFaultyFiles(disk)) {}

LedgerWorld::~LedgerWorld() {
  store.Release();
  Close();
}

ledger::LedgerOptions LedgerWorld::Options() {
  ledger::LedgerOptions options;
  options.origin = kOrigin;
  options.folder = "/ledger";
  options.files = files.get();
  options.free_bytes = [](const std::string&) -> absl::StatusOr<uint64_t> { return 1ull << 40; };
  options.low_water_bytes = 1 << 20;
  options.ballast_bytes = 4096;
  options.on_fatal = [this](const absl::Status& error) {
    const std::lock_guard lock(mutex_);
    fatal_.push_back(error);
  };
  return options;
}

absl::Status LedgerWorld::Open(ledger::LedgerOptions options) {
  absl::StatusOr<std::unique_ptr<ledger::Ledger>> opened =
      ledger::Ledger::Open(std::move(options), store, clock, random, LogKey());
  if (!opened.ok()) return opened.status();
  ledger = *std::move(opened);
  return absl::OkStatus();
}

void LedgerWorld::Crash(Survival how, uint64_t seed) {
  std::shared_ptr<SimulatedDisk> survivors = disk->AfterCrash(how, seed);
  disk->PowerOffAfter(0);
  // Nothing of the old life may still reach the store: closing makes no entries.
  Close();
  disk = std::move(survivors);
  files = NewFaultyFiles(disk);
  const std::lock_guard lock(mutex_);
  fatal_.clear();
}

crypto::SigningKey LedgerWorld::LogKey() const {
  crypto::Secret<32> seed;
  seed.mutable_span()[0] = 42;
  return crypto::SigningKey::FromSeed(std::move(seed));
}

Effect LedgerWorld::MakeEffect(const std::string& act, const std::string& subject) {
  ledger::EntryParts parts;
  parts.act = act;
  parts.subject = subject;
  absl::StatusOr<ledger::Sealing> sealing = Sealer().Seal(parts, nullptr, clock.NowUs());
  EXPECT_TRUE(sealing.ok()) << sealing.status();
  return Effect{std::move(sealing->entry), {}, {}, std::move(sealing->rows),
                std::move(sealing->keys),  {}};
}

Effect LedgerWorld::MakeEffect(const std::string& act, const std::string& subject,
                               const ledger::RecordKeys& keys) {
  ledger::EntryParts parts;
  parts.act = act;
  parts.subject = subject;
  absl::StatusOr<ledger::Sealing> sealing = Sealer().Seal(parts, &keys, clock.NowUs());
  EXPECT_TRUE(sealing.ok()) << sealing.status();
  return Effect{std::move(sealing->entry), {}, {}, std::move(sealing->rows),
                std::move(sealing->keys),  {}};
}

LedgerWorld::NewRecord LedgerWorld::MakeRecord(const std::string& row, const std::string& value) {
  absl::StatusOr<ledger::NewRecordKeys> keys = ledger->keyring().NewKeys("signal", clock.NowUs());
  EXPECT_TRUE(keys.ok()) << keys.status();
  const std::string sealed = crypto::Seal(keys->keys.data, row, value, random);
  NewRecord out{MakeEffect("collection", "about " + value, keys->keys), keys->keys.ref};
  out.effect.key_rows.push_back(std::move(keys->row));
  out.effect.keys.push_back(keys->use);
  out.effect.preconditions.push_back({row, ledger::kAbsent});
  out.effect.writes.push_back({row, sealed});
  return out;
}

std::future<Told> LedgerWorld::SubmitLater(std::vector<Effect> effects) {
  auto promise = std::make_shared<std::promise<Told>>();
  std::future<Told> told = promise->get_future();
  ledger->Submit(
      {std::move(effects), [promise](absl::Status status, std::vector<ledger::Logged> logged) {
         promise->set_value({std::move(status), std::move(logged)});
       }});
  return told;
}

Told LedgerWorld::Submit(Effect effect) { return Submit(List(std::move(effect))); }

void LedgerWorld::Grow(uint64_t count) {
  for (uint64_t i = 0; i < count; ++i) {
    const Told told = Submit(MakeEffect("grow " + std::to_string(i)));
    ASSERT_TRUE(told.status.ok()) << told.status;
  }
}

std::vector<absl::Status> LedgerWorld::fatal() const {
  const std::lock_guard lock(mutex_);
  return fatal_;
}

}  // namespace sluis::tests
