// The input that an opened entry says was hashed, made anew to compare.
//
// Guarantee: only what may cross nodes (ReachOf) is made, of the words of kinds and within the
// length that CrossNodeInput has, and it gives the bytes that a CrossNodeInput of this kind, scope
// and identifier exposes. Not guaranteed: that the identifier is canonical, or that a K3 had its
// grant: it is what somebody wrote down, and nobody is asked about it. Ownership: like a value; the
// bytes are wiped. Thread-safety: pure. Errors: kInvalidArgument, never with the identifier.
#ifndef SLUIS_SERVER_IDENTITY_OPENED_INPUT_H_
#define SLUIS_SERVER_IDENTITY_OPENED_INPUT_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "server/identity/key_scope.h"
#include "server/identity/wiped_text.h"

namespace sluis::identity {

absl::StatusOr<WipedText> OpenedInput(std::string_view kind_word, const KeyScope& scope,
                                      crypto::BytesView identifier);

}  // namespace sluis::identity

#endif  // SLUIS_SERVER_IDENTITY_OPENED_INPUT_H_
