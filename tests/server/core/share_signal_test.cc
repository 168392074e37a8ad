#include "server/core/share_signal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/hash.h"
#include "server/core/outbox.h"
#include "server/core/preview_share.h"
#include "server/core/received_exchange.h"
#include "server/core/share_draft.h"
#include "server/envelope/content.h"
#include "server/envelope/leaf.h"
#include "server/envelope/signed_conditions.h"
#include "server/envelope/terms.h"
#include "server/ledger/row.h"
#include "tests/support/sharing_node.h"

namespace sluis::core {
namespace {

using tests::CodeOf;
using tests::kCity;
using tests::kPolice;
using tests::Opened;
using tests::SharingNode;

constexpr uint64_t kHourUs = 3600ull * 1'000'000;

class ShareSignalTest : public ::testing::Test {
 protected:
  node::v1::ShareSignalRequest Ready() {
    const std::string id = node_.Recorded();
    return node_.Signed(id, *node_.Preview(id));
  }
  std::string Refused(const node::v1::ShareSignalRequest& request) {
    const uint64_t before = node_.h.size();
    const std::string code = CodeOf(node_.Share(request));
    EXPECT_EQ(node_.h.size(), before + 1) << "a refusal is an entry";
    EXPECT_EQ(node_.h.Last().act.operation(), record::v1::OPERATION_REFUSAL);
    return code;
  }
  node::v1::ShareSignalRequest SignedAnew(node::v1::ShareSignalRequest request,
                                          const SharingNode::Edit& edit) {
    envelope::Repeated<peer::v1::FieldCommitment> fields;
    const auto preview = node_.Preview(request.record_id());
    for (int i = 0; i < preview->fields_size(); ++i) {
      auto* field = fields.Add();
      field->set_name(preview->fields(i));
      field->set_commitment(std::string(crypto::View(envelope::FieldCommitmentOf(
          *crypto::ToFixed<16>(request.exchange_id()), preview->fields(i),
          *crypto::ToFixed<32>(request.salts(i)),
          *envelope::FieldValue(preview->content(), preview->fields(i))))));
    }
    *request.mutable_statement() =
        node_.Statement("share", kCity,
                        {*crypto::ToFixed<16>(request.exchange_id()), preview->case_token(),
                         envelope::FieldsRoot(fields),
                         envelope::ConditionsDigest(SharingNode::Conditions(*preview))},
                        edit);
    return request;
  }

  SharingNode node_;
};

TEST_F(ShareSignalTest, APreviewShowsWhatWouldTravelAndLeavesOnlyAnEntry) {
  const std::string id = node_.Recorded();
  const auto preview = node_.Preview(id);
  ASSERT_TRUE(preview.ok()) << preview.status();
  EXPECT_EQ(preview->content().subject_ref(), "");
  EXPECT_EQ(preview->content().contributor(), "");
  EXPECT_EQ(preview->content().place(), "") << "not granted for this purpose";
  EXPECT_GT(preview->content().statements_size(), 0);
  EXPECT_TRUE(std::is_sorted(preview->fields().begin(), preview->fields().end()));
  EXPECT_EQ(preview->due_at_us(), node_.h.clock.NowUs() + 4 * kHourUs);
  EXPECT_EQ(preview->tell_contributor_until(), "2026-10-19");
  EXPECT_EQ(preview->retention_until(), "2027-04-03");
  EXPECT_EQ(preview->case_token().size(), 32u);
  EXPECT_TRUE(preview->exercise());
  const auto& warnings = preview->warnings();
  EXPECT_NE(std::find(warnings.begin(), warnings.end(), "statements"), warnings.end());
  EXPECT_EQ(std::find(warnings.begin(), warnings.end(), "category"), warnings.end());
  EXPECT_EQ(node_.h.Last().act.operation(), record::v1::OPERATION_CONSULTATION);
  EXPECT_EQ(node_.Sent()->sent_size(), 0);
}

TEST_F(ShareSignalTest, WhatIsStoredIsWhatAPartnerCanVerify) {
  const auto request = Ready();
  node_.heads.heads[LogOriginOf(kCity)] = {7, crypto::Sha256("head")};
  ASSERT_EQ(node_.Share(request), absl::OkStatus());
  const std::string& id = request.exchange_id();
  const Opened entry = node_.h.Last();
  EXPECT_EQ(entry.act.operation(), record::v1::OPERATION_ADMINISTRATION);
  EXPECT_EQ(entry.actor.user_id(), "jan");

  const SentRow sent = node_.Row(id);
  EXPECT_EQ(sent.row.state(), record::v1::SENT_STATE_COOLING_OFF);
  EXPECT_EQ(sent.intent_index(), entry.index);
  EXPECT_EQ(node_.Owed(id).kind(), peer::v1::ENVELOPE_KIND_OFFER);
  EXPECT_EQ(node_.Owed(id).not_before_us(), sent.row.due_at_us());
  EXPECT_EQ(node_.shared.due_at_us(), sent.row.due_at_us());

  const TravellingOffer offer = node_.Offer(id);
  const auto leaf = envelope::ReadLeaf(peer::v1::ENVELOPE_KIND_OFFER, offer.bytes);
  ASSERT_TRUE(leaf.ok()) << leaf.status();
  EXPECT_EQ(offer.offer.intent_leaf_hash(), std::string(crypto::View(entry.leaf_hash)));
  EXPECT_EQ(offer.offer.seen_size(), 7u);
  const auto terms = envelope::ReadTerms(offer.offer.terms());
  ASSERT_TRUE(terms.ok()) << terms.status();
  record::v1::CounterpartPart part = entry.counterpart;
  EXPECT_EQ(part.kind(), "intent");
  EXPECT_EQ(part.side(), "sender");
  EXPECT_EQ(part.peer(), kCity);
  EXPECT_EQ(part.exchange_id(), id);
  EXPECT_EQ(part.message_digest(), offer.offer.binding().terms_digest());

  const auto snapshot = node_.h.ledger->store().NewSnapshot();
  const View view(*snapshot, node_.h.ledger->keyring());
  const auto record = view.OpenRecord(request.record_id());
  ASSERT_TRUE(record.ok());
  const auto share = OpenShare((*record)->keys.data, sent.row);
  ASSERT_TRUE(share.ok()) << share.status();
  const auto content = envelope::OpenContent(share->key, offer.offer);
  ASSERT_TRUE(content.ok()) << content.status();
  EXPECT_EQ(envelope::JudgeContent(*content, offer.offer, *terms), absl::OkStatus());
  EXPECT_EQ(content->content().subject_ref(), "");

  envelope::UserSignatureVerifier verifier(node_.manifest().partnership,
                                           node_.h.options.organisation,
                                           {node_.h.mandate_key.public_key()});
  record::v1::MandateStatus status;
  status.set_organisation(node_.h.options.organisation);
  status.set_number(1);
  const auto person = verifier.Verify(
      offer.offer.user(),
      {node_.manifest().partnership,
       node_.h.options.organisation,
       kCity,
       "share",
       {*crypto::ToFixed<16>(id), terms->case_token(), envelope::FieldsRoot(offer.offer.fields()),
        envelope::ConditionsDigest(terms->conditions())}},
      status, node_.h.clock.NowUs());
  EXPECT_TRUE(person.ok()) << person.status();
  // Nobody who holds only the rows can tell who shared it, or what.
  const std::string row = sent.row.SerializeAsString();
  for (const char* text : {"jan", "C-2026-014", "dossier-1", "opdagen"}) {
    EXPECT_EQ(row.find(text), std::string::npos) << text;
  }
}

TEST_F(ShareSignalTest, WhatChangedSinceThePreviewIsSignedAnew) {
  auto request = Ready();
  request.mutable_salts(0)->at(0) ^= 1;
  EXPECT_EQ(Refused(request), "changed_since_preview");
  request.mutable_salts(0)->at(0) ^= 1;
  request.mutable_salts()->RemoveLast();
  EXPECT_EQ(Refused(request), "changed_since_preview");
  request = Ready();
  request.mutable_context()->set_case_ref("C-2026-015");
  EXPECT_EQ(Refused(request), "changed_since_preview");
  request = Ready();
  request.set_recipient_role("casemanager");
  EXPECT_EQ(Refused(request), "changed_since_preview");
  request = Ready();
  record::v1::Signal signal = tests::PersonSignal();
  signal.mutable_content()->set_client_agrees(record::v1::CLIENT_AGREES_YES);
  signal.mutable_content()->mutable_statements(0)->set_text("iets anders");
  ASSERT_EQ(node_.h.Amend(node_.jan, request.record_id(), 1, signal), absl::OkStatus());
  EXPECT_EQ(Refused(request), "changed_since_preview");
  request.set_version(2);
  EXPECT_EQ(Refused(request), "changed_since_preview") << "the version is right, the content not";
}

TEST_F(ShareSignalTest, AStatementThatThePartnerWouldNotBelieveIsNotSent) {
  const auto good = Ready();
  auto request = good;
  request.mutable_statement()->mutable_signature()->at(0) ^= 1;
  EXPECT_EQ(Refused(request), "bad_statement");
  // The mandate for the own node holds a user id, which never leaves it.
  request = good;
  *request.mutable_mandate() = tests::SignMandate(
      node_.h.Mandate(node_.jan, {"maatschappelijk-werker"}), node_.h.mandate_key);
  EXPECT_EQ(Refused(request), "bad_statement");
  request = SignedAnew(good, [](auto& statement) {
    statement.set_signed_at_s(statement.signed_at_s() - 9 * 3600);
    statement.set_expires_at_s(statement.signed_at_s() + 60);
  });
  EXPECT_EQ(Refused(request), "bad_statement");
  request = SignedAnew(good, [](auto& statement) {
    statement.set_expires_at_s(statement.signed_at_s() + 4 * 3600);
  });
  EXPECT_EQ(Refused(request), "too_late");
  // Revoked since.
  node_.PutList(2, {std::string(16, 'm')});
  EXPECT_EQ(Refused(good), "bad_statement");
}

TEST_F(ShareSignalTest, TheKeyMustBeThatOfWhoCalls) {
  const auto request = Ready();
  const tests::Person an = node_.h.Admit("an", {"maatschappelijk-werker"});
  node::v1::ShareSignalResponse response;
  EXPECT_EQ(CodeOf(node_.h.Run(an, std::make_shared<ShareSignal>(
                                       request, response,
                                       ShareTools{node_.h.random, node_.case_key, node_.heads}))),
            "bad_statement");
}

TEST_F(ShareSignalTest, WhatCannotBeSharedIsRefusedWithItsReason) {
  const std::string id = node_.Recorded();
  EXPECT_EQ(CodeOf(node_.Preview(id, "elders.example").status()), "no_partner");
  EXPECT_EQ(CodeOf(node_.Preview(id, node_.h.options.organisation).status()), "no_partner");
  EXPECT_EQ(CodeOf(node_.Preview(id, kPolice).status()), "denied");
  EXPECT_EQ(CodeOf(node_.Preview(std::string(16, 'x')).status()), "not_found");
  const std::string exchange = node_.Shared(id);
  auto again = node_.Signed(id, *node_.Preview(id));
  again.set_exchange_id(exchange);
  EXPECT_EQ(Refused(again), "changed_since_preview") << "the commitments name the exchange";
  const auto request = Ready();
  ASSERT_EQ(node_.Share(request), absl::OkStatus());
  EXPECT_EQ(Refused(request), "exchange_id_used");
  ASSERT_EQ(node_.h.Withdraw(node_.jan, id), absl::OkStatus());
  EXPECT_EQ(CodeOf(node_.Preview(id).status()), "withdrawn");
  auto terms = node_.TermsWithManifest();
  terms->may_exchange = false;
  node_.Put(terms);
  EXPECT_EQ(CodeOf(node_.Preview(request.record_id()).status()), "not_exchanging");
}

// A person with two mandates wrote as a social worker and shared as a case manager.
TEST_F(ShareSignalTest, WhatWasWrittenAsAHelperStaysSoInEveryRole) {
  const tests::Person noor = node_.h.Admit("noor", {"maatschappelijk-werker", "casemanager"});
  const auto forbidden_by = [&](const std::string& written_as) {
    const auto recorded = node_.h.Record(noor, tests::PersonSignal(), tests::Intake(written_as));
    EXPECT_EQ(recorded.status, absl::OkStatus());
    node::v1::PreviewShareRequest request;
    node::v1::PreviewShareResponse response;
    *request.mutable_context() = tests::Intake("casemanager");
    request.set_record_id(recorded.record_id);
    request.set_recipient(tests::kPolice);
    EXPECT_EQ(CodeOf(node_.h.Run(
                  noor, std::make_shared<PreviewShare>(request, response, node_.case_key))),
              "denied");
    const auto rules = node_.h.Last().act.rule_ids();
    return std::vector<std::string>(rules.begin(), rules.end());
  };
  EXPECT_THAT(forbidden_by("maatschappelijk-werker"), ::testing::Contains("F-AUTEUR-POLITIE"));
  EXPECT_THAT(forbidden_by("casemanager"), ::testing::Not(::testing::Contains("F-AUTEUR-POLITIE")));
}

TEST_F(ShareSignalTest, InExerciseNothingRealLeaves) {
  auto alone = node_.h.MakeTerms();
  const std::string id = node_.Recorded();
  auto terms = node_.TermsWithManifest();
  terms->exercise = false;
  node_.Put(terms);
  const std::string real = node_.Recorded();
  node_.Put(node_.TermsWithManifest());
  EXPECT_EQ(CodeOf(node_.Preview(real).status()), "not_exercise");
  EXPECT_EQ(CodeOf(node_.Preview(id).status()), "ok");
}

TEST_F(ShareSignalTest, CoolingOffIsShortenedInExerciseOnly) {
  const std::string id = node_.Recorded();
  auto terms = node_.TermsWithManifest();
  terms->exercise_cooling_off_us = 5'000'000;
  node_.Put(terms);
  EXPECT_EQ(node_.Preview(id)->due_at_us(), node_.h.clock.NowUs() + 5'000'000);
  node_.Join(record::v1::PARTNERSHIP_STATE_ACTIVE);
  terms = node_.TermsWithManifest();
  terms->exercise_cooling_off_us = 5'000'000;
  node_.Put(terms);
  EXPECT_EQ(node_.Preview(node_.Recorded())->due_at_us(), node_.h.clock.NowUs() + 4 * kHourUs);
}

TEST(RefuseOnward, ARecordOfAnotherGoesNoFurtherThanItsConditions) {
  record::v1::RecordBody body;
  body.mutable_signal()->mutable_marks()->set_tlp(record::v1::TLP_AMBER);
  EXPECT_FALSE(RefuseOnward(body)) << "an own record";
  const auto code = [&body](const std::function<void(peer::v1::Conditions&)>& edit) {
    peer::v1::Conditions conditions;
    conditions.mutable_marks()->set_tlp(record::v1::TLP_AMBER);
    edit(conditions);
    body.mutable_received()->set_conditions(conditions.SerializeAsString());
    const auto refusal = RefuseOnward(body);
    return refusal ? refusal->code : "ok";
  };
  EXPECT_EQ(code([](auto&) {}), "ok");
  EXPECT_EQ(code([](auto& c) { c.mutable_onward()->set_none(true); }), "onward");
  EXPECT_EQ(code([](auto& c) { c.mutable_onward()->set_originator_consent(true); }), "onward");
  EXPECT_EQ(code([](auto& c) { c.mutable_onward()->set_tlp_max(record::v1::TLP_GREEN); }),
            "onward");
  EXPECT_EQ(code([](auto& c) { c.mutable_onward()->set_tlp_max(record::v1::TLP_AMBER); }), "ok");
  EXPECT_EQ(code([](auto& c) { c.mutable_marks()->set_no_onward(true); }), "onward");
  body.mutable_received()->set_conditions("\xff");
  EXPECT_TRUE(RefuseOnward(body)) << "what cannot be read allows nothing";
}

// What B had signed for did not go along when B passed the record on: C could go further with it
// than A had allowed.
TEST(ConditionsOf, WhatWasSignedForGoesAlong) {
  auto record = std::make_shared<OpenedRecord>();
  record->body.mutable_signal()->mutable_marks()->set_tlp(record::v1::TLP_GREEN);
  record->body.mutable_signal()->mutable_content()->set_place("Vaartwijk");
  record->row.set_retention_until("2026-12-01");
  policies::Decision decision;
  decision.outcome = policies::Outcome::kPermit;
  for (const char* field : {"category", "place"}) decision.granted.push_back({field, {}});
  Call call;
  call.today = "2026-10-05";
  const RecordAct own{record, {decision, {}}};
  ASSERT_TRUE(ConditionsOf(call, own));
  EXPECT_FALSE(ConditionsOf(call, own)->onward().tlp_max());

  peer::v1::Conditions signed_for;
  signed_for.mutable_marks()->set_tlp(record::v1::TLP_GREEN);
  signed_for.mutable_marks()->set_no_evidence(true);
  signed_for.add_obligations("no_evidence=true");
  signed_for.mutable_onward()->set_tlp_max(record::v1::TLP_GREEN);
  signed_for.set_retention_until("2026-11-01");
  for (const char* field : {"place", "subject_kind"}) signed_for.add_fields(field);
  const auto passed_on = [&] {
    auto received = std::make_shared<OpenedRecord>();
    received->row = record->row;
    received->body = record->body;
    received->body.mutable_received()->set_conditions(signed_for.SerializeAsString());
    return ConditionsOf(call, {received, {decision, {}}});
  };
  const auto conditions = passed_on();
  ASSERT_TRUE(conditions);
  EXPECT_EQ(conditions->onward().tlp_max(), record::v1::TLP_GREEN);
  EXPECT_TRUE(conditions->marks().no_evidence());
  EXPECT_EQ(conditions->retention_until(), "2026-11-01");
  EXPECT_EQ(conditions->obligations(0), "no_evidence=true");
  EXPECT_EQ(conditions->fields_size(), 2) << "place and the kind of subject";
  signed_for.clear_retention_until();
  EXPECT_FALSE(passed_on()) << "what cannot be said together goes nowhere";
}

// Who reused the id of what a partner had offered put an Offer in the place of the owed Receipt.
TEST_F(ShareSignalTest, TheIdOfAReceivedExchangeTookItsPlaceInTheOutbox) {
  const auto received = Ready();
  node_.h.store.Tamper(ReceivedKey(received.exchange_id()), ledger::JoinRow(1, "y"));
  EXPECT_EQ(Refused(received), "exchange_id_used");
  const auto owed = Ready();
  node_.h.store.Tamper(OutboxKey(kCity, owed.exchange_id()), ledger::JoinRow(1, "o"));
  EXPECT_EQ(Refused(owed), "exchange_id_used");
}

// Between the decision and the commit as well.
TEST_F(ShareSignalTest, AnOfferThatCameMeanwhileLostItsReceipt) {
  for (const bool row : {true, false}) {
    const auto request = Ready();
    const std::string key =
        row ? ReceivedKey(request.exchange_id()) : OutboxKey(kCity, request.exchange_id());
    node_.h.ledger->BeforeNext(
        [&] { node_.h.store.Tamper(key, ledger::JoinRow(node_.h.size(), "y")); });
    EXPECT_EQ(Refused(request), "exchange_id_used") << row;
  }
}

}  // namespace
}  // namespace sluis::core
