// How a recipient sees a case, without seeing which one it is.
//
// Guarantee: without the key a token tells nothing of the case, and tokens of one case for two
// recipients cannot be told from those of two cases. Thread-safety: pure.
// Source: docs/formats.md, "Content that travels".
#ifndef SLUIS_SERVER_ENVELOPE_CASE_TOKEN_H_
#define SLUIS_SERVER_ENVELOPE_CASE_TOKEN_H_

#include <string_view>

#include "crypto/bytes.h"
#include "crypto/secret.h"

namespace sluis::envelope {

// HMAC-SHA256(key, lp("sluis/case-token/v1") || lp(partnership) || lp(recipient) || lp(case
// reference)). `key` is one of the sender and never leaves it.
crypto::Hash CaseToken(const crypto::Secret<32>& key, std::string_view partnership,
                       std::string_view recipient, std::string_view case_ref);

}  // namespace sluis::envelope

#endif  // SLUIS_SERVER_ENVELOPE_CASE_TOKEN_H_
