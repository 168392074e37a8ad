#ifndef SLUIS_SERVER_CORE_REFUSAL_H_
#define SLUIS_SERVER_CORE_REFUSAL_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "server/core/call.h"
#include "server/core/question.h"

namespace sluis::core {

// Name of the status payload that carries a serialised RefusalDetail.
inline constexpr char kRefusalPayload[] = "sluis/refusal";
// Codes of those who are nobody here: a certificate that cannot be used, or of somebody who is not
// registered with it.
inline constexpr char kBadCertificate[] = "bad_certificate";
inline constexpr char kUnknownUser[] = "unknown_user";
// Whether this status refuses one of these.
bool NamesNobody(const absl::Status& status);

// Why a call is refused. `code` is one of the fixed words of docs/cli.md; `message` says what to do
// next.
struct Refusal {
  absl::StatusCode status = absl::StatusCode::kPermissionDenied;
  std::string code;
  std::string message;
  // Field at fault, for a request that is not well-formed.
  std::string field;
};

// The answer while the row of the terms in force is not there: a fault of the node, without an
// entry.
absl::Status TermsNotRecorded();

// The refusal as a plan: one entry, no writes, and the status once it is durable.
Plan RefusalPlan(const Call& call, Refusal refusal);

// The same for a decision that was not a permit: the texts of the rules, the nearest permit and
// what blocked it. `about` is the record asked for, if it exists.
Plan DecisionRefusalPlan(const Call& call, const Answer& answer,
                         std::shared_ptr<const OpenedRecord> about);

// The status of a refusal, with its detail.
absl::Status RefusalStatus(const Refusal& refusal, node::v1::RefusalDetail detail);
node::v1::RefusalDetail DetailOf(const Refusal& refusal);
// The texts of law are those that stand on the day of the call.
node::v1::RefusalDetail DetailOf(const Call& call, const Answer& answer);
Refusal RefusalOf(const Answer& answer);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_REFUSAL_H_
