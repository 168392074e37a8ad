#include "tests/support/exchange_world.h"

#include <cstdlib>

#include "crypto/checkpoint.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "server/envelope/key_wrap.h"
#include "server/envelope/leaf.h"
#include "server/envelope/receipt_proof.h"
#include "server/envelope/signed_conditions.h"
#include "server/envelope/terms.h"
#include "server/ledger/leaf.h"
#include "server/ledger/part.h"
#include "tests/support/person.h"

namespace sluis::tests {
namespace {

using crypto::KeyPurpose;
using peer::v1::EnvelopeKind;

constexpr char kFirstDay[] = "2026-09-01";
constexpr char kLastDay[] = "2026-12-31";

template <size_t N>
std::string Text(const crypto::FixedBytes<N>& bytes) {
  return std::string(crypto::View(bytes));
}

void AddAttribute(peer::v1::Terms& terms, const char* name, const char* value) {
  auto* attribute = terms.add_attributes();
  attribute->set_name(name);
  attribute->set_value(value);
}

peer::v1::Terms ExampleTerms() {
  peer::v1::Terms terms;
  AddAttribute(terms, "basis", "vl-livc-2021");
  AddAttribute(terms, "case.border_named", "false");
  AddAttribute(terms, "case.given", "given");
  AddAttribute(terms, "case.listed", "false");
  AddAttribute(terms, "purpose", "casusoverleg-458ter");
  AddAttribute(terms, "record.age_days", "3");
  AddAttribute(terms, "record.assertion", "assessment");
  AddAttribute(terms, "record.author_mode", "preventive");
  AddAttribute(terms, "record.category", "gedrag-online");
  AddAttribute(terms, "record.client_agrees", "yes");
  AddAttribute(terms, "record.mandate_reference", "false");
  AddAttribute(terms, "record.no_evidence", "true");
  AddAttribute(terms, "record.no_onward", "false");
  AddAttribute(terms, "record.onlife", "both");
  AddAttribute(terms, "record.secret", "false");
  AddAttribute(terms, "record.source_mode", "encountered");
  AddAttribute(terms, "record.subject_kind", "person");
  AddAttribute(terms, "record.tlp", "amber");
  AddAttribute(terms, "subject.minor", "false");
  AddAttribute(terms, "to.role", "livc-coordinator");
  auto* conditions = terms.mutable_conditions();
  conditions->mutable_marks()->set_tlp(record::v1::TLP_AMBER);
  conditions->mutable_marks()->set_no_evidence(true);
  conditions->add_obligations("no_evidence=true");
  conditions->add_obligations("retention=P90D");
  conditions->set_retention_until("2027-01-03");
  conditions->mutable_onward()->set_originator_consent(true);
  // The place was previewed and signed; the decision took it away.
  for (const std::string_view name : envelope::TravellingFields()) {
    if (name != "place") conditions->add_fields(std::string(name));
  }
  conditions->add_reduced_fields("observed_on:generalise=month");
  conditions->add_reduced_fields("place:remove");
  terms.set_record_version(1);
  terms.set_salt(std::string(envelope::kTermsSaltBytes, 's'));
  return terms;
}

template <typename Message>
Message Answer(const MadeOffer& offer, EnvelopeKind kind, const ExchangeWorld& world) {
  Message message;
  *message.mutable_binding() = offer.offer.binding();
  message.mutable_binding()->set_kind(kind);
  message.mutable_binding()->set_sender(world.SenderOf(kind).organisation);
  message.mutable_binding()->set_recipient(world.RecipientOf(kind).organisation);
  if constexpr (requires { message.set_offer_digest(""); }) {
    message.set_offer_digest(Text(envelope::LeafDigest(offer.bytes)));
  }
  return message;
}

}  // namespace

record::v1::SignalContent ExampleContent() {
  record::v1::SignalContent content;
  auto* fact = content.add_statements();
  fact->set_assertion(record::v1::ASSERTION_FACT);
  fact->set_text("Komt sinds september niet meer naar de jongerenwerking.");
  auto* assessment = content.add_statements();
  assessment->set_assertion(record::v1::ASSERTION_ASSESSMENT);
  assessment->set_text("Lijkt zich online aan te sluiten bij een groep die geweld goedpraat.");
  content.set_category("gedrag-online");
  content.set_onlife(record::v1::ONLIFE_BOTH);
  content.set_source_mode(record::v1::SOURCE_MODE_ENCOUNTERED);
  content.add_risk_factors("trekt zich terug");
  content.add_protective_factors("goede band met een oudere zus");
  content.set_alternative_explanation("Werkt sinds kort op vrijdagavond.");
  content.set_positive_development("Wil wel komen praten.");
  content.set_observed_on("2026-10");
  content.set_place("Vaartkant");
  content.set_channel(record::v1::CHANNEL_PHONE);
  content.set_normative_border(record::v1::NORMATIVE_BORDER_NONE_NAMED);
  content.set_subject_kind(record::v1::SUBJECT_KIND_PERSON);
  content.set_subject_ref("D-2026-014");
  content.set_age_band(record::v1::AGE_BAND_18_TO_24);
  content.set_client_informed(record::v1::CLIENT_INFORMED_DEFERRED);
  content.set_client_informed_ground("Eerst overleg met de begeleider.");
  content.set_client_agrees(record::v1::CLIENT_AGREES_YES);
  content.set_contributor("een vrijwilliger");
  return content;
}

ExchangeMember::ExchangeMember(std::string name, crypto::Random& random)
    : organisation(std::move(name)),
      identity(crypto::SigningKey::Generate(random)),
      log(crypto::SigningKey::Generate(random)),
      witness(crypto::SigningKey::Generate(random)),
      receipt(crypto::SigningKey::Generate(random)),
      mandate(crypto::SigningKey::Generate(random)) {}

partnership::Member ExchangeMember::AsMember() const {
  partnership::Member member;
  member.organisation = organisation;
  member.kind = "municipality";
  member.zone = "drie-sluizen";
  const std::pair<KeyPurpose, const crypto::SigningKey*> keys[] = {
      {KeyPurpose::kIdentity, &identity}, {KeyPurpose::kLog, &log},
      {KeyPurpose::kWitness, &witness},   {KeyPurpose::kReceipt, &receipt},
      {KeyPurpose::kMandate, &mandate},
  };
  for (const auto& [purpose, key] : keys) {
    member.keys.push_back({purpose, key->public_key(), kFirstDay, kLastDay});
  }
  return member;
}

ExchangeWorld::ExchangeWorld(uint64_t seed)
    : random(seed),
      sender("lindervaart.example", random),
      recipient("zandrode.example", random),
      third("heidezoom.example", random),
      person_key(crypto::SigningKey::Generate(random)),
      sealing(crypto::hpke::GenerateKeyPair(random)) {
  manifest.partnership = kPartnership;
  manifest.version = 4;
  manifest.state = record::v1::PARTNERSHIP_STATE_ACTIVE;
  for (const ExchangeMember* member : {&third, &sender, &recipient}) {
    manifest.members.push_back(member->AsMember());
  }
  random.Fill(manifest.statutory_pack);
  random.Fill(manifest.partnership_pack);
  mandate = SignMandate(GoodMandate(), sender.mandate);
}

record::v1::Mandate ExchangeWorld::GoodMandate() const {
  record::v1::Mandate good;
  good.set_mandate_id(std::string(16, 'm'));
  good.set_organisation(sender.organisation);
  good.set_signing_key(Text(person_key.public_key()));
  good.add_roles("casemanager");
  good.add_roles("livc-coordinator");
  good.set_not_before_s(kExchangeNowUs / 1'000'000 - 3600);
  good.set_not_after_s(kExchangeNowUs / 1'000'000 + 30ull * 24 * 3600);
  good.set_partnership(kPartnership);
  good.set_pseudonym(std::string(16, 'p'));
  return good;
}

record::v1::MandateStatus ExchangeWorld::GoodStatus() const {
  record::v1::MandateStatus status;
  status.set_organisation(sender.organisation);
  status.set_number(7);
  return status;
}

record::v1::UserStatement ExchangeWorld::GoodStatement() const {
  record::v1::UserStatement statement;
  statement.set_partnership(kPartnership);
  statement.set_action("share");
  statement.set_organisation(sender.organisation);
  statement.set_audience(recipient.organisation);
  statement.set_audience_role("livc-coordinator");
  statement.set_role("casemanager");
  statement.set_purpose("casusoverleg-458ter");
  statement.set_basis("vl-livc-2021");
  statement.set_mandate_digest(Text(authn::MandateDigest(mandate)));
  statement.set_signed_at_s(kExchangeNowUs / 1'000'000 - 60);
  statement.set_expires_at_s(kExchangeNowUs / 1'000'000 + 3ull * 24 * 3600);
  return statement;
}

std::vector<MadeOffer> ExchangeWorld::Offers(size_t count) {
  std::vector<MadeOffer> made;
  std::vector<envelope::StatementItem> items;
  const std::vector<std::string> previewed(envelope::TravellingFields().begin(),
                                           envelope::TravellingFields().end());
  for (size_t i = 0; i < count; ++i) {
    MadeOffer& one = made.emplace_back();
    one.key = crypto::NewDataKey(random);
    const auto id = random.Array<16>();
    const auto committed = envelope::CommitFields(id, ExampleContent(), previewed, random);
    one.terms = ExampleTerms();
    one.terms.set_case_token(Text(random.Array<32>()));
    if (edit_terms) edit_terms(one.terms);
    *one.content.mutable_content() =
        envelope::OnlyFields(ExampleContent(), one.terms.conditions().fields());
    for (size_t f = 0; f < previewed.size(); ++f) {
      *one.offer.add_fields() = committed.fields[f];
      if (previewed[f] != "place") one.content.add_salts(Text(committed.salts[f]));
    }
    one.offer.set_terms(one.terms.SerializeAsString());
    auto* binding = one.offer.mutable_binding();
    binding->set_kind(peer::v1::ENVELOPE_KIND_OFFER);
    binding->set_partnership(kPartnership);
    binding->set_sender(sender.organisation);
    binding->set_recipient(recipient.organisation);
    binding->set_exchange_id(Text(id));
    binding->set_terms_digest(Text(envelope::TermsDigest(one.offer.terms())));
    for (const auto& [layer, digest] : {std::pair{"statutory", manifest.statutory_pack},
                                        std::pair{"partnership", manifest.partnership_pack}}) {
      auto* pack = binding->add_packs();
      pack->set_layer(layer);
      pack->set_digest(Text(digest));
    }
    binding->set_key_commitment(Text(envelope::KeyCommitment(one.key, binding->exchange_id())));
    binding->set_exercise(manifest.state == record::v1::PARTNERSHIP_STATE_EXERCISE);
    one.offer.set_ciphertext(envelope::SealContent(one.key, *binding, one.content, random).value());
    binding->set_ciphertext_digest(Text(crypto::Sha256(one.offer.ciphertext())));
    one.offer.set_intent_leaf_hash(Text(random.Array<32>()));
    items.push_back({id, one.terms.case_token(), envelope::FieldsRoot(one.offer.fields()),
                     envelope::ConditionsDigest(one.terms.conditions())});
  }
  record::v1::UserStatement stated = GoodStatement();
  if (edit_statement) edit_statement(stated);
  const auto statement =
      envelope::SignStatement(envelope::StatementOver(stated, items).value(), person_key);
  const auto signatures = envelope::SignaturesFor(statement, items, mandate, 7);
  for (size_t i = 0; i < count; ++i) {
    *made[i].offer.mutable_user() = signatures[i];
    made[i].bytes = made[i].offer.SerializeAsString();
  }
  return made;
}

std::string ExchangeWorld::ReceiptFor(const MadeOffer& offer,
                                      const crypto::hpke::PublicKey& sealing_key) {
  auto receipt = Answer<peer::v1::Receipt>(offer, peer::v1::ENVELOPE_KIND_RECEIPT, *this);
  *receipt.mutable_accepted() = offer.terms.conditions();
  const std::string origin = recipient.organisation + "/log";
  const std::string part =
      envelope::AcceptedPart(offer.offer, envelope::LeafDigest(offer.bytes)).SerializeAsString();
  const auto salt = random.Array<32>();
  // A log of two: somebody else's entry, then the collection.
  ledger::Leaf first, second;
  second.index = 1;
  first.logged_at_us = second.logged_at_us = kExchangeNowUs;
  second.commitments[ledger::kPartCount - 1] =
      ledger::Commitment(origin, ledger::Part::kCounterpart, salt, part);
  const auto first_bytes = ledger::EncodeLeaf(first), second_bytes = ledger::EncodeLeaf(second);
  crypto::CompactRange range;
  range.Append(crypto::LeafHash(crypto::View(first_bytes)));
  range.Append(crypto::LeafHash(crypto::View(second_bytes)));
  receipt.set_log_leaf(Text(second_bytes));
  receipt.set_counterpart_salt(Text(salt));
  receipt.set_counterpart(part);
  receipt.add_inclusion(Text(crypto::LeafHash(crypto::View(first_bytes))));
  receipt.set_checkpoint(crypto::SignCheckpoint({origin, range.Head()}, recipient.log).value());
  receipt.set_sealing_key(Text(sealing_key));
  return receipt.SerializeAsString();
}

std::vector<std::string> ExchangeWorld::Leaves(EnvelopeKind kind,
                                               std::span<const MadeOffer> offers) {
  std::vector<std::string> leaves;
  std::vector<envelope::KeyToSend> keys;
  const std::string digest(32, 'd');
  for (const MadeOffer& offer : offers) {
    switch (kind) {
      case peer::v1::ENVELOPE_KIND_OFFER:
        leaves.push_back(offer.bytes);
        break;
      case peer::v1::ENVELOPE_KIND_RECEIPT:
        leaves.push_back(ReceiptFor(offer, sealing.public_key));
        break;
      case peer::v1::ENVELOPE_KIND_KEY:
        keys.push_back({offer.offer.binding(), envelope::LeafDigest(offer.bytes),
                        random.Array<32>(), offer.key});
        break;
      case peer::v1::ENVELOPE_KIND_OPENED: {
        auto opened = Answer<peer::v1::Opened>(offer, kind, *this);
        opened.set_receipt_digest(digest);
        opened.set_key_digest(digest);
        leaves.push_back(opened.SerializeAsString());
        break;
      }
      case peer::v1::ENVELOPE_KIND_UNOPENABLE: {
        auto unopenable = Answer<peer::v1::Unopenable>(offer, kind, *this);
        unopenable.set_receipt_digest(digest);
        unopenable.set_key_digest(digest);
        unopenable.set_reason(peer::v1::UNOPENABLE_REASON_TERMS);
        leaves.push_back(unopenable.SerializeAsString());
        break;
      }
      case peer::v1::ENVELOPE_KIND_CANCEL: {
        auto cancel = Answer<peer::v1::Cancel>(offer, kind, *this);
        cancel.set_reason(peer::v1::CANCEL_REASON_WITHDRAWN);
        *cancel.mutable_user() = offer.offer.user();
        leaves.push_back(cancel.SerializeAsString());
        break;
      }
      case peer::v1::ENVELOPE_KIND_ERASURE: {
        auto erasure = Answer<peer::v1::Erasure>(offer, kind, *this);
        erasure.set_step(peer::v1::ERASURE_STEP_ASKED);
        erasure.set_reason(peer::v1::ERASURE_REASON_PERSON);
        *erasure.mutable_user() = offer.offer.user();
        leaves.push_back(erasure.SerializeAsString());
        break;
      }
      case peer::v1::ENVELOPE_KIND_REFUSAL: {
        auto refusal = Answer<peer::v1::Refusal>(offer, kind, *this);
        refusal.set_refused_kind(peer::v1::ENVELOPE_KIND_OFFER);
        refusal.set_refused_digest(digest);
        refusal.set_reason(peer::v1::REFUSAL_REASON_RULE);
        refusal.set_manifest_version(manifest.version);
        leaves.push_back(refusal.SerializeAsString());
        break;
      }
      case peer::v1::ENVELOPE_KIND_NOTICE: {
        auto notice = Answer<peer::v1::Notice>(offer, kind, *this);
        notice.set_handed_over_at_s(1'790'000'000);
        notice.add_scope("place");
        notice.add_scope("statements");
        leaves.push_back(notice.SerializeAsString());
        break;
      }
      default:
        std::abort();
    }
  }
  if (!keys.empty()) {
    const auto wrapped = envelope::WrapKeys(keys, sealing.public_key, random).value();
    for (const auto& key : wrapped) {
      leaves.push_back(key.SerializeAsString());
    }
  }
  return leaves;
}

const ExchangeMember& ExchangeWorld::SenderOf(EnvelopeKind kind) const {
  switch (kind) {
    case peer::v1::ENVELOPE_KIND_RECEIPT:
    case peer::v1::ENVELOPE_KIND_OPENED:
    case peer::v1::ENVELOPE_KIND_UNOPENABLE:
    case peer::v1::ENVELOPE_KIND_REFUSAL:
    case peer::v1::ENVELOPE_KIND_NOTICE:
      return recipient;
    default:
      return sender;
  }
}

const ExchangeMember& ExchangeWorld::RecipientOf(EnvelopeKind kind) const {
  return &SenderOf(kind) == &sender ? recipient : sender;
}

envelope::EnvelopeDraft ExchangeWorld::Draft(EnvelopeKind kind, size_t count) {
  return {kind,
          kPartnership,
          manifest.version,
          SenderOf(kind).organisation,
          RecipientOf(kind).organisation,
          Leaves(kind, Offers(count))};
}

envelope::Envelope ExchangeWorld::Made(EnvelopeKind kind, size_t count) {
  const auto made = envelope::MakeEnvelope(Draft(kind, count), SenderOf(kind).keys());
  return envelope::ReadEnvelope(made.value()).value();
}

envelope::JudgedBy ExchangeWorld::Judge(EnvelopeKind kind) const {
  return {manifest, kExchangeDay, RecipientOf(kind).organisation};
}

}  // namespace sluis::tests
