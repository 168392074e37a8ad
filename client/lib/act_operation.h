// The one field that a verifier reads of an act part, without the messages of the writer.
//
// Guarantee: reads the wire format of Protocol Buffers: the last field 1 of type varint is the
// operation, 0 when there is none. Whatever is not a sequence of whole fields of types 0, 1, 2 and
// 5 is no message. Not guaranteed: that the other fields are those of an act part. Thread-safety:
// pure. Source: docs/formats.md, "Verifying", `erasure`; entry.proto, ActPart.
#ifndef SLUIS_CLIENT_LIB_ACT_OPERATION_H_
#define SLUIS_CLIENT_LIB_ACT_OPERATION_H_

#include <cstdint>
#include <optional>

#include "crypto/bytes.h"

namespace sluis::client {

inline constexpr uint32_t kErasureOperation = 6;

// Nothing when the bytes are no message.
std::optional<uint32_t> OperationOf(crypto::BytesView act);

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_ACT_OPERATION_H_
