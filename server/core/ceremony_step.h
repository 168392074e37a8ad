// What one step of a ceremony does to the ledger: its event, its row, one entry, what it owes to
// others, and what it made when it is complete.
//
// Guarantee: everything that a machine says is owed by rows of the same effect as the event from
// which it follows, so that a machine made anew from the rows says the same, and nothing leaves
// that is not on record. A share comes into the store only sealed, with the package that it is of.
// Not guaranteed: that the row is the newest: whoever adds the first step of a plan requires its
// stamp. Thread-safety: pure. Source: docs/formats.md, "Ceremonies".
#ifndef SLUIS_SERVER_CORE_CEREMONY_STEP_H_
#define SLUIS_SERVER_CORE_CEREMONY_STEP_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "server/core/call.h"
#include "server/core/ceremony_rows.h"
#include "server/core/plan.h"
#include "server/core/view.h"
#include "server/keys/ceremony.h"

namespace sluis::core {

// Words of CeremonyStep.event.
inline constexpr char kProposed[] = "proposed";
inline constexpr char kAgreed[] = "agreed";
inline constexpr char kMessage[] = "message";
inline constexpr char kTime[] = "time";
inline constexpr char kComplete[] = "complete";
inline constexpr char kEnded[] = "ended";
inline constexpr char kClosed[] = "closed";
inline constexpr char kRemoved[] = "removed";
inline constexpr char kKeysErased[] = "erased";

// What changed it.
struct StepCause {
  std::string_view word;             // unless it completes or ends by it
  std::optional<keys::Event> event;  // none when it begins
  std::string sender = {};           // of the message
};

// The entry about a ceremony, before anything is known of a step.
record::v1::CeremonyStep StepOf(std::string_view id, const keys::Parameters& parameters,
                                std::string_view word);

// Adds event, owed messages and results to `effect` and brings `ceremony` up to date; its row is
// not written (WriteCeremony). `row_stamp_of_key` errors are those of the view.
absl::Status AddStep(const Call& call, const View& view, const keys::Ceremony& machine,
                     const keys::Step& step, const StepCause& cause, CeremonyRow& ceremony,
                     Effect& effect);

// Adds what somebody did to the row, with the messages that show it, and to the entry by digest.
void AddFinding(const std::string& culprit, const keys::Finding& finding,
                record::v1::StoredCeremony& row, record::v1::CeremonyStep& said);

// Puts another event in the place of the one of that number.
void RewriteEvent(size_t number, const keys::Event& event, const CeremonyRow& ceremony,
                  Effect& effect);

// Adds an event that no machine sees yet: of a proposal.
void AddEvent(const keys::Event& event, CeremonyRow& ceremony, Effect& effect);
void WriteCeremony(const CeremonyRow& ceremony, Effect& effect);

// Makes a message owed to these organisations, in the order of calls.
void OweLetter(const Call& call, std::string_view own, const std::vector<std::string>& recipients,
               std::string_view message, CeremonyRow& ceremony, Effect& effect);

// Fills in round, those awaited and when time alone changes it.
void DescribeMachine(const keys::Ceremony& machine, record::v1::StoredCeremony& row);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_CEREMONY_STEP_H_
