// What a person's machine makes and signs so that a partner's node acts: a share of what was
// previewed, taking a share back, and erasing what was shared.
//
// Guarantee: the statement covers exactly one exchange with one organisation; for a share it
// commits to each field of the preview with a fresh salt, so that the node can send less than the
// person saw, never more or other; it ends after 14 days less an hour, or with the mandate if that
// is sooner. Exchange id and salts are drawn here. Not guaranteed: that the node agrees; it decides
// anew and refuses `changed_since_preview` when something else would travel.
// Thread-safety: pure but for `random`. Errors: a Failure with Exit::kUsage when role, purpose,
// basis or an organisation is of no form that can be signed.
// Source: server/envelope/user_signature.h, docs/formats.md, "What a person signs".
#ifndef SLUIS_CLIENT_LIB_SHARE_SIGNING_H_
#define SLUIS_CLIENT_LIB_SHARE_SIGNING_H_

#include <cstdint>
#include <string>

#include "client/lib/message.h"
#include "client/lib/partnership_mandate.h"
#include "crypto/random.h"
#include "crypto/signature.h"
#include "sluis/node/v1/exchange.pb.h"
#include "sluis/node/v1/signals.pb.h"

namespace sluis::client {

// Who signs, under what, and when; borrowed for the call.
struct Signer {
  const crypto::SigningKey& key;
  const PartnershipMandate& mandate;
  int64_t now_s = 0;  // seconds since the epoch, UTC
};

// The content of the preview that the signature will cover: its named fields and nothing else. What
// is shown to the person must be this.
record::v1::SignalContent SignedContent(const node::v1::PreviewShareResponse& preview);

// The share of that preview, which was the answer to `asked`.
Result<node::v1::ShareSignalRequest> SignShare(const node::v1::PreviewShareRequest& asked,
                                               const node::v1::PreviewShareResponse& preview,
                                               const Signer& signer, crypto::Random& random);

// That the share `sent` is taken back, for `reason`.
Result<node::v1::WithdrawShareRequest> SignWithdrawal(const node::v1::RequestContext& context,
                                                      const node::v1::SentSummary& sent,
                                                      const std::string& reason,
                                                      const Signer& signer);

// That the partner of the share `sent` erases it, as the person erases it here.
Result<node::v1::PartnerErasure> SignErasure(const node::v1::RequestContext& context,
                                             const node::v1::SentSummary& sent,
                                             const Signer& signer);

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_SHARE_SIGNING_H_
