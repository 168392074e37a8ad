#ifndef SLUIS_SERVER_CORE_PERSON_STATEMENT_H_
#define SLUIS_SERVER_CORE_PERSON_STATEMENT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/statusor.h"
#include "server/core/call.h"
#include "server/core/refusal.h"
#include "server/core/view.h"
#include "server/envelope/user_signature.h"
#include "sluis/record/v1/exchange.pb.h"
#include "sluis/record/v1/mandate.pb.h"
#include "sluis/record/v1/statement.pb.h"

namespace sluis::core {

// What the caller of this node says to have signed.
struct ClaimedStatement {
  const record::v1::SignedUserStatement& statement;
  const record::v1::SignedMandate& mandate;
  // What it must be about.
  std::string_view action;
  std::string_view audience;
  std::string_view audience_role;
  envelope::StatementItem item;
  // Where in the statement, and what leads from there to its root; the default for the only one.
  uint32_t place = 0;
  google::protobuf::RepeatedPtrField<std::string> path = {};
};

// What a person signs about an exchange that was shared before: its id, its case, and no fields.
// DATA_LOSS when the row cannot be read.
absl::StatusOr<envelope::StatementItem> ItemOf(const record::v1::SentExchange& row);

// A statement that the partner will verify likewise, ready to travel.
struct OwnStatement {
  record::v1::UserStatement statement;
  peer::v1::UserSignature signature;
};

// Verifies a statement of the caller before it is sent, by the same code as the partner that must
// believe it, with the mandate keys that the manifest in force gives this organisation today and
// the newest list of revoked mandates. Beyond that, the key must be the one registered for the
// caller, and role, purpose and basis those of the call. The second alternative is the refusal:
// `changed_since_preview` when it is about something else, `no_status_list` while this organisation
// has no list of revoked mandates, `bad_statement` otherwise. `call` is that of a person:
// what it holds of the register is used, under its preconditions. An error is a fault of the node.
absl::StatusOr<std::variant<OwnStatement, Refusal>> VerifyOwnStatement(
    const Call& call, const ClaimedStatement& claimed);

// Whether the partner for whom a person of this organisation signed this earlier would still
// believe it, by what this node knows: the statement has not ended, its mandate is signed by a
// mandate key of the manifest in force and is itself in force. DATA_LOSS when it cannot be read.
absl::StatusOr<bool> SignatureHolds(const Call& call, const View& view,
                                    const peer::v1::UserSignature& signature);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_PERSON_STATEMENT_H_
