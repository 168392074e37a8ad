// A signal as people read it before they send it and when they open it.
//
// Guarantee: fact, assessment and hearsay stay apart; what worries stands beside what protects; a
// travelling mark is shown with its limit. Thread-safety: one thread.
#ifndef SLUIS_CLIENT_CLI_SIGNAL_VIEW_H_
#define SLUIS_CLIENT_CLI_SIGNAL_VIEW_H_

#include <string>
#include <string_view>

#include "client/cli/shell.h"
#include "sluis/node/v1/signals.pb.h"
#include "sluis/record/v1/signal.pb.h"

namespace sluis::cli {

// Lines "field: value", ended by LF.
std::string SignalLines(const Shell& shell, const record::v1::Signal& signal);
// The same for who it is about.
std::string PersonLines(const Shell& shell, const record::v1::SubjectIdentity& identity);
// The same for what would travel, without marks, which are no fields: `fields` are the names, as
// nodes have them, of those that do.
std::string TravellingLines(const record::v1::SignalContent& content,
                            const google::protobuf::RepeatedPtrField<std::string>& fields);
// The same with state, retention and what was withheld or generalised.
std::string ViewLines(const Shell& shell, const record::v1::SignalView& view);
// One line of a list.
std::string SummaryLine(const Shell& shell, const node::v1::SignalSummary& summary);

// Text that a terminal cannot take as a command: control characters come out as "?".
std::string Harmless(std::string_view text);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_SIGNAL_VIEW_H_
