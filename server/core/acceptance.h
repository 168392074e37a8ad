// What both acts that take something of a partner decide: on what conditions, and whether the
// person behind it stands for it.
#ifndef SLUIS_SERVER_CORE_ACCEPTANCE_H_
#define SLUIS_SERVER_CORE_ACCEPTANCE_H_

#include <optional>
#include <string>
#include <string_view>

#include "policies/decision.h"
#include "server/core/call.h"
#include "server/core/plan.h"
#include "server/core/question.h"
#include "sluis/peer/v1/terms.pb.h"
#include "sluis/record/v1/statement.pb.h"

namespace sluis::core {

// The conditions offered joined with those under which the own rules permit it, strictest wins;
// days count from today. Nothing when they cannot be joined, or the day on which it must be gone is
// past.
std::optional<peer::v1::Conditions> AcceptedConditions(const Call& call,
                                                       const policies::Decision& decision,
                                                       const peer::v1::Conditions& offered);

// Whether the terms state of the record what this node could see for itself, were it not that the
// field which shows it is left out: one that the own rules would have kept as it is.
bool WithholdsWhatItStates(const policies::Decision& decision, const peer::v1::Terms& terms);

// Whether what the person signed says the same as the terms: purpose, basis and role addressed.
bool SaysTheSame(const record::v1::UserStatement& statement, const peer::v1::Terms& terms);

// An entry about what a partner sent, with the decision taken on it: purpose and basis are those of
// the person at the sender, as far as the packs know these words.
Entry EntryAbout(const Call& call, const Answer& answer, record::v1::Operation operation,
                 record::v1::Outcome outcome);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_ACCEPTANCE_H_
