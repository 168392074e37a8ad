#include "tests/fault/exchange_person.h"

#include <utility>
#include <vector>

#include "server/authn/mandate.h"
#include "server/core/accept_partner_log.h"
#include "server/core/amend_signal.h"
#include "server/core/erase_signal.h"
#include "server/core/export_compelled.h"
#include "server/core/node_acts.h"
#include "server/core/open_signal.h"
#include "server/core/person_statement.h"
#include "server/core/preview_share.h"
#include "server/core/record_signal.h"
#include "server/core/register_mandates.h"
#include "server/core/register_users.h"
#include "server/core/sent_erasure.h"
#include "server/core/sent_exchange.h"
#include "server/core/share_signal.h"
#include "server/core/withdraw_share.h"
#include "server/envelope/field_commitment.h"
#include "server/envelope/signed_conditions.h"

namespace sluis::fault {
namespace {

constexpr char kIntake[] = "signaal-intake";

template <typename Bytes>
std::string Text(const Bytes& bytes) {
  return std::string(crypto::View(bytes));
}

record::v1::Signal SignalOf(About about, const std::string& text) {
  record::v1::Signal signal;
  record::v1::SignalContent& content = *signal.mutable_content();
  record::v1::Statement& statement = *content.add_statements();
  statement.set_assertion(record::v1::ASSERTION_FACT);
  statement.set_text(text);
  content.set_onlife(record::v1::ONLIFE_BOTH);
  content.set_source_mode(record::v1::SOURCE_MODE_ENCOUNTERED);
  content.add_risk_factors("trekt zich terug");
  content.add_protective_factors("een buurt die elkaar kent");
  content.set_alternative_explanation("het is vakantie");
  content.set_observed_on("2026-10-01");
  content.set_channel(record::v1::CHANNEL_MEETING);
  content.set_normative_border(record::v1::NORMATIVE_BORDER_NONE_NAMED);
  content.set_contributor("de opbouwwerker van de wijk");
  signal.mutable_marks()->set_tlp(record::v1::TLP_AMBER);
  if (about == About::kPlace) {
    content.set_category("fenomeen");
    content.set_place("Vaartwijk");
    content.set_subject_kind(record::v1::SUBJECT_KIND_PLACE);
    return signal;
  }
  content.set_category("gedrag-online");
  content.set_subject_kind(record::v1::SUBJECT_KIND_PERSON);
  content.set_subject_ref("dossier-" + text.substr(0, text.find(' ')));
  content.set_age_band(record::v1::AGE_BAND_18_TO_24);
  content.set_client_informed(record::v1::CLIENT_INFORMED_YES);
  content.set_client_agrees(record::v1::CLIENT_AGREES_YES);
  return signal;
}

}  // namespace

ExchangePerson::ExchangePerson(MortalNode& node, std::string role, std::string basis)
    : node_(node),
      role_(std::move(role)),
      basis_(std::move(basis)),
      administrator_(tests::MakePerson(node.organisation(), "beheer", node.random)),
      who_(tests::MakePerson(node.organisation(), "medewerker", node.random)) {}

absl::Status ExchangePerson::Register() {
  absl::Status done =
      node_.RunAsNode(std::make_shared<core::RegisterFirstAdministrator>(administrator_.request));
  if (!done.ok()) return done;
  node::v1::AddUserRequest user;
  node::v1::AddUserResponse user_added;
  *user.mutable_request() = who_.request;
  done = node_.Run(administrator_, std::make_shared<core::AddUser>(user, user_added));
  if (!done.ok()) return done;
  const crypto::SigningKey& key = node_.member().keys.at(crypto::KeyPurpose::kMandate);
  record::v1::Mandate own =
      tests::MandateOf(node_.organisation(), who_, {role_}, node_.clock.NowUs(), node_.random);
  own.set_not_before_s(own.not_before_s() - 3600);
  own.set_not_after_s(own.not_before_s() + 80ull * 24 * 3600);
  node::v1::AddMandateRequest mandate;
  node::v1::AddMandateResponse mandate_added;
  *mandate.mutable_mandate() = tests::SignMandate(own, key);
  done = node_.Run(administrator_,
                   std::make_shared<core::AddMandate>(mandate, mandate_added, node_.verifier()));
  if (!done.ok()) return done;
  // For partners: no user id, and a pseudonym instead.
  own.clear_user_id();
  own.set_partnership(node_.terms().Get()->partnership);
  own.set_pseudonym(Text(node_.random.Array<16>()));
  own.set_mandate_id(Text(node_.random.Array<16>()));
  mandate_ = tests::SignMandate(own, key);
  return NewList();
}

absl::Status ExchangePerson::NewList() {
  record::v1::MandateStatus status;
  status.set_organisation(node_.organisation());
  status.set_number(++list_);
  status.set_issued_at_s(node_.clock.NowUs() / 1'000'000);
  node::v1::PutMandateStatusRequest request;
  node::v1::PutMandateStatusResponse response;
  *request.mutable_status() =
      tests::SignStatus(status, node_.member().keys.at(crypto::KeyPurpose::kMandate));
  return node_.Run(administrator_,
                   std::make_shared<core::PutMandateStatus>(request, response, node_.verifier()));
}

node::v1::RequestContext ExchangePerson::Context(About about) const {
  node::v1::RequestContext context;
  context.set_role(role_);
  context.set_basis(basis_);
  context.set_purpose(about == About::kPlace ? kIntake : "doorverwijzing-hulp");
  context.set_case_ref(about == About::kPlace ? "INTAKE" : "C-2026-014");
  return context;
}

absl::StatusOr<std::string> ExchangePerson::Record(About about, const std::string& text,
                                                   record::v1::Tlp tlp) {
  node::v1::RecordSignalRequest request;
  node::v1::RecordSignalResponse response;
  *request.mutable_context() = Context(About::kPlace);
  *request.mutable_signal() = SignalOf(about, text);
  request.mutable_signal()->mutable_marks()->set_tlp(tlp);
  const absl::Status done =
      node_.Run(who_, std::make_shared<core::RecordSignal>(request, response, node_.random));
  if (!done.ok()) return done;
  return response.record_id();
}

absl::Status ExchangePerson::Amend(About about, const std::string& record_id, uint32_t version,
                                   const std::string& text) {
  node::v1::AmendSignalRequest request;
  node::v1::AmendSignalResponse response;
  *request.mutable_context() = Context(About::kPlace);
  request.set_record_id(record_id);
  request.set_version(version);
  *request.mutable_signal() = SignalOf(about, text);
  request.set_reason("nagelezen");
  return node_.Run(who_, std::make_shared<core::AmendSignal>(request, response));
}

record::v1::SignedUserStatement ExchangePerson::Statement(const std::string& action,
                                                          const std::string& audience,
                                                          const node::v1::RequestContext& context,
                                                          const envelope::StatementItem& item,
                                                          std::chrono::seconds lifetime) const {
  record::v1::UserStatement statement;
  statement.set_partnership(node_.terms().Get()->partnership);
  statement.set_action(action);
  statement.set_organisation(node_.organisation());
  statement.set_audience(audience);
  statement.set_role(context.role());
  statement.set_purpose(context.purpose());
  statement.set_basis(context.basis());
  statement.set_mandate_digest(Text(authn::MandateDigest(mandate_)));
  statement.set_signed_at_s(node_.clock.NowUs() / 1'000'000);
  statement.set_expires_at_s(statement.signed_at_s() + static_cast<uint64_t>(lifetime.count()));
  return envelope::SignStatement(envelope::StatementOver(statement, {item}).value(),
                                 who_.signing_key);
}

record::v1::SignedUserStatement ExchangePerson::StatementAbout(
    const std::string& action, const record::v1::SentExchange& row) const {
  return Statement(action, row.recipient(), Context(About::kPlace), core::ItemOf(row).value(),
                   std::chrono::hours(72));
}

absl::Status ExchangePerson::Share(const Sharing& sharing, std::string& exchange_id) {
  node::v1::PreviewShareRequest looking;
  node::v1::PreviewShareResponse preview;
  *looking.mutable_context() = Context(sharing.about);
  looking.set_record_id(sharing.record_id);
  looking.set_recipient(sharing.to);
  absl::Status done =
      node_.Run(who_, std::make_shared<core::PreviewShare>(looking, preview, node_.case_key()));
  if (!done.ok()) return done;

  const auto id = node_.random.Array<16>();
  const std::vector<std::string> names(preview.fields().begin(), preview.fields().end());
  const auto committed = envelope::CommitFields(id, preview.content(), names, node_.random);
  envelope::Repeated<peer::v1::FieldCommitment> fields;
  peer::v1::Conditions conditions;
  if (!conditions.ParseFromString(preview.conditions())) {
    return absl::InternalError("no conditions in the preview");
  }
  node::v1::ShareSignalRequest request;
  for (size_t i = 0; i < committed.fields.size(); ++i) {
    *fields.Add() = committed.fields[i];
    request.add_salts(Text(committed.salts[i]));
  }
  *request.mutable_context() = looking.context();
  request.set_record_id(sharing.record_id);
  request.set_version(preview.version());
  request.set_recipient(sharing.to);
  request.set_exchange_id(Text(id));
  request.set_corrects(sharing.corrects);
  *request.mutable_statement() = Statement("share", sharing.to, looking.context(),
                                           {id, preview.case_token(), envelope::FieldsRoot(fields),
                                            envelope::ConditionsDigest(conditions)},
                                           sharing.lifetime);
  *request.mutable_mandate() = mandate_;
  exchange_id = request.exchange_id();
  node::v1::ShareSignalResponse response;
  return node_.Run(who_, std::make_shared<core::ShareSignal>(
                             request, response,
                             core::ShareTools{node_.random, node_.case_key(), node_.heads()}));
}

absl::Status ExchangePerson::Withdraw(const std::string& exchange_id) {
  node::v1::WithdrawShareRequest request;
  node::v1::WithdrawShareResponse response;
  *request.mutable_context() = Context(About::kPlace);
  request.set_exchange_id(exchange_id);
  request.set_reason("bij nader inzien");
  absl::Status read;
  node_.Look([&](const core::View& view) {
    const auto sent = core::ReadSent(view, exchange_id);
    read = sent.status();
    if (!sent.ok() || !core::ItemOf(sent->row).ok()) return;
    *request.mutable_statement() = StatementAbout("withdraw", sent->row);
    *request.mutable_mandate() = mandate_;
  });
  if (!read.ok()) return read;
  return node_.Run(who_, std::make_shared<core::WithdrawShare>(request, response));
}

absl::Status ExchangePerson::Erase(const std::string& record_id) {
  node::v1::EraseSignalRequest request;
  node::v1::EraseSignalResponse response;
  *request.mutable_context() = Context(About::kPlace);
  request.set_record_id(record_id);
  request.set_reason("niet meer nodig");
  absl::Status visited;
  node_.Look([&](const core::View& view) {
    visited =
        core::VisitSent(view, record_id, {}, [&](std::string_view, const core::SentRow& sent) {
          if (!core::MayBeThere(sent.row)) return true;
          node::v1::PartnerErasure& partner = *request.add_partners();
          partner.set_exchange_id(sent.row.exchange_id());
          *partner.mutable_statement() = StatementAbout("erase", sent.row);
          *partner.mutable_mandate() = mandate_;
          return true;
        });
  });
  if (!visited.ok()) return visited;
  return node_.Run(who_, std::make_shared<core::EraseSignal>(request, response));
}

absl::StatusOr<record::v1::SignalView> ExchangePerson::Open(const std::string& record_id) {
  node::v1::OpenSignalRequest request;
  node::v1::OpenSignalResponse response;
  *request.mutable_context() = Context(About::kPlace);
  request.set_record_id(record_id);
  const absl::Status done = node_.Run(who_, std::make_shared<core::OpenSignal>(request, response));
  if (!done.ok()) return done;
  return response.view();
}

absl::StatusOr<record::v1::SignalView> ExchangePerson::HandOver(const std::string& record_id,
                                                                const std::string& barred_until) {
  node::v1::ExportCompelledRequest request;
  node::v1::ExportCompelledResponse response;
  *request.mutable_context() = Context(About::kPlace);
  request.mutable_context()->set_purpose("gerechtelijk-bevel");
  request.mutable_context()->set_basis("be-gerechtelijk-bevel");
  request.set_record_id(record_id);
  request.set_reference("MEC 2026/114");
  request.set_authority("onderzoeksrechter, afdeling Vaartland");
  request.add_scope("all");
  request.set_barred_until(barred_until);
  const absl::Status done =
      node_.Run(who_, std::make_shared<core::ExportCompelled>(request, response, node_.random));
  if (!done.ok()) return done;
  return response.view();
}

absl::Status ExchangePerson::AcceptLog(const std::string& partner, uint64_t size,
                                       const std::string& reason) {
  node::v1::AcceptPartnerLogRequest request;
  node::v1::AcceptPartnerLogResponse response;
  request.set_partner(partner);
  request.set_known_size(size);
  request.set_reason(reason);
  return node_.Run(administrator_,
                   std::make_shared<core::AcceptPartnerLog>(request, response, node_.heads()));
}

}  // namespace sluis::fault
