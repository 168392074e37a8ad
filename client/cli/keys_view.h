// What people see of keys that no single node has, and of the ceremonies that make them.
//
// Thread-safety: one thread.
#ifndef SLUIS_CLIENT_CLI_KEYS_VIEW_H_
#define SLUIS_CLIENT_CLI_KEYS_VIEW_H_

#include "client/cli/shell.h"
#include "sluis/node/v1/keys.pb.h"

namespace sluis::cli {

// What is made, who holds it on which host, how many are needed, and until when to agree: all that
// somebody agrees to.
void SayCeremony(Shell& shell, const node::v1::CeremonyView& ceremony);
void SayKey(Shell& shell, const node::v1::KeyState& key);

// Whether somebody has something to do about it.
bool NeedsSomebody(const node::v1::CeremonyView& ceremony);
bool NeedsSomebody(const node::v1::KeyState& key);
// Whether a key stops unless it is rolled or made anew.
bool IsTask(const node::v1::KeyState& key);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_KEYS_VIEW_H_
