// What a person's machine makes and signs so that a partner's node acts: a share of what was
// previewed, taking a share back, and erasing what was shared.
//
// Guarantee: the statement covers the exchanges of that one act with one organisation and nothing
// else; for a share it commits to each field of the preview with a fresh salt, and to its
// conditions, so that the node can send nothing other than the person saw, under no other
// conditions; what is signed is what is shown (Exit::kInternal otherwise); it ends after 14 days
// less an hour, or with the mandate if that is sooner. Exchange id and salts are drawn here. Not
// guaranteed: that the node agrees; it decides anew and refuses `changed_since_preview` when
// something else would travel. Thread-safety: pure but for `random`. Errors: a Failure with
// Exit::kUsage when role, purpose, basis or an organisation is of no form that can be signed.
// Source: server/envelope/user_signature.h, docs/formats.md, "What a person signs".
#ifndef SLUIS_CLIENT_LIB_SHARE_SIGNING_H_
#define SLUIS_CLIENT_LIB_SHARE_SIGNING_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "client/lib/message.h"
#include "client/lib/statement_signing.h"
#include "crypto/random.h"
#include "sluis/node/v1/exchange.pb.h"
#include "sluis/node/v1/signals.pb.h"

namespace sluis::client {

// The content of the preview that the signature will cover: its named fields and nothing else. What
// is shown to the person must be this.
record::v1::SignalContent SignedContent(const node::v1::PreviewShareResponse& preview);

// The marks that the signature will cover; nothing when the preview has none that can be read.
std::optional<record::v1::SignalMarks> SignedMarks(const node::v1::PreviewShareResponse& preview);

// A preview, and what it was the answer to; borrowed for the call.
struct Previewed {
  const node::v1::PreviewShareRequest& asked;
  const node::v1::PreviewShareResponse& preview;
};

// The shares of these 1 to 256 previews under one signature, in their order. All are to the same
// partner and role there, of one partnership, and the person acts in one role for one purpose on
// one basis: Exit::kUsage otherwise.
Result<std::vector<node::v1::ShareSignalRequest>> SignShares(std::span<const Previewed> shares,
                                                             const Signer& signer,
                                                             crypto::Random& random);

// The share of one.
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
