// Why a message between nodes, or a part of one, is not believed: a closed list, so that whoever
// parks, refuses or counts need not read text.
//
// Guarantee: every refusal of server/envelope carries exactly one Fault as payload of its status,
// and text and code of the status follow from it. Not guaranteed: that a status from elsewhere
// carries one. Thread-safety: pure.
#ifndef SLUIS_SERVER_ENVELOPE_FAULT_H_
#define SLUIS_SERVER_ENVELOPE_FAULT_H_

#include <optional>
#include <string_view>

#include "absl/status/status.h"

namespace sluis::envelope {

enum class Fault {
  // Form: nothing can be said about such bytes; they are parked and alarmed.
  kTooLarge,
  kMalformed,
  kVersion,
  kKind,
  kCount,
  kRepeated,  // two leaves about one exchange
  // Envelope and manifest.
  kNotExchanging,  // the partnership is in preparation
  kPartnership,
  kSender,
  kRecipient,
  kUpdate,  // manifest versions or pack digests differ
  kRoot,
  kSignature,
  kKeyPurpose,  // signed by a key of the sender, but one for something else
  kKeyExpired,  // signed by a key of the sender that is not valid that day
  kReceiptSignature,
  kBinding,  // a leaf does not repeat its head, or contradicts its own bytes
  // The exchange it belongs to.
  kOtherExchange,
  // The person behind it.
  kStatement,        // the statement is not about this
  kStatementKey,     // the person's key did not sign it
  kStatementWindow,  // signed in the future, or no longer to be acted on
  kMandate,          // the mandate does not hold or does not cover it
  kStatusBehind,     // the list of revoked mandates held here is not the newest
  // Keys and content.
  kWrap,
  kKeyCommitment,
  kCiphertext,
  kTerms,
  kFields,
  // What a receipt proves.
  kLog,
  kLooser,  // accepted conditions that are looser than those offered
};

// The refusal with its text. INVALID_ARGUMENT for form, FAILED_PRECONDITION for what another state
// of this node or of the partnership would accept, PERMISSION_DENIED for the rest.
absl::Status Refuse(Fault fault);

// Nothing when the status is OK or is not one of Refuse.
std::optional<Fault> FaultOf(const absl::Status& status);

// A fixed word for logs and metrics, for example "update".
std::string_view FaultName(Fault fault);

}  // namespace sluis::envelope

#endif  // SLUIS_SERVER_ENVELOPE_FAULT_H_
