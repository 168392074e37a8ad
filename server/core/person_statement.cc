#include "server/core/person_statement.h"

#include <optional>
#include <utility>
#include <vector>

#include "server/authn/mandate.h"
#include "server/envelope/fault.h"
#include "server/envelope/field_commitment.h"
#include "server/envelope/terms.h"
#include "sluis/peer/v1/exchange.pb.h"

namespace sluis::core {
namespace {

using envelope::Fault;

Refusal BadStatement(std::string what) {
  return {absl::StatusCode::kPermissionDenied, "bad_statement", std::move(what), "statement"};
}

Refusal Changed() {
  return {absl::StatusCode::kAborted, "changed_since_preview",
          "what would travel is not what was signed; look at the preview again and sign that",
          "statement"};
}

// What the person can do about it.
Refusal RefusalOfFault(const absl::Status& status) {
  const std::optional<Fault> fault = envelope::FaultOf(status);
  if (fault == Fault::kStatement) return Changed();
  if (fault == Fault::kStatementWindow) {
    return BadStatement(
        "the signature is from the future or no longer valid; look at the clock of "
        "your machine and sign again");
  }
  if (fault == Fault::kMandate) {
    return BadStatement("the mandate for this partnership does not cover this; ask for a new one");
  }
  return BadStatement("the signature does not hold; sign with the key of your mandate");
}

std::vector<crypto::PublicKey> MandateKeys(const Call& call) {
  std::vector<crypto::PublicKey> keys;
  if (!call.terms->manifest) return keys;
  const partnership::Member* own = call.terms->manifest->manifest.Find(call.terms->organisation);
  if (own == nullptr) return keys;
  for (const partnership::Key* key : own->KeysFor(crypto::KeyPurpose::kMandate, call.today)) {
    keys.push_back(key->public_key);
  }
  return keys;
}

// Whether a mandate key of the manifest in force signed it: the key may have been replaced since.
bool IsByMandateKey(const Call& call, const record::v1::SignedMandate& mandate) {
  for (const crypto::PublicKey& key : MandateKeys(call)) {
    authn::MandateVerifier verifier(call.terms->organisation, key, call.signatures);
    if (verifier.Verify(mandate).ok()) return true;
  }
  return false;
}

// Whether the mandate is for the key that this node registered for the caller: nobody may act under
// the certificate of one person with the signature of another.
bool IsKeyOf(const authn::Registered& registered, const record::v1::SignedMandate& signed_mandate) {
  record::v1::Mandate mandate;
  return registered.user && mandate.ParseFromString(signed_mandate.mandate()) &&
         mandate.signing_key() == registered.user->signing_key();
}

}  // namespace

absl::StatusOr<envelope::StatementItem> ItemOf(const record::v1::SentExchange& row) {
  envelope::StatementItem item;
  const auto exchange = crypto::ToFixed<envelope::kExchangeIdBytes>(row.exchange_id());
  peer::v1::Offer offer;
  if (!exchange.ok() || !offer.ParseFromString(row.offer())) {
    return absl::DataLossError("a stored exchange cannot be read; run the node's doctor");
  }
  absl::StatusOr<peer::v1::Terms> terms = envelope::ReadTerms(offer.terms());
  if (!terms.ok()) return terms.status();
  item.exchange = *exchange;
  item.case_token = terms->case_token();
  item.fields_root = envelope::FieldsRoot({});
  return item;
}

absl::StatusOr<std::variant<OwnStatement, Refusal>> VerifyOwnStatement(
    const Call& call, const ClaimedStatement& claimed) {
  if (!call.registered) return absl::InternalError("no person is behind this call");
  const authn::Registered& registered = *call.registered;
  envelope::UserSignatureVerifier verifier(call.terms->partnership, call.terms->organisation,
                                           MandateKeys(call), call.signatures);
  if (!registered.status) {
    return Refusal{absl::StatusCode::kFailedPrecondition, "no_status_list",
                   "partners believe no mandate without a list of revoked ones; ask an "
                   "administrator to put one, empty if need be",
                   ""};
  }
  absl::StatusOr<record::v1::MandateStatus> newest = verifier.Status(*registered.status);
  if (!newest.ok()) {
    return BadStatement(
        "the list of revoked mandates is not signed by the mandate key of the manifest; ask an "
        "administrator to put the newest list");
  }
  const record::v1::MandateStatus& status = *newest;
  OwnStatement own;
  *own.signature.mutable_statement() = claimed.statement;
  *own.signature.mutable_mandate() = claimed.mandate;
  own.signature.set_mandate_status_number(status.number());
  own.signature.set_item(claimed.place);
  *own.signature.mutable_path() = claimed.path;
  absl::StatusOr<envelope::VerifiedPerson> person =
      verifier.Verify(own.signature,
                      {.partnership = call.terms->partnership,
                       .organisation = call.terms->organisation,
                       .audience = claimed.audience,
                       .action = claimed.action,
                       .item = claimed.item},
                      status, call.now_us);
  if (!person.ok()) return RefusalOfFault(person.status());
  own.statement = *person->statement;
  if (own.statement.role() != call.role || own.statement.purpose() != call.purpose ||
      own.statement.basis() != call.basis ||
      own.statement.audience_role() != claimed.audience_role) {
    return Changed();
  }
  if (!IsKeyOf(registered, claimed.mandate)) {
    return BadStatement("sign with the key that is registered for you at this node");
  }
  return own;
}

absl::StatusOr<bool> SignatureHolds(const Call& call, const View& view,
                                    const peer::v1::UserSignature& signature) {
  const auto unreadable = [] {
    return absl::DataLossError("a stored exchange cannot be read; run the node's doctor");
  };
  record::v1::UserStatement statement;
  record::v1::Mandate mandate;
  record::v1::MandateStatus status;
  if (!statement.ParseFromString(signature.statement().statement()) ||
      !mandate.ParseFromString(signature.mandate().mandate())) {
    return unreadable();
  }
  const absl::StatusOr<std::optional<record::v1::SignedMandateStatus>> list =
      view.ReadMandateStatus();
  if (!list.ok()) return list.status();
  if (*list && !status.ParseFromString((*list)->status())) return unreadable();
  return statement.expires_at_s() > call.now_us / 1'000'000 &&
         authn::InForce(mandate, status, call.now_us) && IsByMandateKey(call, signature.mandate());
}

}  // namespace sluis::core
