// What a member's node can make others believe with all keys that lie on it, and what it cannot.

#include <gtest/gtest.h>

#include <functional>
#include <optional>

#include "crypto/hash.h"
#include "server/authn/mandate.h"
#include "server/core/received_exchange.h"
#include "server/core/sent_exchange.h"
#include "server/core/status_lists.h"
#include "server/envelope/content.h"
#include "server/envelope/envelope.h"
#include "server/envelope/key_wrap.h"
#include "server/envelope/signed_conditions.h"
#include "server/envelope/terms.h"
#include "server/ledger/row.h"
#include "tests/fault/five_nodes.h"

namespace sluis::fault {
namespace {

using crypto::KeyPurpose;

constexpr size_t kThief = FiveNodes::kLindervaart;
constexpr size_t kVictim = FiveNodes::kZandrode;

// A mandate and whoever signs under it.
struct Officer {
  record::v1::SignedMandate mandate;
  const crypto::SigningKey& key;
};

class ExchangeForgeryTest : public ::testing::Test {
 protected:
  ExchangeForgeryTest() {
    five_.Exchange();
    const std::string id = five_.Shared(kThief, kVictim, About::kPlace, "een hangplek");
    five_.node(kThief).Look([&](const core::View& view) {
      const auto sent = core::ReadSent(view, id);
      const ledger::LogReader log(core::LogOriginOf(five_.node(kThief).organisation()),
                                  view.snapshot(), view.keyring());
      const auto offer = core::OfferOf(log, *sent);
      ASSERT_TRUE(offer.ok()) << offer.status();
      offer_ = offer->offer;
      const auto record = view.OpenRecord(sent->row.record_id());
      ASSERT_TRUE(record.ok()) << record.status();
      const auto share = core::OpenShare((*record)->keys.data, sent->row);
      const auto content = envelope::OpenContent(share->key, offer_);
      ASSERT_TRUE(content.ok()) << content.status();
      content_ = *content;
    });
    five_.network().Watch([this](const std::string& from, const std::string&,
                                 const peer::v1::DeliverRequest& request) {
      const auto envelope = envelope::ReadEnvelope(request.envelope());
      if (!envelope.ok() || from != five_.node(kVictim).organisation()) return;
      told_.push_back(envelope->head.head.kind());
      if (told_.back() == peer::v1::ENVELOPE_KIND_RECEIPT) receipt_ = envelope->leaf_bytes[0];
    });
    EXPECT_TRUE(mandate_.ParseFromString(offer_.user().mandate().mandate()));
  }
  const crypto::SigningKey& KeyOf(size_t at, KeyPurpose purpose) {
    return five_.node(at).member().keys.at(purpose);
  }
  // The mandate of somebody whom nobody at the organisation knows, signed by `signer`.
  record::v1::SignedMandate Invented(const crypto::SigningKey& officer,
                                     const crypto::SigningKey& signer) {
    record::v1::Mandate mandate = mandate_;
    mandate.set_signing_key(std::string(crypto::View(officer.public_key())));
    mandate.set_mandate_id(std::string(crypto::View(random_.Array<16>())));
    mandate.set_pseudonym(std::string(crypto::View(random_.Array<16>())));
    return tests::SignMandate(mandate, signer);
  }
  void Deliver(peer::v1::EnvelopeKind kind, const std::string& leaf) {
    const auto made = envelope::MakeEnvelope(
        {.kind = kind,
         .partnership = five_.manifest().manifest.partnership,
         .manifest_version = five_.manifest().manifest.version,
         .sender = five_.node(kThief).organisation(),
         .recipient = five_.node(kVictim).organisation(),
         .leaves = {leaf}},
        {KeyOf(kThief, KeyPurpose::kIdentity), KeyOf(kThief, KeyPurpose::kReceipt)});
    ASSERT_TRUE(made.ok()) << made.status();
    peer::v1::DeliverRequest request;
    *request.mutable_envelope() = *made;
    const auto peers = five_.network().PeersOf(five_.node(kThief).organisation());
    std::optional<absl::Status> answer;
    peers->Deliver(
        five_.node(kVictim).organisation(), request,
        [&answer](absl::StatusOr<peer::v1::DeliverResponse> got) { answer = got.status(); });
    while (five_.network().Step()) {
    }
    EXPECT_EQ(answer, absl::OkStatus()) << "the envelope itself is in order";
  }
  // The thief's node offers what it has in the name of that officer: what became of it.
  record::v1::ReceivedExchange Offered(const Officer& officer) {
    peer::v1::Offer offer = offer_;
    const auto id = random_.Array<16>();
    offer.mutable_binding()->set_exchange_id(std::string(crypto::View(id)));
    record::v1::UserStatement statement;
    EXPECT_TRUE(statement.ParseFromString(offer.user().statement().statement()));
    statement.set_mandate_digest(std::string(crypto::View(authn::MandateDigest(officer.mandate))));
    statement.clear_count();
    statement.clear_root();
    const std::vector<envelope::StatementItem> items = {
        {id, envelope::ReadTerms(offer.terms())->case_token(), envelope::FieldsRoot(offer.fields()),
         envelope::ConditionsDigest(envelope::ReadTerms(offer.terms())->conditions())}};
    const auto stated = envelope::StatementOver(statement, items);
    EXPECT_TRUE(stated.ok()) << stated.status();
    *offer.mutable_user() = envelope::SignaturesFor(envelope::SignStatement(*stated, officer.key),
                                                    items, officer.mandate, 1)[0];
    Deliver(peer::v1::ENVELOPE_KIND_OFFER, offer.SerializeAsString());
    return Received(offer);
  }
  record::v1::ReceivedExchange Received(const peer::v1::Offer& offer) {
    record::v1::ReceivedExchange row;
    five_.node(kVictim).Look([&](const core::View& view) {
      const auto received = core::ReadReceived(view, offer.binding().exchange_id());
      EXPECT_TRUE(received.ok()) << received.status();
      if (received.ok()) row = received->row;
    });
    return row;
  }
  // Everything that a lying sender does itself: seals this content under this key in place of what
  // the person signed for, offers it, and answers the receipt with the key. What became of it.
  record::v1::ReceivedExchange Sent(peer::v1::Offer offer, const peer::v1::OfferedContent& content,
                                    const crypto::DataKey& promised, const crypto::DataKey& given) {
    peer::v1::Binding& binding = *offer.mutable_binding();
    const auto commitment = envelope::KeyCommitment(promised, binding.exchange_id());
    binding.set_key_commitment(std::string(crypto::View(commitment)));
    binding.set_terms_digest(std::string(crypto::View(envelope::TermsDigest(offer.terms()))));
    offer.set_ciphertext(envelope::SealContent(promised, binding, content, random_).value());
    binding.set_ciphertext_digest(std::string(crypto::View(crypto::Sha256(offer.ciphertext()))));
    const std::string leaf = offer.SerializeAsString();
    Deliver(peer::v1::ENVELOPE_KIND_OFFER, leaf);
    EXPECT_EQ(Received(offer).state(), record::v1::RECEIVED_STATE_COLLECTED);
    EXPECT_EQ(five_.node(kVictim).Round(), absl::OkStatus());
    while (five_.network().Step()) {
    }
    peer::v1::Receipt receipt;
    EXPECT_TRUE(receipt.ParseFromString(receipt_));
    const auto keys = envelope::WrapKeys(
        {{binding, envelope::LeafDigest(leaf), envelope::LeafDigest(receipt_), given}},
        crypto::ToFixed<32>(receipt.sealing_key()).value(), random_);
    EXPECT_TRUE(keys.ok()) << keys.status();
    Deliver(peer::v1::ENVELOPE_KIND_KEY, keys->at(0).SerializeAsString());
    EXPECT_EQ(five_.node(kVictim).Round(), absl::OkStatus());
    while (five_.network().Step()) {
    }
    return Received(offer);
  }
  FiveNodes five_{6};
  tests::SeededRandom random_{66};
  peer::v1::Offer offer_;
  peer::v1::OfferedContent content_;
  record::v1::Mandate mandate_;
  // What the victim sends: kinds, and the receipt.
  std::vector<peer::v1::EnvelopeKind> told_;
  std::string receipt_;
};

TEST_F(ExchangeForgeryTest, ANodeWithAllItsKeysButTheMandateKeyCannotInventAnOfficer) {
  const crypto::SigningKey invented = crypto::SigningKey::Generate(random_);
  for (const KeyPurpose purpose :
       {KeyPurpose::kIdentity, KeyPurpose::kLog, KeyPurpose::kWitness, KeyPurpose::kReceipt}) {
    const auto row = Offered({Invented(invented, KeyOf(kThief, purpose)), invented});
    EXPECT_EQ(row.state(), record::v1::RECEIVED_STATE_REFUSED) << crypto::KeyPurposeName(purpose);
    EXPECT_EQ(row.reason(), "signature") << crypto::KeyPurposeName(purpose);
  }
  const std::pair<const char*, Officer> others[] = {
      {"a mandate that another member signed",
       {Invented(invented, KeyOf(FiveNodes::kOverzet, KeyPurpose::kMandate)), invented}},
      {"a mandate that the recipient itself signed",
       {Invented(invented, KeyOf(kVictim, KeyPurpose::kMandate)), invented}},
      {"a mandate that its own officer signed", {Invented(invented, invented), invented}},
      {"the mandate of somebody else", {offer_.user().mandate(), invented}},
  };
  for (const auto& [what, officer] : others) {
    const auto row = Offered(officer);
    EXPECT_EQ(row.state(), record::v1::RECEIVED_STATE_REFUSED) << what;
    EXPECT_EQ(row.reason(), "signature") << what;
  }
  // Who holds the mandate key can, and so can the person with the own mandate and key.
  EXPECT_EQ(Offered({Invented(invented, KeyOf(kThief, KeyPurpose::kMandate)), invented}).state(),
            record::v1::RECEIVED_STATE_COLLECTED);
  EXPECT_EQ(Offered({offer_.user().mandate(), five_.person(kThief).who().signing_key}).state(),
            record::v1::RECEIVED_STATE_COLLECTED);
}

class ContentForgeryTest : public ExchangeForgeryTest {
 protected:
  void ExpectKeptClosed(const record::v1::ReceivedExchange& row, const std::string& reason) {
    EXPECT_EQ(row.state(), record::v1::RECEIVED_STATE_QUARANTINED);
    EXPECT_EQ(row.reason(), reason);
    EXPECT_EQ(row.record_id(), "") << "nothing that anybody could read";
    ASSERT_FALSE(told_.empty());
    EXPECT_EQ(told_.back(), peer::v1::ENVELOPE_KIND_UNOPENABLE) << "the sender is told";
  }
  const crypto::DataKey key_ = crypto::NewDataKey(random_);
};

TEST_F(ContentForgeryTest, WhatThePersonSignedForIsOpened) {
  const auto row = Sent(offer_, content_, key_, key_);
  EXPECT_EQ(row.state(), record::v1::RECEIVED_STATE_OPENED);
  EXPECT_EQ(told_.back(), peer::v1::ENVELOPE_KIND_OPENED);
}

TEST_F(ContentForgeryTest, OneFieldChangedAfterThePersonSignedIsUnopenable) {
  content_.mutable_content()->mutable_statements(0)->set_text("een drugspand");
  ExpectKeptClosed(Sent(offer_, content_, key_, key_), "fields");
}

TEST_F(ContentForgeryTest, ContentUnlikeItsTermsIsUnopenable) {
  peer::v1::Terms terms = *envelope::ReadTerms(offer_.terms());
  for (auto& attribute : *terms.mutable_attributes()) {
    if (attribute.name() == "record.onlife") attribute.set_value("online");
  }
  offer_.set_terms(terms.SerializeAsString());
  ExpectKeptClosed(Sent(offer_, content_, key_, key_), "terms");
}

TEST_F(ContentForgeryTest, AnotherKeyThanPromisedIsUnopenable) {
  ExpectKeptClosed(Sent(offer_, content_, key_, crypto::NewDataKey(random_)), "key");
}

// It cannot take back a revocation either: the list that its partners hold stays the newest that
// the mandate key signed.
TEST_F(ExchangeForgeryTest, ANodeWithoutTheMandateKeyMakesNoListOfRevokedMandates) {
  const std::string thief = five_.node(kThief).organisation();
  const auto held = [&] {
    uint64_t number = 0;
    five_.node(kVictim).Look([&](const core::View& view) {
      const auto row = ledger::ReadRow(view.snapshot(), core::PartnerStatusKey(thief));
      record::v1::SignedMandateStatus list;
      record::v1::MandateStatus status;
      EXPECT_TRUE(row.ok() && list.ParseFromString(row->value) &&
                  status.ParseFromString(list.status()));
      number = status.number();
    });
    return number;
  };
  ASSERT_EQ(held(), 1u);
  const auto hears = [&](uint64_t number, const crypto::SigningKey& key) {
    record::v1::MandateStatus status;
    status.set_organisation(thief);
    status.set_number(number);
    status.set_issued_at_s(five_.node(kThief).clock.NowUs() / 1'000'000);
    peer::v1::HeartbeatRequest request;
    request.set_organisation(thief);
    request.set_lowest_version(1);
    request.set_highest_version(1);
    const partnership::Manifest& manifest = five_.manifest().manifest;
    request.set_partnership(manifest.partnership);
    request.set_manifest_version(manifest.version);
    request.set_manifest_digest(std::string(crypto::View(manifest.digest)));
    *request.mutable_mandate_status() = tests::SignStatus(status, key);
    five_.network().PeersOf(thief)->Heartbeat(
        five_.node(kVictim).organisation(), request,
        [](absl::StatusOr<peer::v1::HeartbeatResponse> answer) {
          EXPECT_TRUE(answer.ok()) << answer.status();
        });
  };
  for (const KeyPurpose purpose :
       {KeyPurpose::kIdentity, KeyPurpose::kLog, KeyPurpose::kWitness, KeyPurpose::kReceipt}) {
    hears(9, KeyOf(kThief, purpose));
    EXPECT_EQ(held(), 1u) << crypto::KeyPurposeName(purpose);
  }
  hears(2, KeyOf(kThief, KeyPurpose::kMandate));
  EXPECT_EQ(held(), 2u);
  hears(1, KeyOf(kThief, KeyPurpose::kMandate));
  EXPECT_EQ(held(), 2u) << "never an older one";
}

}  // namespace
}  // namespace sluis::fault
