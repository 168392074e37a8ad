#include "client/lib/share_signing.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "crypto/bytes.h"
#include "server/authn/mandate.h"
#include "server/envelope/canonical.h"
#include "server/envelope/field_commitment.h"
#include "server/envelope/signed_conditions.h"
#include "server/envelope/user_signature.h"

namespace sluis::client {
namespace {

using envelope::StatementItem;

constexpr size_t kMaxIdentityBytes = 4096;

template <typename Bytes>
std::string Text(const Bytes& bytes) {
  return std::string(crypto::View(bytes));
}

// About a share that was made before: its id, its case, and no fields.
Result<record::v1::SignedUserStatement> SignAbout(const std::string& action,
                                                  const node::v1::RequestContext& context,
                                                  const node::v1::SentSummary& sent,
                                                  const Signer& signer) {
  const auto exchange = crypto::ToFixed<envelope::kExchangeIdBytes>(sent.exchange_id());
  if (!exchange.ok()) return Failure{Exit::kInternal, {"call.internal", {}}, nullptr};
  const StatementItem item{*exchange, sent.case_token(), envelope::FieldsRoot({})};
  return SignStatement({action, sent.partnership(), sent.recipient(), ""}, context, {item}, signer);
}

// Whether one statement can cover both.
bool AreOfOneAct(const Previewed& a, const Previewed& b) {
  const node::v1::RequestContext& one = a.asked.context();
  const node::v1::RequestContext& two = b.asked.context();
  return a.preview.partnership() == b.preview.partnership() &&
         a.asked.recipient() == b.asked.recipient() &&
         a.asked.recipient_role() == b.asked.recipient_role() && one.role() == two.role() &&
         one.purpose() == two.purpose() && one.basis() == two.basis();
}

// Whether it holds fields that this program does not know, and so does not show: all of it is
// signed.
bool HoldsMore(const record::v1::SubjectIdentity& identity) {
  std::string bytes = identity.SerializeAsString();
  record::v1::SubjectIdentity known;
  const bool more = !envelope::ReadCanonical(bytes, kMaxIdentityBytes, known);
  crypto::Wipe(bytes);
  return more;
}

// The conditions that a preview hands over for signing; nothing when they are not those that it
// shows.
std::optional<peer::v1::Conditions> ConditionsShown(const node::v1::PreviewShareResponse& preview) {
  peer::v1::Conditions conditions;
  const auto same = [](const auto& a, const auto& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  };
  if (!conditions.ParseFromString(preview.conditions()) || HoldsMore(preview.identity()) ||
      preview.has_identity() != envelope::NamesIdentity(conditions.fields()) ||
      !same(conditions.fields(), preview.fields()) ||
      !same(conditions.reduced_fields(), preview.reduced_fields()) ||
      !same(conditions.obligations(), preview.obligations()) ||
      conditions.retention_until() != preview.retention_until()) {
    return std::nullopt;
  }
  return conditions;
}

// A share that lacks its signature, and the item that the signature is to cover.
node::v1::ShareSignalRequest Drawn(const Previewed& share, crypto::Random& random,
                                   StatementItem* item) {
  const auto& [asked, preview] = share;
  item->exchange = random.Array<envelope::kExchangeIdBytes>();
  item->case_token = preview.case_token();
  node::v1::ShareSignalRequest request;
  const std::vector<std::string> names(preview.fields().begin(), preview.fields().end());
  const envelope::CommittedFields committed =
      envelope::CommitFields(item->exchange, preview.content(), names, random,
                             preview.has_identity() ? &preview.identity() : nullptr);
  envelope::Repeated<peer::v1::FieldCommitment> fields;
  for (size_t i = 0; i < committed.fields.size(); ++i) {
    *fields.Add() = committed.fields[i];
    request.add_salts(Text(committed.salts[i]));
  }
  item->fields_root = envelope::FieldsRoot(fields);
  *request.mutable_context() = asked.context();
  request.set_record_id(asked.record_id());
  request.set_version(preview.version());
  request.set_recipient(asked.recipient());
  request.set_recipient_role(asked.recipient_role());
  request.set_exchange_id(Text(item->exchange));
  *request.mutable_tag_kinds() = preview.tag_kinds();
  return request;
}

}  // namespace

record::v1::SignalContent SignedContent(const node::v1::PreviewShareResponse& preview) {
  return envelope::OnlyFields(preview.content(), preview.fields());
}

std::optional<record::v1::SignalMarks> SignedMarks(const node::v1::PreviewShareResponse& preview) {
  peer::v1::Conditions conditions;
  if (!conditions.ParseFromString(preview.conditions())) return std::nullopt;
  record::v1::SignalMarks marks;
  marks.set_tlp(conditions.marks().tlp());
  marks.set_secret(conditions.marks().secret());
  marks.set_no_evidence(conditions.marks().no_evidence());
  marks.set_no_onward(conditions.marks().no_onward());
  return marks;
}

Result<std::vector<node::v1::ShareSignalRequest>> SignShares(std::span<const Previewed> shares,
                                                             const Signer& signer,
                                                             crypto::Random& random) {
  const Failure not_signable{Exit::kUsage, {"share.not_signable", {}}, nullptr};
  if (shares.empty()) return not_signable;
  const Previewed& first = shares.front();
  std::vector<node::v1::ShareSignalRequest> requests;
  std::vector<StatementItem> items;
  for (const Previewed& share : shares) {
    if (!AreOfOneAct(first, share)) return not_signable;
    const std::optional<peer::v1::Conditions> conditions = ConditionsShown(share.preview);
    if (!conditions) return Failure{Exit::kInternal, {"share.preview_differs", {}}, nullptr};
    requests.push_back(Drawn(share, random, &items.emplace_back()));
    items.back().conditions = envelope::ConditionsDigest(*conditions);
  }
  const auto statement = SignStatement(
      {"share", first.preview.partnership(), first.asked.recipient(), first.asked.recipient_role()},
      first.asked.context(), items, signer);
  if (!statement.ok()) return statement.failure();
  const std::vector<peer::v1::UserSignature> signatures =
      envelope::SignaturesFor(*statement, items, signer.mandate.signed_mandate, 0);
  for (size_t i = 0; i < requests.size(); ++i) {
    *requests[i].mutable_statement() = *statement;
    *requests[i].mutable_mandate() = signer.mandate.signed_mandate;
    requests[i].set_item(signatures[i].item());
    *requests[i].mutable_path() = signatures[i].path();
  }
  return requests;
}

Result<node::v1::ShareSignalRequest> SignShare(const node::v1::PreviewShareRequest& asked,
                                               const node::v1::PreviewShareResponse& preview,
                                               const Signer& signer, crypto::Random& random) {
  const Previewed one{asked, preview};
  auto signed_shares = SignShares({&one, 1}, signer, random);
  if (!signed_shares.ok()) return signed_shares.failure();
  return std::move(signed_shares->front());
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
