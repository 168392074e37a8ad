// One encoding per message: what travels between nodes is accepted in one form only.
//
// Guarantee: when ReadCanonical says true, the bytes hold exactly the fields of the message in
// ascending order, each at most once, no unknown field, no field with its default, shortest
// integers; no other bytes give an equal message. Not guaranteed: anything about values.
// Hash and signature are still over the bytes as they came. Thread-safety: pure.
#ifndef SLUIS_SERVER_ENVELOPE_CANONICAL_H_
#define SLUIS_SERVER_ENVELOPE_CANONICAL_H_

#include <cstddef>

#include "crypto/bytes.h"
#include "google/protobuf/message.h"

namespace sluis::envelope {

// False for more than `max` bytes as well; `out` is then unspecified.
bool ReadCanonical(crypto::BytesView bytes, size_t max, google::protobuf::Message& out);

}  // namespace sluis::envelope

#endif  // SLUIS_SERVER_ENVELOPE_CANONICAL_H_
