// What a caller says with a call: role, purpose, legal basis and case reference.
//
// Guarantee: no word gets into a call, and so into the log, but one that the packs know as a value
// of its attribute, and no case reference but one of form. Thread-safety: pure.
#ifndef SLUIS_SERVER_CORE_CALL_CONTEXT_H_
#define SLUIS_SERVER_CORE_CALL_CONTEXT_H_

#include <optional>

#include "server/core/call.h"
#include "server/core/refusal.h"
#include "sluis/node/v1/context.pb.h"

namespace sluis::core {

// Leaves empty what is not known. The terms of the call must be set.
void TakeContext(const node::v1::RequestContext& context, Call& call);

// What a call that needs all of it lacks; an audit is about no case.
std::optional<Refusal> LackOfContext(const Call& call);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_CALL_CONTEXT_H_
