// The leaves of envelopes: one message for each kind, one record each.
//
// Guarantee: a leaf that ReadLeaf returns is in its one encoding, within the bounds of
// exchange.proto, of the kind asked for, and agrees with its own bytes: terms and ciphertext of an
// Offer have the digests that it states, and who the record is about is there exactly when the
// conditions name that field. Not guaranteed: who made it (envelope.h), that the person
// in it signed (user_signature.h), that it belongs to an exchange (CheckAnswers), what a receipt
// proves (receipt_proof.h). Thread-safety: pure. Errors: Refuse(kTooLarge), Refuse(kMalformed),
// Refuse(kKind), Refuse(kBinding). Source: proto/sluis/peer/v1/exchange.proto.
#ifndef SLUIS_SERVER_ENVELOPE_LEAF_H_
#define SLUIS_SERVER_ENVELOPE_LEAF_H_

#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "server/envelope/form.h"
#include "sluis/peer/v1/exchange.pb.h"
#include "sluis/peer/v1/peer.pb.h"
#include "sluis/peer/v1/terms.pb.h"

namespace sluis::envelope {

inline constexpr size_t kMaxCiphertextBytes = 128 << 10;
inline constexpr size_t kMaxOfferedIdentityBytes = 4096;
inline constexpr size_t kMaxLeafBytes = 256 << 10;
inline constexpr size_t kLogLeafBytes = 184;
inline constexpr size_t kMaxCounterpartBytes = 8192;
inline constexpr size_t kMaxCheckpointBytes = 4096;
inline constexpr size_t kSealedWrappingKeyBytes = 48;
inline constexpr size_t kWrappedKeyBytes = 104;
inline constexpr size_t kMaxLetterMessageBytes = 156 << 10;

using Leaf = std::variant<peer::v1::Offer, peer::v1::Receipt, peer::v1::Key, peer::v1::Opened,
                          peer::v1::Unopenable, peer::v1::Cancel, peer::v1::Erasure,
                          peer::v1::Refusal, peer::v1::Notice, peer::v1::CeremonyLetter>;

bool IsKnownKind(peer::v1::EnvelopeKind kind);

// The exchange id of a letter: the same for every copy of a message to one recipient.
ExchangeId LetterId(std::string_view recipient, std::string_view message);

// Whether it goes on while the partnership exchanges nothing: what takes back, what erases, and
// what tells that somebody was compelled.
bool CrossesSuspension(peer::v1::EnvelopeKind kind);

// `terms`, when given, gets those of an Offer, as ReadTerms returns them; those of another kind are
// empty.
absl::StatusOr<Leaf> ReadLeaf(peer::v1::EnvelopeKind kind, crypto::BytesView bytes,
                              peer::v1::Terms* terms = nullptr);

const peer::v1::Binding& BindingOf(const Leaf& leaf);

// SHA-256(lp("sluis/leaf/v1") || leaf): by which later messages and the logs name a message.
crypto::Hash LeafDigest(crypto::BytesView leaf);

// Whether a message belongs to the exchange of an Offer: the fields that all messages of an
// exchange share are equal, and its parties are those of the Offer, in this or in turned order as
// the kind says (Key, Cancel and an Erasure that asks go the way of the Offer, Receipt, Opened,
// Unopenable, Notice and an Erasure that answers the other way, a Refusal either way).
// Refuse(kOtherExchange) otherwise.
absl::Status CheckAnswers(const Leaf& answer, const peer::v1::Binding& offer);

}  // namespace sluis::envelope

#endif  // SLUIS_SERVER_ENVELOPE_LEAF_H_
