// expand_message_xmd over SHA-512 (RFC 9380 section 5.3.1), and hashing to ristretto255 with it as
// RFC 9497 section 4.1 does.
//
// Guarantee: the functions of the RFCs. A piece list is hashed as its concatenation, so pieces of
// variable length need their own length prefixes. Not guaranteed: separation between uses that
// share a label; every use has its own. The secret variants keep the intermediate bytes in locked
// memory; time depends on lengths only. Thread-safety: pure functions. Errors: ExpandMessageXmd
// answers kInvalidArgument for what the RFC refuses: no label, one above 255 bytes, or more than
// 255 * 64 bytes asked for. The others take labels from the program itself, and end the process for
// one that is refused.
#ifndef SLUIS_CRYPTO_EXPAND_MESSAGE_H_
#define SLUIS_CRYPTO_EXPAND_MESSAGE_H_

#include <initializer_list>
#include <span>

#include "absl/status/status.h"
#include "crypto/bytes.h"
#include "crypto/group.h"
#include "crypto/scalar.h"

namespace sluis::crypto::oprf {

inline constexpr size_t kMaxLabelBytes = 255;
inline constexpr size_t kMaxExpandedBytes = size_t{255} * 64;

// Fills `out`; `label` is the RFC's DST.
absl::Status ExpandMessageXmd(std::initializer_list<BytesView> message, BytesView label,
                              std::span<uint8_t> out);

Element HashToGroup(std::initializer_list<BytesView> message, BytesView label);
Scalar HashToScalar(std::initializer_list<BytesView> message, BytesView label);

SecretElement HashToSecretElement(std::initializer_list<BytesView> message, BytesView label);
SecretScalar HashToSecretScalar(std::initializer_list<BytesView> message, BytesView label);

}  // namespace sluis::crypto::oprf

#endif  // SLUIS_CRYPTO_EXPAND_MESSAGE_H_
