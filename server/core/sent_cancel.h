// The Cancel that a sender owes, as it leaves.
//
// Guarantee: what was taken back does not lapse while a partner is down: once the person's
// signature holds no longer it goes on in the name of the node. Not guaranteed: that a partner does
// what it is told. Thread-safety: pure. Errors: DATA_LOSS for a row or an entry that cannot be
// read. Source: docs/formats.md, "Taking back".
#ifndef SLUIS_SERVER_CORE_SENT_CANCEL_H_
#define SLUIS_SERVER_CORE_SENT_CANCEL_H_

#include <string>

#include "absl/status/statusor.h"
#include "server/core/call.h"
#include "server/core/sent_exchange.h"
#include "server/core/view.h"

namespace sluis::core {

// The Cancel of this exchange, as a leaf: in the name of the person who took it back while the
// signature holds by what this node knows (SignatureHolds), and of the node alone otherwise, with
// the reason RULE.
absl::StatusOr<std::string> OwedCancel(const Call& call, const View& view, const SentRow& sent);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_SENT_CANCEL_H_
