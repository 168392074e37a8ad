// What a receipt proves about the log of whoever gave it.
//
// Guarantee: when it verifies, the checkpoint's signer has an entry, under that checkpoint, whose
// counterpart part says that this node received exactly this Offer and accepted it; the checkpoint
// extends the head that the Offer named; and the accepted conditions are not looser than those
// offered. Not guaranteed: that the log is shown the same to others (witnesses), or the other parts
// of the entry. Thread-safety: pure.
// Errors: Refuse(kOtherExchange) for a receipt of another Offer, Refuse(kLooser), Refuse(kLog).
// Source: docs/formats.md, "Receipt".
#ifndef SLUIS_SERVER_ENVELOPE_RECEIPT_PROOF_H_
#define SLUIS_SERVER_ENVELOPE_RECEIPT_PROOF_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/checkpoint.h"
#include "crypto/note.h"
#include "sluis/peer/v1/exchange.pb.h"
#include "sluis/record/v1/entry.pb.h"

namespace sluis::envelope {

// Words of a counterpart part.
inline constexpr std::string_view kSideSender = "sender";
inline constexpr std::string_view kSideReceiver = "receiver";
inline constexpr std::string_view kKindOffer = "offer";
inline constexpr std::string_view kOutcomeAccepted = "accepted";

// The counterpart part of the entry by which a recipient logs that it accepted an Offer.
record::v1::CounterpartPart AcceptedPart(const peer::v1::Offer& offer,
                                         const crypto::Hash& offer_digest);

struct ProvenReceipt {
  uint64_t index = 0;         // of the entry in the partner's log
  uint64_t logged_at_us = 0;  // as that log says
  crypto::Checkpoint checkpoint;
};

// `offer_bytes`: the Offer as it was sent, whose parsed form is `offer`. `log_key`: of the
// recipient, named by the origin of its log.
absl::StatusOr<ProvenReceipt> VerifyReceipt(const peer::v1::Receipt& receipt,
                                            const peer::v1::Offer& offer,
                                            crypto::BytesView offer_bytes,
                                            const crypto::VerifierKey& log_key);

// The checkpoint of a receipt whose signature by `log_key` holds, but which is not proven to extend
// the head that the Offer named: what a log shows that was rolled back or forked since. Nothing for
// every other receipt.
std::optional<crypto::Checkpoint> ShowsAnotherLog(const peer::v1::Receipt& receipt,
                                                  const peer::v1::Offer& offer,
                                                  const crypto::VerifierKey& log_key);

}  // namespace sluis::envelope

#endif  // SLUIS_SERVER_ENVELOPE_RECEIPT_PROOF_H_
