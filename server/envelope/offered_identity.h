// Who a record is about, as it travels: apart from the content, sealed under a fresh key of its own
// that is given only where the receipt names the field `identity`. An Offer whose conditions do not
// name it has nothing of it, not even a length.
//
// Guarantee: SealOfferedIdentity hides the length: it is that of every other person; it ties the
// ciphertext to the exchange, its parties and its terms; who lacks the key learns nothing of the
// person, also not from the commitment, because its salt lies inside. OpenOfferedIdentity answers
// what the person who shares it signed and nothing else. Not guaranteed: that it is a person (the
// receiver reads it as it reads its own). Thread-safety: pure; the Random given must suit the
// thread. Errors: Refuse of the fault named. Source: docs/formats.md, "Content that travels".
#ifndef SLUIS_SERVER_ENVELOPE_OFFERED_IDENTITY_H_
#define SLUIS_SERVER_ENVELOPE_OFFERED_IDENTITY_H_

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/random.h"
#include "crypto/sealing.h"
#include "server/envelope/field_commitment.h"
#include "sluis/peer/v1/exchange.pb.h"
#include "sluis/record/v1/identity.pb.h"

namespace sluis::envelope {

// kTooLarge when it would not fit an Offer.
absl::StatusOr<crypto::Bytes> SealOfferedIdentity(const crypto::DataKey& key,
                                                  const peer::v1::Binding& offer,
                                                  const record::v1::SubjectIdentity& identity,
                                                  const FieldSalt& salt, crypto::Random& random);

// kCiphertext when the key does not open it or it holds no OfferedIdentity; kFields when the person
// did not sign it, or not with this value.
absl::StatusOr<record::v1::SubjectIdentity> OpenOfferedIdentity(const crypto::DataKey& key,
                                                                const peer::v1::Offer& offer);

}  // namespace sluis::envelope

#endif  // SLUIS_SERVER_ENVELOPE_OFFERED_IDENTITY_H_
