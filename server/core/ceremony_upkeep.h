// What the node itself does about ceremonies and keys as time passes: run with
// Executor::RunAsNode. Each looks first whether anything is due, so that nothing is logged where
// nothing changes.
#ifndef SLUIS_SERVER_CORE_CEREMONY_UPKEEP_H_
#define SLUIS_SERVER_CORE_CEREMONY_UPKEEP_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "server/core/ceremonies.h"
#include "server/core/drop_taken.h"
#include "server/core/executor.h"
#include "server/core/terms.h"
#include "server/core/use_case.h"
#include "server/ledger/ledger.h"
#include "server/partnership/manifest.h"

namespace sluis::core {

struct DueCeremonies {
  std::vector<std::string> now;
  // When time alone changes those that run, seconds by ceremony.
  std::map<std::string, uint64_t> at_s;
};
// Ceremonies that change by now without a message: time does it, a key that overtook them, or what
// is in force (ReasonToEnd). While nothing is exchanged no time passes for them.
absl::StatusOr<DueCeremonies> CeremoniesDue(const View& view, uint64_t now_us, const Terms& terms);

// Lets time pass for one ceremony: asks for what did not come, names who is silent; forgets a
// proposal whose time is over. Refused with `not_due` when nothing changes.
class TickCeremony : public UseCase {
 public:
  // `ceremonies` must outlive this.
  TickCeremony(std::string ceremony, Ceremonies& ceremonies)
      : ceremony_(std::move(ceremony)), ceremonies_(ceremonies) {}
  const Method& method() const override;
  bool takes_turns() const override { return true; }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const std::string ceremony_;
  Ceremonies& ceremonies_;
};

// Rows of secrets that are of no use any more: seeds of ceremonies that are over, shares of a
// sharing that another took the place of, shares of key and factor once the window after a roll is
// over. Everything that no key and no open ceremony refers to.
absl::StatusOr<std::vector<std::string>> KeySecretsDone(const View& view, uint64_t now_us);

// Erases them, each with an entry that says which it was; kMostErased at a time.
inline constexpr size_t kMostErased = 64;
class EraseKeySecrets : public UseCase {
 public:
  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;
};

// Days for which a message of a ceremony stays owed to who does not take it: longer than a round
// can take with all that is waited for.
inline constexpr uint64_t kDaysLettersStay = 40;

// Messages of ceremonies that are owed for longer than that, or to who is no member any more; at
// most `most`.
absl::StatusOr<std::vector<TakenMessage>> LettersUnwanted(const View& view,
                                                          const partnership::Manifest& manifest,
                                                          uint64_t now_us, size_t most);

// Does all of this that is due now, but for the letters; `wake` is called when something may have
// to leave. An error is a fault of the node; what does not hang on it was done.
absl::Status KeepKeys(ledger::Ledger& ledger, Executor& executor, const Terms& terms,
                      uint64_t now_us, Ceremonies& ceremonies, const std::function<void()>& wake);

// Strikes unwanted letters off the outbox.
absl::Status DropLetters(ledger::Ledger& ledger, Executor& executor,
                         const partnership::Manifest& manifest, uint64_t now_us);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_CEREMONY_UPKEEP_H_
