#include "client/lib/statement_signing.h"

#include <algorithm>
#include <utility>

#include "crypto/bytes.h"
#include "server/authn/mandate.h"

namespace sluis::client {
namespace {

// Two clocks that differ must not make a statement longer than a node accepts.
constexpr uint64_t kMarginSeconds = 3600;
constexpr uint64_t kStatementSeconds = envelope::kMaxStatementSeconds - kMarginSeconds;

}  // namespace

Result<record::v1::SignedUserStatement> SignStatement(
    const StatementAsk& ask, const node::v1::RequestContext& context,
    const std::vector<envelope::StatementItem>& items, const Signer& signer) {
  const record::v1::Mandate& mandate = signer.mandate.mandate;
  const auto now_s = static_cast<uint64_t>(signer.now_s);
  record::v1::UserStatement statement;
  statement.set_partnership(ask.partnership);
  statement.set_action(ask.action);
  statement.set_organisation(mandate.organisation());
  statement.set_audience(ask.audience);
  statement.set_audience_role(ask.audience_role);
  statement.set_role(context.role());
  statement.set_purpose(context.purpose());
  statement.set_basis(context.basis());
  statement.set_mandate_digest(
      std::string(crypto::View(authn::MandateDigest(signer.mandate.signed_mandate))));
  statement.set_signed_at_s(now_s);
  statement.set_expires_at_s(std::min(now_s + kStatementSeconds, mandate.not_after_s()));
  absl::StatusOr<std::string> bytes = envelope::StatementOver(std::move(statement), items);
  if (!bytes.ok()) return Failure{Exit::kUsage, {"share.not_signable", {}}, nullptr};
  return envelope::SignStatement(*std::move(bytes), signer.key);
}

}  // namespace sluis::client
