#ifndef SLUIS_TESTS_SUPPORT_LEDGER_WORLD_H_
#define SLUIS_TESTS_SUPPORT_LEDGER_WORLD_H_

#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/ledger/ledger.h"
#include "server/ledger/reader.h"
#include "server/ledger/sealed_entry.h"
#include "tests/support/fake_clock.h"
#include "tests/support/faulty_files.h"
#include "tests/support/scripted_store.h"
#include "tests/support/seeded_random.h"
#include "tests/support/simulated_disk.h"

namespace sluis::tests {

inline constexpr char kOrigin[] = "lindervaart.example/log";

// What a submission was told.
struct Told {
  absl::Status status;
  std::vector<ledger::Logged> logged;
};

// What was told, or nothing when the ledger dropped the submission without a word. Waits.
inline std::optional<Told> Answer(std::future<Told> told) {
  try {
    return told.get();
  } catch (const std::future_error&) {
    return std::nullopt;
  }
}

// One ledger on a simulated disk, a store in memory and a clock that stands still, with what it
// takes to crash, tamper and open it again.
class LedgerWorld {
 public:
  LedgerWorld();
  ~LedgerWorld();

  ledger::LedgerOptions Options();
  absl::Status Open() { return Open(Options()); }
  absl::Status Open(ledger::LedgerOptions options);
  void Close() { ledger.reset(); }
  // Takes the power away: what was not synced is gone, the store keeps whole batches.
  void Crash(Survival how = Survival::kSyncedOnly, uint64_t seed = 1);

  crypto::SigningKey LogKey() const;
  ledger::Sealer Sealer() { return {kOrigin, ledger->keyring(), random}; }

  // An effect with an act part, and a subject part when `subject` is not empty.
  ledger::Effect MakeEffect(const std::string& act, const std::string& subject = "");
  // The same, its subject part under the keys of a record.
  ledger::Effect MakeEffect(const std::string& act, const std::string& subject,
                            const ledger::RecordKeys& keys);
  // An effect that makes a record: new keys, and a row under `row` with `value`.
  struct NewRecord {
    ledger::Effect effect;
    ledger::KeyRef ref;
  };
  NewRecord MakeRecord(const std::string& row, const std::string& value);

  std::future<Told> SubmitLater(std::vector<ledger::Effect> effects);
  Told Submit(std::vector<ledger::Effect> effects) { return SubmitLater(std::move(effects)).get(); }
  Told Submit(ledger::Effect effect);
  // `count` entries without subject, one submission each. Fails the test when one is refused.
  void Grow(uint64_t count);

  // The errors that on_fatal was given.
  std::vector<absl::Status> fatal() const;

  FakeClock clock;
  SeededRandom random{7};
  std::shared_ptr<SimulatedDisk> disk;
  std::unique_ptr<storage::Files> files;
  ScriptedStore store;
  std::unique_ptr<ledger::Ledger> ledger;

 private:
  mutable std::mutex mutex_;
  std::vector<absl::Status> fatal_;
};

// Vector of one or more effects, which cannot be copied.
template <typename... Effects>
std::vector<ledger::Effect> List(Effects&&... effects) {
  std::vector<ledger::Effect> out;
  (out.push_back(std::forward<Effects>(effects)), ...);
  return out;
}

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_LEDGER_WORLD_H_
