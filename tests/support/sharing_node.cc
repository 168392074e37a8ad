#include "tests/support/sharing_node.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "crypto/hpke.h"
#include "server/authn/mandate.h"
#include "server/core/erase_signal.h"
#include "server/core/list_sent.h"
#include "server/core/outbox.h"
#include "server/core/preview_share.h"
#include "server/core/withdraw_share.h"
#include "server/envelope/envelope.h"
#include "server/envelope/fault.h"
#include "server/envelope/receipt_proof.h"
#include "server/envelope/signed_conditions.h"
#include "server/envelope/terms.h"
#include "server/ledger/leaf.h"
#include "server/ledger/part.h"
#include "server/ledger/sealed_row.h"

namespace sluis::tests {
namespace {

template <typename Bytes>
std::string Text(const Bytes& bytes) {
  return std::string(crypto::View(bytes));
}

record::v1::Mandate PartnershipMandate(const SharingNode& node) {
  record::v1::Mandate mandate;
  mandate.set_mandate_id(std::string(16, 'm'));
  mandate.set_organisation(node.h.options.organisation);
  mandate.set_signing_key(Text(node.jan.signing_key.public_key()));
  mandate.add_roles("maatschappelijk-werker");
  mandate.set_not_before_s(node.h.clock.NowUs() / 1'000'000 - 3600);
  mandate.set_not_after_s(node.h.clock.NowUs() / 1'000'000 + 30ull * 24 * 3600);
  mandate.set_partnership(node.manifest().partnership);
  mandate.set_pseudonym(std::string(16, 'p'));
  return mandate;
}

}  // namespace

node::v1::RequestContext Helping() {
  node::v1::RequestContext context = Intake();
  context.set_purpose("doorverwijzing-hulp");
  context.set_case_ref("C-2026-014");
  return context;
}

absl::StatusOr<std::optional<crypto::TreeHead>> FakeHeads::Of(std::string_view origin) const {
  const auto found = heads.find(std::string(origin));
  if (found == heads.end()) return std::optional<crypto::TreeHead>();
  return std::optional<crypto::TreeHead>(found->second);
}

absl::StatusOr<bool> FakeHeads::WasReplaced(std::string_view, const crypto::TreeHead&) const {
  return replaced;
}

absl::StatusOr<bool> FakeHeads::Take(const core::ShownHead& shown) {
  if (envelope::FaultOf(answer)) evidence.emplace_back(shown.evidence);
  if (!answer.ok()) return answer;
  heads[shown.checkpoint.origin] = shown.checkpoint.head;
  return true;
}

absl::Status FakeHeads::Contradict(const core::ShownHead& shown) {
  evidence.emplace_back(shown.evidence);
  return envelope::Refuse(envelope::Fault::kLog);
}

SharingNode::SharingNode(HarnessOptions options)
    : ExchangeNode({{kCity, "municipality"}, {kPolice, "police-zone"}}, std::move(options)),
      jan(h.Admit("jan", {"maatschappelijk-werker"})) {
  Join();
  mandate = SignMandate(PartnershipMandate(*this), h.mandate_key);
  h.random.Fill(case_key.mutable_span());
  PutList(1, {});
}

void SharingNode::PutList(uint64_t number, const std::vector<std::string>& revoked) {
  record::v1::MandateStatus status;
  status.set_organisation(h.options.organisation);
  status.set_number(number);
  for (const std::string& id : revoked) status.add_revoked(id);
  status.set_issued_at_s(h.clock.NowUs() / 1'000'000);
  EXPECT_EQ(h.PutStatus(h.administrator, status), absl::OkStatus());
}

std::string SharingNode::Recorded() {
  record::v1::Signal signal = PersonSignal();
  signal.mutable_content()->set_client_agrees(record::v1::CLIENT_AGREES_YES);
  const CoreHarness::Recorded recorded = h.Record(jan, signal);
  EXPECT_EQ(recorded.status, absl::OkStatus());
  return recorded.record_id;
}

absl::StatusOr<node::v1::PreviewShareResponse> SharingNode::Preview(const std::string& record_id,
                                                                    const std::string& to) {
  node::v1::PreviewShareRequest request;
  node::v1::PreviewShareResponse response;
  *request.mutable_context() = Helping();
  request.set_record_id(record_id);
  request.set_recipient(to);
  const absl::Status status =
      h.Run(jan, std::make_shared<core::PreviewShare>(request, response, case_key));
  if (!status.ok()) return status;
  return response;
}

record::v1::SignedUserStatement SharingNode::Statement(const std::string& action,
                                                       const std::string& audience,
                                                       const envelope::StatementItem& item,
                                                       const Edit& edit) {
  record::v1::UserStatement statement;
  statement.set_partnership(manifest().partnership);
  statement.set_action(action);
  statement.set_organisation(h.options.organisation);
  statement.set_audience(audience);
  statement.set_role(action == "share" ? Helping().role() : Intake().role());
  statement.set_purpose(action == "share" ? Helping().purpose() : Intake().purpose());
  statement.set_basis(Helping().basis());
  statement.set_mandate_digest(Text(authn::MandateDigest(mandate)));
  statement.set_signed_at_s(h.clock.NowUs() / 1'000'000);
  statement.set_expires_at_s(h.clock.NowUs() / 1'000'000 + 3ull * 24 * 3600);
  if (edit) edit(statement);
  return envelope::SignStatement(envelope::StatementOver(statement, {item}).value(),
                                 jan.signing_key);
}

peer::v1::Conditions SharingNode::Conditions(const node::v1::PreviewShareResponse& preview) {
  peer::v1::Conditions conditions;
  EXPECT_TRUE(conditions.ParseFromString(preview.conditions()));
  return conditions;
}

node::v1::ShareSignalRequest SharingNode::Signed(const std::string& record_id,
                                                 const node::v1::PreviewShareResponse& preview,
                                                 const std::string& to) {
  const envelope::ExchangeId id = h.random.Array<16>();
  const std::vector<std::string> names(preview.fields().begin(), preview.fields().end());
  const auto committed =
      envelope::CommitFields(id, preview.content(), names, h.random,
                             preview.has_identity() ? &preview.identity() : nullptr);
  envelope::Repeated<peer::v1::FieldCommitment> fields;
  node::v1::ShareSignalRequest request;
  for (size_t i = 0; i < committed.fields.size(); ++i) {
    *fields.Add() = committed.fields[i];
    request.add_salts(Text(committed.salts[i]));
  }
  *request.mutable_context() = Helping();
  request.set_record_id(record_id);
  request.set_version(preview.version());
  request.set_recipient(to);
  request.set_exchange_id(Text(id));
  *request.mutable_tag_kinds() = preview.tag_kinds();
  *request.mutable_statement() = Statement("share", to,
                                           {id, preview.case_token(), envelope::FieldsRoot(fields),
                                            envelope::ConditionsDigest(Conditions(preview))});
  *request.mutable_mandate() = mandate;
  return request;
}

absl::Status SharingNode::Share(const node::v1::ShareSignalRequest& request) {
  return h.Run(jan, std::make_shared<core::ShareSignal>(
                        request, shared, core::ShareTools{h.random, case_key, heads}));
}

std::string SharingNode::Shared(const std::string& record_id, const std::string& to) {
  const auto preview = Preview(record_id, to);
  EXPECT_TRUE(preview.ok()) << preview.status();
  if (!preview.ok()) return {};
  const auto request = Signed(record_id, *preview, to);
  EXPECT_EQ(Share(request), absl::OkStatus());
  return request.exchange_id();
}

absl::Status SharingNode::Withdraw(const std::string& exchange_id, bool signed_by_person) {
  node::v1::WithdrawShareRequest request;
  *request.mutable_context() = Intake();
  request.set_exchange_id(exchange_id);
  request.set_reason("bij nader inzien");
  if (signed_by_person) {
    const auto terms = envelope::ReadTerms(Offer(exchange_id).offer.terms());
    *request.mutable_statement() = Statement(
        "withdraw", kCity,
        {*crypto::ToFixed<16>(exchange_id), terms->case_token(), envelope::FieldsRoot({})});
    *request.mutable_mandate() = mandate;
  }
  return h.Run(jan, std::make_shared<core::WithdrawShare>(request, withdrawn));
}

absl::Status SharingNode::Erase(const std::string& record_id, bool signed_by_person) {
  node::v1::EraseSignalRequest request;
  *request.mutable_context() = Intake();
  request.set_record_id(record_id);
  request.set_reason("niet meer nodig");
  node::v1::ListSentRequest of_record;
  of_record.set_record_id(record_id);
  const auto listed = Sent(of_record);
  if (!listed.ok()) return listed.status();
  for (const node::v1::SentSummary& sent : listed->sent()) {
    if (!signed_by_person || !sent.partner_may_have_it()) continue;
    node::v1::PartnerErasure& partner = *request.add_partners();
    partner.set_exchange_id(sent.exchange_id());
    *partner.mutable_statement() = Statement(
        "erase", sent.recipient(),
        {*crypto::ToFixed<16>(sent.exchange_id()), sent.case_token(), envelope::FieldsRoot({})});
    *partner.mutable_mandate() = mandate;
  }
  return h.Run(jan, std::make_shared<core::EraseSignal>(request, erased));
}

absl::StatusOr<node::v1::ListSentResponse> SharingNode::Sent(node::v1::ListSentRequest request) {
  node::v1::ListSentResponse response;
  *request.mutable_context() = Intake();
  const absl::Status status = h.Run(jan, std::make_shared<core::ListSent>(request, response));
  if (!status.ok()) return status;
  return response;
}

core::SentRow SharingNode::Row(const std::string& exchange_id) {
  const auto snapshot = h.ledger->store().NewSnapshot();
  const core::View view(*snapshot, h.ledger->keyring());
  const auto row = core::ReadSent(view, exchange_id);
  EXPECT_TRUE(row.ok()) << row.status();
  return row.ok() ? *row : core::SentRow{};
}

record::v1::OwedMessage SharingNode::Owed(const std::string& exchange_id, const std::string& to) {
  const auto snapshot = h.ledger->store().NewSnapshot();
  const auto row =
      ledger::ReadRow(*snapshot, h.ledger->keyring(), core::OutboxKey(to, exchange_id));
  record::v1::OwedMessage owed;
  if (!row.ok() || !owed.ParseFromString(row->value)) std::abort();
  return owed;
}

core::TravellingOffer SharingNode::Offer(const std::string& exchange_id) {
  const auto snapshot = h.ledger->store().NewSnapshot();
  const core::View view(*snapshot, h.ledger->keyring());
  const ledger::LogReader log(core::LogOriginOf(h.options.organisation), *snapshot,
                              h.ledger->keyring());
  auto offer = core::OfferOf(log, Row(exchange_id));
  if (!offer.ok()) std::abort();
  return *std::move(offer);
}

std::vector<core::PeerLeaf> SharingNode::Leaves(peer::v1::EnvelopeKind kind, std::string leaf) {
  const TestMember& city = other(0);
  const auto message =
      envelope::MakeEnvelope({kind,
                              manifest().partnership,
                              manifest().version,
                              kCity,
                              h.options.organisation,
                              {std::move(leaf)}},
                             {city.identity(), city.keys.at(crypto::KeyPurpose::kReceipt)});
  EXPECT_TRUE(message.ok()) << message.status();
  const auto made = envelope::ReadEnvelope(*message);
  EXPECT_TRUE(made.ok()) << made.status();
  return core::PeerLeavesOf(*made);
}

std::vector<core::PeerLeaf> SharingNode::Receipt(const std::string& exchange_id) {
  const core::TravellingOffer offer = Offer(exchange_id);
  auto receipt = AnswerTo<peer::v1::Receipt>(exchange_id, peer::v1::ENVELOPE_KIND_RECEIPT);
  const crypto::Hash digest = envelope::LeafDigest(offer.bytes);
  receipt.set_offer_digest(Text(digest));
  *receipt.mutable_accepted() = envelope::ReadTerms(offer.offer.terms())->conditions();
  // A log of one: the collection.
  const std::string origin = core::LogOriginOf(kCity);
  const std::string part = envelope::AcceptedPart(offer.offer, digest).SerializeAsString();
  const auto salt = h.random.Array<32>();
  ledger::Leaf leaf;
  leaf.logged_at_us = h.clock.NowUs();
  leaf.commitments[ledger::kPartCount - 1] =
      ledger::Commitment(origin, ledger::Part::kCounterpart, salt, part);
  const auto bytes = ledger::EncodeLeaf(leaf);
  crypto::CompactRange range;
  range.Append(crypto::LeafHash(crypto::View(bytes)));
  receipt.set_log_leaf(Text(bytes));
  receipt.set_counterpart_salt(Text(salt));
  receipt.set_counterpart(part);
  receipt.set_checkpoint(
      crypto::SignCheckpoint({origin, range.Head()}, other(0).keys.at(crypto::KeyPurpose::kLog))
          .value());
  receipt.set_sealing_key(Text(crypto::hpke::GenerateKeyPair(h.random).public_key));
  return Leaves(peer::v1::ENVELOPE_KIND_RECEIPT, receipt.SerializeAsString());
}

absl::Status SharingNode::RunAsPeer(std::shared_ptr<core::UseCase> use_case,
                                    const std::string& from) {
  std::promise<absl::Status> done;
  h.executor->RunAsPeer(from, std::move(use_case),
                        [&done](absl::Status status) { done.set_value(std::move(status)); });
  return done.get_future().get();
}

}  // namespace sluis::tests
