#include "server/envelope/fault.h"

#include <array>
#include <string>

#include "absl/strings/cord.h"

namespace sluis::envelope {
namespace {

constexpr std::string_view kPayload = "sluis/exchange-fault";

struct Row {
  Fault fault;
  absl::StatusCode code;
  std::string_view name;
  std::string_view text;
};

using enum absl::StatusCode;

constexpr std::array<Row, 30> kRows = {{
    {Fault::kTooLarge, kInvalidArgument, "too_large",
     "the message is longer than allowed; send fewer records in one envelope"},
    {Fault::kMalformed, kInvalidArgument, "malformed",
     "the message is not of the form agreed; report it to the partner that sent it"},
    {Fault::kVersion, kInvalidArgument, "version",
     "the message is of another version of the format; bring both nodes to the same version"},
    {Fault::kKind, kInvalidArgument, "kind",
     "the message is of an unknown kind; bring both nodes to the same version"},
    {Fault::kCount, kInvalidArgument, "count",
     "the number of records is not the one announced; send the envelope again"},
    {Fault::kRepeated, kInvalidArgument, "repeated",
     "two records of one envelope have the same exchange id; give each its own"},
    {Fault::kNotExchanging, kFailedPrecondition, "not_exchanging",
     "the partnership is in preparation and exchanges nothing; wait until it is in force"},
    {Fault::kPartnership, kPermissionDenied, "partnership",
     "the message is for another partnership; this node does not act on it"},
    {Fault::kSender, kPermissionDenied, "sender",
     "the sender is not another member of the partnership; this node does not act on it"},
    {Fault::kRecipient, kPermissionDenied, "recipient",
     "the message is for another recipient; this node does not act on it"},
    {Fault::kUpdate, kFailedPrecondition, "update",
     "manifest or packs differ between the nodes; update both to the newest version"},
    {Fault::kRoot, kPermissionDenied, "root",
     "the records are not those that were signed; send the envelope again"},
    {Fault::kSignature, kPermissionDenied, "signature",
     "no key of the sender signed this; send the envelope again"},
    {Fault::kKeyPurpose, kPermissionDenied, "key_purpose",
     "a key meant for something else signed this; sign with the key of that purpose"},
    {Fault::kKeyExpired, kPermissionDenied, "key_expired",
     "the key that signed this is not valid today; renew it in the manifest"},
    {Fault::kReceiptSignature, kPermissionDenied, "receipt_signature",
     "a second signature is missing or wrong; sign receipts with the receipt key, and nothing "
     "else"},
    {Fault::kBinding, kPermissionDenied, "binding",
     "a record contradicts its envelope or its own bytes; make the envelope again"},
    {Fault::kOtherExchange, kPermissionDenied, "other_exchange",
     "the answer is not about the exchange it names; this node does not act on it"},
    {Fault::kStatement, kPermissionDenied, "statement",
     "what the person signed is not this; have it signed again"},
    {Fault::kStatementKey, kPermissionDenied, "statement_key",
     "the key in the mandate did not sign this; have it signed again"},
    {Fault::kStatementWindow, kPermissionDenied, "statement_window",
     "the person's signature is not yet or no longer to be acted on; have it signed again"},
    {Fault::kMandate, kPermissionDenied, "mandate",
     "the mandate is not in force for this; have a new one issued"},
    {Fault::kStatusBehind, kFailedPrecondition, "status_behind",
     "a newer list of revoked mandates exists; fetch it first"},
    {Fault::kWrap, kPermissionDenied, "wrap",
     "the key does not open under this receipt; ask for it again with a new receipt"},
    {Fault::kKeyCommitment, kPermissionDenied, "key_commitment",
     "the key is not the one that was promised; report it to the partner that sent it"},
    {Fault::kCiphertext, kPermissionDenied, "ciphertext",
     "the content does not open under its key; report it to the partner that sent it"},
    {Fault::kTerms, kPermissionDenied, "terms",
     "the content is not what its terms said; report it to the partner that sent it"},
    {Fault::kFields, kPermissionDenied, "fields",
     "the content is not what the person signed; report it to the partner that sent it"},
    {Fault::kLog, kPermissionDenied, "log",
     "the receipt does not prove that the partner logged this; give no key and ask the partner"},
    {Fault::kLooser, kPermissionDenied, "looser",
     "the partner accepted looser conditions than offered; give no key and ask the partner"},
}};

// One row for each fault, in their order, so that a fault is an index.
constexpr bool RowsInOrder() {
  for (size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<size_t>(kRows[i].fault) != i) return false;
  }
  return static_cast<size_t>(Fault::kLooser) + 1 == kRows.size();
}
static_assert(RowsInOrder());

const Row& RowOf(Fault fault) { return kRows[static_cast<size_t>(fault)]; }

}  // namespace

absl::Status Refuse(Fault fault) {
  const Row& row = RowOf(fault);
  absl::Status status(row.code, std::string(row.text));
  status.SetPayload(std::string(kPayload), absl::Cord(std::string(row.name)));
  return status;
}

std::optional<Fault> FaultOf(const absl::Status& status) {
  const auto payload = status.GetPayload(std::string(kPayload));
  if (!payload) return std::nullopt;
  for (const Row& row : kRows) {
    if (*payload == std::string(row.name)) return row.fault;
  }
  return std::nullopt;
}

std::string_view FaultName(Fault fault) { return RowOf(fault).name; }

}  // namespace sluis::envelope
