// What came of deciding again, for people and for programs: part of `sluis log replay`.
//
// Guarantee: names entries, rules of form and digests; never the value of an attribute.
// Thread-safety: one thread.
#ifndef SLUIS_CLIENT_CLI_REPLAY_VIEW_H_
#define SLUIS_CLIENT_CLI_REPLAY_VIEW_H_

#include "client/cli/shell.h"
#include "client/lib/replay_log.h"

namespace sluis::cli {

Json ReplayJson(const client::ReplayReport& report);
void SayReplay(Shell& shell, const client::ReplayReport& report);

// The worst of what was found: a log that does not verify or a mismatch, then a pack or a
// protocol that is not there, then what cannot be decided again.
Exit ExitOf(const client::ReplayReport& report);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_REPLAY_VIEW_H_
