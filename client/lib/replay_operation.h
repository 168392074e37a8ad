// Whether the decision that an entry holds is one about what the entry says was done, and with
// whom.
//
// Guarantee: *fits* means that a node that did this operation, and that message beside it, asks the
// rules on this side. Not guaranteed: that they permitted it, or that the message was sent. Pure;
// thread-safe. Errors: none. Part of client/lib/replay.h. Source: docs/formats.md, "Replaying".
#ifndef SLUIS_CLIENT_LIB_REPLAY_OPERATION_H_
#define SLUIS_CLIENT_LIB_REPLAY_OPERATION_H_

#include "sluis/record/v1/entry.pb.h"

namespace sluis::client {

// `counterpart` is null where that part is not open. Whether what was done rests on a decision.
bool NeedsDecision(const record::v1::ActPart& act, const record::v1::CounterpartPart* counterpart);

// Likewise. Of what was not done, whether the side that was asked is that of the message.
bool FitsOperation(const record::v1::ActPart& act, const record::v1::DecisionPart& part,
                   const record::v1::CounterpartPart* counterpart);

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_REPLAY_OPERATION_H_
