// ReadCanonical for what nobody may find in memory afterwards.
//
// Guarantee: says what ReadCanonical says, and leaves no copy of the bytes but in `out`, which is
// the caller's to wipe, also when it says false. Not guaranteed: what Protobuf copies while
// parsing, as far as it is not in `out`. Thread-safety: pure.
#ifndef SLUIS_SERVER_ENVELOPE_CANONICAL_SECRET_H_
#define SLUIS_SERVER_ENVELOPE_CANONICAL_SECRET_H_

#include <cstddef>

#include "crypto/bytes.h"
#include "google/protobuf/message.h"

namespace sluis::envelope {

bool ReadCanonicalSecret(crypto::BytesView bytes, size_t max, google::protobuf::Message& out);

}  // namespace sluis::envelope

#endif  // SLUIS_SERVER_ENVELOPE_CANONICAL_SECRET_H_
