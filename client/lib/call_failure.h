// What the status of a call means for the person who made it.
//
// Guarantee: total; every code maps to one exit and one text. The serialised RefusalDetail that a
// node puts into the details of a status is kept; details that do not parse are ignored.
// Thread-safety: pure. Source: the table of docs/cli.md.
#ifndef SLUIS_CLIENT_LIB_CALL_FAILURE_H_
#define SLUIS_CLIENT_LIB_CALL_FAILURE_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "client/lib/message.h"

namespace sluis::client {

// `code` must not be kOk. `text` is what the node said, in English; `address` the node called.
Failure FailureOfCall(absl::StatusCode code, const std::string& text, const std::string& details,
                      const std::string& address);

// Why not, in this language: the rules' own words where they have them, the first text otherwise.
std::string BecauseOf(const node::v1::RefusalDetail& refusal, std::string_view language);

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_CALL_FAILURE_H_
