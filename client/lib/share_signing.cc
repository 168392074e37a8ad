#include "client/lib/share_signing.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "crypto/bytes.h"
#include "server/authn/mandate.h"
#include "server/envelope/field_commitment.h"
#include "server/envelope/user_signature.h"

namespace sluis::client {
namespace {

using envelope::StatementItem;

// Two clocks that differ must not make a statement longer than a node accepts.
constexpr uint64_t kMarginSeconds = 3600;
constexpr uint64_t kStatementSeconds = envelope::kMaxStatementSeconds - kMarginSeconds;

template <typename Bytes>
std::string Text(const Bytes& bytes) {
  return std::string(crypto::View(bytes));
}

// To whom and what for; the rest of a statement follows from who signs.
struct Ask {
  std::string action;
  std::string partnership;
  std::string audience;
  std::string audience_role;
};

Result<record::v1::SignedUserStatement> Sign(const Ask& ask,
                                             const node::v1::RequestContext& context,
                                             const StatementItem& item, const Signer& signer) {
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
  statement.set_mandate_digest(Text(authn::MandateDigest(signer.mandate.signed_mandate)));
  statement.set_signed_at_s(now_s);
  statement.set_expires_at_s(std::min(now_s + kStatementSeconds, mandate.not_after_s()));
  absl::StatusOr<std::string> bytes = envelope::StatementOver(std::move(statement), {item});
  if (!bytes.ok()) return Failure{Exit::kUsage, {"share.not_signable", {}}, nullptr};
  return envelope::SignStatement(*std::move(bytes), signer.key);
}

// About a share that was made before: its id, its case, and no fields.
Result<record::v1::SignedUserStatement> SignAbout(const std::string& action,
                                                  const node::v1::RequestContext& context,
                                                  const node::v1::SentSummary& sent,
                                                  const Signer& signer) {
  const auto exchange = crypto::ToFixed<envelope::kExchangeIdBytes>(sent.exchange_id());
  if (!exchange.ok()) return Failure{Exit::kInternal, {"call.internal", {}}, nullptr};
  const StatementItem item{*exchange, sent.case_token(), envelope::FieldsRoot({})};
  return Sign({action, sent.partnership(), sent.recipient(), ""}, context, item, signer);
}

}  // namespace

record::v1::SignalContent SignedContent(const node::v1::PreviewShareResponse& preview) {
  return envelope::OnlyFields(preview.content(), preview.fields());
}

Result<node::v1::ShareSignalRequest> SignShare(const node::v1::PreviewShareRequest& asked,
                                               const node::v1::PreviewShareResponse& preview,
                                               const Signer& signer, crypto::Random& random) {
  StatementItem item;
  item.exchange = random.Array<envelope::kExchangeIdBytes>();
  item.case_token = preview.case_token();
  node::v1::ShareSignalRequest request;
  const std::vector<std::string> names(preview.fields().begin(), preview.fields().end());
  const envelope::CommittedFields committed =
      envelope::CommitFields(item.exchange, preview.content(), names, random);
  envelope::Repeated<peer::v1::FieldCommitment> fields;
  for (size_t i = 0; i < committed.fields.size(); ++i) {
    *fields.Add() = committed.fields[i];
    request.add_salts(Text(committed.salts[i]));
  }
  item.fields_root = envelope::FieldsRoot(fields);
  auto statement = Sign({"share", preview.partnership(), asked.recipient(), asked.recipient_role()},
                        asked.context(), item, signer);
  if (!statement.ok()) return statement.failure();
  *request.mutable_context() = asked.context();
  request.set_record_id(asked.record_id());
  request.set_version(preview.version());
  request.set_recipient(asked.recipient());
  request.set_recipient_role(asked.recipient_role());
  request.set_exchange_id(Text(item.exchange));
  *request.mutable_statement() = *std::move(statement);
  *request.mutable_mandate() = signer.mandate.signed_mandate;
  return request;
}

Result<node::v1::WithdrawShareRequest> SignWithdrawal(const node::v1::RequestContext& context,
                                                      const node::v1::SentSummary& sent,
                                                      const std::string& reason,
                                                      const Signer& signer) {
  auto statement = SignAbout("withdraw", context, sent, signer);
  if (!statement.ok()) return statement.failure();
  node::v1::WithdrawShareRequest request;
  *request.mutable_context() = context;
  request.set_exchange_id(sent.exchange_id());
  *request.mutable_statement() = *std::move(statement);
  *request.mutable_mandate() = signer.mandate.signed_mandate;
  request.set_reason(reason);
  return request;
}

Result<node::v1::PartnerErasure> SignErasure(const node::v1::RequestContext& context,
                                             const node::v1::SentSummary& sent,
                                             const Signer& signer) {
  auto statement = SignAbout("erase", context, sent, signer);
  if (!statement.ok()) return statement.failure();
  node::v1::PartnerErasure erasure;
  erasure.set_exchange_id(sent.exchange_id());
  *erasure.mutable_statement() = *std::move(statement);
  *erasure.mutable_mandate() = signer.mandate.signed_mandate;
  return erasure;
}

}  // namespace sluis::client
