// Rows of what partners offered.
//
// Guarantee: a row that is read names the exchange that its key names. Not guaranteed: who asks
// about it; every act compares the sender. Thread-safety: pure. Errors: NOT_FOUND when there is
// none, DATA_LOSS when it cannot be read. Source: docs/formats.md, rows Y and y.
#ifndef SLUIS_SERVER_CORE_RECEIVED_EXCHANGE_H_
#define SLUIS_SERVER_CORE_RECEIVED_EXCHANGE_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/core/plan.h"
#include "server/core/view.h"
#include "server/envelope/record_proof.h"
#include "server/envelope/user_signature.h"
#include "sluis/peer/v1/exchange.pb.h"
#include "sluis/record/v1/exchange.pb.h"

namespace sluis::core {

std::string ReceivedKey(std::string_view exchange_id);
std::string ReceivedOrderKey(uint64_t received_at_us, std::string_view exchange_id);

// The words by which rows and entries name the reasons of the closed lists of exchange.proto.
std::string_view UnopenableWord(peer::v1::UnopenableReason reason);
std::string_view RefusalWord(peer::v1::RefusalReason reason);

struct ReceivedRow {
  record::v1::ReceivedExchange row;
  uint64_t stamp = 0;

  // 1 + the index of the entry about the collection or refusal.
  uint64_t collected_entry() const {
    return row.collected_entry() == 0 ? stamp : row.collected_entry();
  }
};

absl::StatusOr<ReceivedRow> ReadReceived(const View& view, std::string_view exchange_id);

// The record that this number opens: its own, or that of the exchange in which it was received,
// because the sender can only name the exchange. A record comes first; a number that is neither is
// given back. DATA_LOSS when the exchange cannot be read.
absl::StatusOr<std::string> RecordNamed(const View& view, const std::string& id);

// Its Offer with the terms read. DATA_LOSS when the stored proof is not of an Offer.
struct StoredOffer {
  envelope::RecordProof proof;
  peer::v1::Terms terms;
  const peer::v1::Offer& offer() const { return std::get<peer::v1::Offer>(proof.leaf); }
};
absl::StatusOr<StoredOffer> OfferOf(const record::v1::ReceivedExchange& row);

// What is left of its Offer: the whole, or once its terms are of no use any more the binding, which
// every message about it repeats. DATA_LOSS when it cannot be read.
struct KeptOffer {
  peer::v1::Binding binding;
  bool has_terms = false;
};
absl::StatusOr<KeptOffer> KeptOfferOf(const record::v1::ReceivedExchange& row);

// Leaves of the Offer its binding, beside the digests that the row names: terms, person, fields and
// ciphertext go, and with them on what conditions it was accepted. For when its record ends here,
// or it ends without one. What cannot be read stays as it is: it must not keep a record from being
// erased.
void ForgetTerms(record::v1::ReceivedExchange& row);

// What a person of the sender must have signed for this message of theirs about the exchange, no
// fields. Borrows the binding and the action.
envelope::SignedAct ActAbout(const peer::v1::Binding& binding, const peer::v1::Terms& terms,
                             std::string_view action);

// Visits all of them newest first, from just before `before` (a position of an earlier visit; empty
// for the newest). Stops when `visit` returns false. One that cannot be read is passed over.
absl::Status VisitReceivedNewestFirst(
    const View& view, std::string_view before,
    const std::function<bool(std::string_view position, const ReceivedRow&)>& visit);

// Writes the changed row, provided that it is as it was read; the entry about the collection stays
// named.
void WriteReceived(const ReceivedRow& before, record::v1::ReceivedExchange after, Effect& effect);

// Makes `kind` the message owed to the sender of this exchange; unspecified owes nothing.
void Owe(const record::v1::ReceivedExchange& row, peer::v1::EnvelopeKind kind,
         uint64_t not_before_us, std::string_view case_token, Effect& effect);

// The counterpart part of an entry about a received exchange: kind and digest of the message that
// the entry answers.
std::string ReceiverPart(const record::v1::ReceivedExchange& row, const std::string& partnership,
                         std::string_view kind, std::string_view message_digest,
                         std::string_view outcome);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_RECEIVED_EXCHANGE_H_
