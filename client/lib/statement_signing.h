// The statement by which a person makes a node act: who signs, for what, and until when.
//
// Guarantee: it names role, purpose and basis of the context, the mandate and its organisation, and
// covers these items and nothing else; it ends after 14 days less an hour, or with the mandate if
// that is sooner. Thread-safety: pure. Errors: a Failure with Exit::kUsage (`share.not_signable`)
// when a word is of no form that can be signed. Source: server/envelope/user_signature.h,
// docs/formats.md, "What a person signs".
#ifndef SLUIS_CLIENT_LIB_STATEMENT_SIGNING_H_
#define SLUIS_CLIENT_LIB_STATEMENT_SIGNING_H_

#include <cstdint>
#include <string>
#include <vector>

#include "client/lib/message.h"
#include "client/lib/partnership_mandate.h"
#include "crypto/signature.h"
#include "server/envelope/user_signature.h"
#include "sluis/node/v1/context.pb.h"
#include "sluis/record/v1/statement.pb.h"

namespace sluis::client {

// Who signs, under what, and when; borrowed for the call.
struct Signer {
  const crypto::SigningKey& key;
  const PartnershipMandate& mandate;
  int64_t now_s = 0;  // seconds since the epoch, UTC
};

// To whom and what for; the rest of a statement follows from who signs.
struct StatementAsk {
  std::string action;
  std::string partnership;
  std::string audience;
  std::string audience_role;
};

Result<record::v1::SignedUserStatement> SignStatement(
    const StatementAsk& ask, const node::v1::RequestContext& context,
    const std::vector<envelope::StatementItem>& items, const Signer& signer);

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_STATEMENT_SIGNING_H_
