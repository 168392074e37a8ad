#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <memory>

#include "crypto/hash.h"
#include "server/core/close_sent.h"
#include "server/core/exchange_upkeep.h"
#include "server/core/release_again.h"
#include "server/core/release_keys.h"
#include "server/core/stop_share.h"
#include "server/envelope/fault.h"
#include "tests/support/sharing_node.h"

namespace sluis::core {
namespace {

using record::v1::SentState;
using tests::CodeOf;
using tests::kCity;
using tests::SharingNode;

class SentTest : public ::testing::Test {
 protected:
  SentState State() { return node_.Row(id_).row.state(); }
  void Depart() { node_.h.clock.Advance(std::chrono::hours(5)); }
  absl::Status Release(std::vector<PeerLeaf> receipt) {
    return node_.RunAsPeer(std::make_shared<ReleaseKeys>(kCity, std::move(receipt), node_.heads));
  }
  absl::Status Close(peer::v1::EnvelopeKind kind, const google::protobuf::Message& answer) {
    return node_.RunAsPeer(
        std::make_shared<CloseSent>(kCity, node_.Leaves(kind, answer.SerializeAsString())));
  }
  std::string OfferDigest() {
    return std::string(crypto::View(envelope::LeafDigest(node_.Offer(id_).bytes)));
  }
  peer::v1::CancelReason Cancelled() {
    peer::v1::Cancel cancel;
    EXPECT_TRUE(cancel.ParseFromString(node_.Row(id_).row.cancel()));
    EXPECT_EQ(node_.Owed(id_).kind(), peer::v1::ENVELOPE_KIND_CANCEL);
    EXPECT_EQ(node_.Row(id_).row.sealed_key(), "") << "no key can be given any more";
    return cancel.reason();
  }

  SharingNode node_;
  const std::string record_ = node_.Recorded();
  const std::string id_ = node_.Shared(record_);
};

TEST_F(SentTest, BeforeItLeavesATakenBackShareIsNobodysBusiness) {
  EXPECT_EQ(node_.Withdraw(id_, false), absl::OkStatus());
  EXPECT_FALSE(node_.withdrawn.partner_is_told());
  EXPECT_EQ(State(), record::v1::SENT_STATE_WITHDRAWN);
  EXPECT_EQ(node_.Owed(id_).kind(), 0u);
  EXPECT_EQ(node_.Row(id_).row.sealed_key(), "");
  EXPECT_EQ(CodeOf(node_.Withdraw(id_, false)), "ended");
}

TEST_F(SentTest, AfterItLeftThePartnerIsToldInThePersonsName) {
  Depart();
  EXPECT_EQ(CodeOf(node_.Withdraw(id_, false)), "no_statement");
  EXPECT_EQ(node_.Withdraw(id_, true), absl::OkStatus());
  EXPECT_TRUE(node_.withdrawn.partner_is_told());
  EXPECT_EQ(Cancelled(), peer::v1::CANCEL_REASON_WITHDRAWN);
  EXPECT_EQ(State(), record::v1::SENT_STATE_WITHDRAWN);
}

TEST_F(SentTest, AListSaysHowItStandsAndGoesOn) {
  const std::string second = node_.Shared(record_);
  const std::string newest = node_.Shared(node_.Recorded());
  auto list = node_.Sent();
  ASSERT_TRUE(list.ok()) << list.status();
  ASSERT_EQ(list->sent_size(), 3);
  EXPECT_EQ(list->sent(0).exchange_id(), newest);
  EXPECT_EQ(list->sent(0).state(), record::v1::SENT_STATE_COOLING_OFF);
  EXPECT_EQ(list->sent(0).recipient(), kCity);
  EXPECT_EQ(list->sent(0).case_token().size(), 32u);
  Depart();
  std::vector<std::string> seen;
  node::v1::ListSentRequest request;
  request.set_page_size(1);
  do {
    list = node_.Sent(request);
    ASSERT_TRUE(list.ok()) << list.status();
    for (const auto& sent : list->sent()) {
      EXPECT_EQ(sent.state(), record::v1::SENT_STATE_OFFERED);
      seen.push_back(sent.exchange_id());
    }
    request.set_page_token(list->next_page_token());
  } while (!request.page_token().empty() && seen.size() < 9);
  std::vector<std::string> all = {newest, std::min(id_, second), std::max(id_, second)};
  EXPECT_EQ(seen, all);
  request.set_page_token("x");
  EXPECT_EQ(CodeOf(node_.Sent(request).status()), "bad_page_token");
  request.clear_page_token();
  request.set_page_size(0);
  request.set_record_id(record_);
  EXPECT_EQ(node_.Sent(request)->sent_size(), 2);
}

TEST_F(SentTest, AProvenReceiptReleasesTheKeyAndIsADisclosure) {
  Depart();
  const auto receipt = node_.Receipt(id_);
  ASSERT_EQ(Release(receipt), absl::OkStatus());
  EXPECT_EQ(State(), record::v1::SENT_STATE_RELEASED);
  EXPECT_EQ(node_.Owed(id_).kind(), peer::v1::ENVELOPE_KIND_KEY);
  EXPECT_NE(node_.Row(id_).row.sealed_key(), "");
  EXPECT_EQ(node_.heads.heads.count(LogOriginOf(kCity)), 1u);
  const tests::Opened entry = node_.h.Last();
  EXPECT_EQ(entry.act.operation(), record::v1::OPERATION_DISCLOSURE);
  EXPECT_EQ(entry.act.purpose(), "doorverwijzing-hulp");
  EXPECT_EQ(entry.counterpart.kind(), "receipt");
  EXPECT_EQ(entry.counterpart.message_digest(), std::string(crypto::View(receipt[0].digest)));
  const uint64_t size = node_.h.size();
  EXPECT_EQ(Release(receipt), absl::OkStatus());
  EXPECT_EQ(node_.h.size(), size) << "the same again is known";
}

TEST_F(SentTest, AReceiptThatProvesNothingNeverGetsTheKey) {
  Depart();
  auto other = node_.Receipt(node_.Shared(record_));
  auto receipt = std::get<peer::v1::Receipt>(node_.Receipt(id_)[0].proof.leaf);
  const auto& stranger = std::get<peer::v1::Receipt>(other[0].proof.leaf);
  receipt.set_log_leaf(stranger.log_leaf());
  receipt.set_checkpoint(stranger.checkpoint());
  ASSERT_EQ(Release(node_.Leaves(peer::v1::ENVELOPE_KIND_RECEIPT, receipt.SerializeAsString())),
            absl::OkStatus());
  EXPECT_EQ(State(), record::v1::SENT_STATE_STOPPED);
  EXPECT_EQ(node_.Row(id_).row.reason(), "receipt");
  EXPECT_EQ(Cancelled(), peer::v1::CANCEL_REASON_RECEIPT);
}

TEST_F(SentTest, AReceiptOnAForkNeverGetsTheKey) {
  Depart();
  node_.heads.answer = envelope::Refuse(envelope::Fault::kLog);
  ASSERT_EQ(Release(node_.Receipt(id_)), absl::OkStatus());
  EXPECT_EQ(node_.Row(id_).row.reason(), "log");
  EXPECT_EQ(Cancelled(), peer::v1::CANCEL_REASON_RECEIPT);
}

// A receipt was sent again, over a longer log, while the Key for the first was under way: it was
// followed, and the answer to the first no longer ended anything.
TEST_F(SentTest, ASecondReceiptTookThePlaceOfTheOneThatTheKeyNamed) {
  Depart();
  const auto first = node_.Receipt(id_);
  ASSERT_EQ(Release(first), absl::OkStatus());
  const uint64_t size = node_.h.size();
  ASSERT_EQ(Release(node_.Receipt(id_)), absl::OkStatus());
  EXPECT_EQ(node_.h.size(), size) << "one disclosure";
  auto opened = node_.AnswerTo<peer::v1::Opened>(id_, peer::v1::ENVELOPE_KIND_OPENED);
  opened.set_offer_digest(OfferDigest());
  opened.set_receipt_digest(std::string(crypto::View(first[0].digest)));
  opened.set_key_digest(std::string(32, 'k'));
  ASSERT_EQ(Close(peer::v1::ENVELOPE_KIND_OPENED, opened), absl::OkStatus());
  EXPECT_EQ(State(), record::v1::SENT_STATE_OPENED);
}

// The log was shown not to extend the head that the Offer named, and nothing was kept of it.
TEST_F(SentTest, AForkThatAReceiptShowsLeftNoEvidence) {
  node_.heads.heads[LogOriginOf(kCity)] = {7, crypto::Sha256("head")};
  const std::string id = node_.Shared(record_);
  Depart();
  const auto receipt = node_.Receipt(id);
  ASSERT_EQ(Release(receipt), absl::OkStatus());
  EXPECT_EQ(node_.Row(id).row.state(), record::v1::SENT_STATE_STOPPED);
  EXPECT_EQ(node_.Row(id).row.reason(), "log");
  ASSERT_EQ(node_.heads.evidence.size(), 1u);
  EXPECT_EQ(node_.heads.evidence[0], receipt[0].proof.Serialise());

  const std::string other = node_.Shared(record_);
  Depart();
  auto unsigned_one = std::get<peer::v1::Receipt>(node_.Receipt(other)[0].proof.leaf);
  unsigned_one.mutable_checkpoint()->at(unsigned_one.checkpoint().size() - 8) ^= 1;
  ASSERT_EQ(
      Release(node_.Leaves(peer::v1::ENVELOPE_KIND_RECEIPT, unsigned_one.SerializeAsString())),
      absl::OkStatus());
  EXPECT_EQ(node_.Row(other).row.reason(), "receipt") << "that log signed nothing";
  EXPECT_EQ(node_.heads.evidence.size(), 1u);
}

// One such key made wrapping fail for all that went with it, at every round.
TEST_F(SentTest, AOneTimeKeyOfLowOrderHeldUpAllKeys) {
  Depart();
  auto receipt = std::get<peer::v1::Receipt>(node_.Receipt(id_)[0].proof.leaf);
  std::string low_order(32, '\0');
  low_order[0] = '\1';
  receipt.set_sealing_key(low_order);
  ASSERT_EQ(Release(node_.Leaves(peer::v1::ENVELOPE_KIND_RECEIPT, receipt.SerializeAsString())),
            absl::OkStatus());
  EXPECT_EQ(State(), record::v1::SENT_STATE_STOPPED);
  EXPECT_EQ(node_.Row(id_).row.reason(), "receipt");
}

// The Offer was under way while it was taken back: the partner collected it, and nobody told it.
TEST_F(SentTest, AReceiptForWhatHadEndedWasPassedOver) {
  ASSERT_EQ(node_.Withdraw(id_, false), absl::OkStatus());
  Depart();
  const auto receipt = node_.Receipt(id_);
  ASSERT_EQ(Release(receipt), absl::OkStatus());
  EXPECT_EQ(State(), record::v1::SENT_STATE_WITHDRAWN);
  EXPECT_EQ(Cancelled(), peer::v1::CANCEL_REASON_RULE);
  EXPECT_EQ(node_.h.Last().counterpart.kind(), "cancel");
  const uint64_t size = node_.h.size();
  ASSERT_EQ(Release(node_.Receipt(id_)), absl::OkStatus());
  EXPECT_EQ(node_.h.size(), size) << "once";
}

// The rules were asked about a later version than the one that the key opens.
TEST_F(SentTest, AKeyWasDecidedOnAnotherVersionThanItOpens) {
  Depart();
  record::v1::Signal signal = tests::PersonSignal();
  signal.mutable_content()->set_client_agrees(record::v1::CLIENT_AGREES_YES);
  ASSERT_EQ(node_.h.Amend(node_.jan, record_, 1, signal), absl::OkStatus());
  ASSERT_EQ(Release(node_.Receipt(id_)), absl::OkStatus());
  EXPECT_EQ(State(), record::v1::SENT_STATE_STOPPED);
  EXPECT_EQ(node_.Row(id_).row.reason(), "record");
}

TEST_F(SentTest, HeadsThatCannotBeKeptAreNoRefusal) {
  Depart();
  node_.heads.answer = absl::UnavailableError("disk");
  EXPECT_EQ(Release(node_.Receipt(id_)).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(State(), record::v1::SENT_STATE_COOLING_OFF);
}

TEST_F(SentTest, BeforeTheKeyItIsDecidedAgain) {
  Depart();
  ASSERT_EQ(node_.h.RevokeUser(node_.h.administrator, "jan"), absl::OkStatus());
  ASSERT_EQ(Release(node_.Receipt(id_)), absl::OkStatus());
  EXPECT_EQ(State(), record::v1::SENT_STATE_STOPPED);
  EXPECT_EQ(node_.Row(id_).row.reason(), "person");
  EXPECT_EQ(Cancelled(), peer::v1::CANCEL_REASON_RULE);
}

// Asked about several exchanges of one moment at once: who stands for one stands for no other.
TEST_F(SentTest, WhatIsRememberedOfAPersonIsOfThatPersonAndMandate) {
  const auto snapshot = node_.h.ledger->store().NewSnapshot();
  const View view(*snapshot, node_.h.ledger->keyring());
  Call call;
  call.now_us = node_.h.clock.NowUs();
  const peer::v1::UserSignature own = node_.Offer(id_).offer.user();
  peer::v1::UserSignature other = own;
  record::v1::Mandate mandate;
  ASSERT_TRUE(mandate.ParseFromString(own.mandate().mandate()));
  mandate.set_signing_key(std::string(32, 'k'));
  other.mutable_mandate()->set_mandate(mandate.SerializeAsString());
  PeopleStanding people;
  for (int time = 0; time < 2; ++time) {
    EXPECT_TRUE(people.Stands(call, view, "jan", own).value());
    EXPECT_FALSE(people.Stands(call, view, "jan", other).value()) << "not the registered key";
    EXPECT_FALSE(people.Stands(call, view, "nobody", own).value());
  }
}

TEST_F(SentTest, AReceiptOfNothingIsLoggedAndChangesNothing) {
  Depart();
  const auto receipt = node_.Receipt(id_);
  const uint64_t size = node_.h.size();
  ASSERT_EQ(node_.RunAsPeer(std::make_shared<ReleaseKeys>(tests::kPolice, receipt, node_.heads),
                            tests::kPolice),
            absl::OkStatus());
  EXPECT_EQ(node_.h.size(), size + 1);
  EXPECT_EQ(node_.h.Last().act.operation(), record::v1::OPERATION_REFUSAL);
  EXPECT_EQ(State(), record::v1::SENT_STATE_COOLING_OFF);
}

TEST_F(SentTest, OpenedEndsItAndLetsTheKeyGo) {
  Depart();
  const auto receipt = node_.Receipt(id_);
  auto opened = node_.AnswerTo<peer::v1::Opened>(id_, peer::v1::ENVELOPE_KIND_OPENED);
  opened.set_offer_digest(OfferDigest());
  opened.set_receipt_digest(std::string(crypto::View(receipt[0].digest)));
  opened.set_key_digest(std::string(32, 'k'));
  ASSERT_EQ(Close(peer::v1::ENVELOPE_KIND_OPENED, opened), absl::OkStatus());
  EXPECT_EQ(State(), record::v1::SENT_STATE_COOLING_OFF) << "before the key nothing is opened";
  ASSERT_EQ(Release(receipt), absl::OkStatus());
  ASSERT_EQ(Close(peer::v1::ENVELOPE_KIND_OPENED, opened), absl::OkStatus());
  EXPECT_EQ(State(), record::v1::SENT_STATE_OPENED);
  EXPECT_EQ(node_.Owed(id_).kind(), 0u);
  EXPECT_EQ(node_.Row(id_).row.sealed_key(), "");
  EXPECT_NE(node_.Row(id_).row.answer_proof(), "");
  const uint64_t size = node_.h.size();
  EXPECT_EQ(Close(peer::v1::ENVELOPE_KIND_OPENED, opened), absl::OkStatus());
  EXPECT_EQ(node_.h.size(), size);
  // The partner holds it; it is asked to close it.
  EXPECT_EQ(node_.Withdraw(id_, true), absl::OkStatus());
  EXPECT_EQ(Cancelled(), peer::v1::CANCEL_REASON_WITHDRAWN);
}

TEST_F(SentTest, ARefusalFreesTheQueue) {
  Depart();
  auto refusal = node_.AnswerTo<peer::v1::Refusal>(id_, peer::v1::ENVELOPE_KIND_REFUSAL);
  refusal.set_refused_kind(peer::v1::ENVELOPE_KIND_OFFER);
  refusal.set_refused_digest(std::string(32, 'd'));
  refusal.set_reason(peer::v1::REFUSAL_REASON_RULE);
  refusal.set_manifest_version(1);
  ASSERT_EQ(Close(peer::v1::ENVELOPE_KIND_REFUSAL, refusal), absl::OkStatus());
  EXPECT_EQ(State(), record::v1::SENT_STATE_COOLING_OFF) << "of another Offer";
  refusal.set_refused_digest(OfferDigest());
  ASSERT_EQ(Close(peer::v1::ENVELOPE_KIND_REFUSAL, refusal), absl::OkStatus());
  EXPECT_EQ(State(), record::v1::SENT_STATE_REFUSED);
  EXPECT_EQ(node_.Row(id_).row.reason(), "rule");
  EXPECT_EQ(node_.Owed(id_).kind(), 0u);
}

TEST_F(SentTest, TheNodeStopsWhatMayNotGoOnAndNothingElse) {
  const auto stop = [&](bool departed) {
    return node_.h.executor->RunAsNodeAndWait(std::make_shared<StopShare>(id_, departed));
  };
  EXPECT_EQ(CodeOf(stop(false)), "not_due");
  record::v1::Signal signal = tests::PersonSignal();
  signal.mutable_content()->set_client_agrees(record::v1::CLIENT_AGREES_NO);
  ASSERT_EQ(node_.h.Amend(node_.jan, record_, 1, signal), absl::OkStatus());
  ASSERT_EQ(stop(false), absl::OkStatus());
  EXPECT_EQ(State(), record::v1::SENT_STATE_STOPPED);
  EXPECT_EQ(node_.Row(id_).row.reason(), "record");
  EXPECT_EQ(node_.Owed(id_).kind(), 0u);
}

TEST_F(SentTest, NobodyAnswersWithinTheWindow) {
  node_.h.clock.Advance(std::chrono::hours(24 * 3 + 1));
  ASSERT_EQ(node_.h.executor->RunAsNodeAndWait(std::make_shared<StopShare>(id_, true)),
            absl::OkStatus());
  EXPECT_EQ(State(), record::v1::SENT_STATE_EXPIRED);
  EXPECT_EQ(Cancelled(), peer::v1::CANCEL_REASON_EXPIRED);
}

// Whatever was sealed for an exchange dies with the record, and is not left lying in its rows.
TEST_F(SentTest, ErasingTheRecordEndsItsExchanges) {
  const std::string waiting = node_.Shared(record_);
  ASSERT_EQ(node_.Withdraw(waiting, false), absl::OkStatus());
  const std::string early = id_;
  Depart();
  const std::string late = node_.Shared(record_);
  const std::vector<PeerLeaf> receipt = node_.Receipt(id_);
  ASSERT_EQ(node_.h.Erase(node_.jan, record_), absl::OkStatus());
  for (const std::string& id : {waiting, early, late}) {
    EXPECT_EQ(node_.Row(id).row.state(), record::v1::SENT_STATE_WITHDRAWN);
    EXPECT_EQ(node_.Row(id).row.sealed_key(), "");
    EXPECT_EQ(node_.Row(id).row.sealed_context(), "");
  }
  EXPECT_EQ(Cancelled(), peer::v1::CANCEL_REASON_RULE);
  EXPECT_EQ(node_.Owed(late).kind(), 0u) << "nothing had left";
  EXPECT_EQ(node_.Sent()->sent_size(), 0);
  ASSERT_EQ(Release(receipt), absl::OkStatus());
  EXPECT_EQ(State(), record::v1::SENT_STATE_WITHDRAWN) << "no key after the erasure";
  EXPECT_EQ(CodeOf(node_.Withdraw(id_, false)), "not_found");
}

TEST_F(SentTest, OtherRulesThanSignedForStopIt) {
  Depart();
  auto terms = node_.TermsWithManifest();
  terms->stamp = node_.h.terms.Get()->stamp;
  auto other = std::make_shared<partnership::SignedManifest>(*terms->manifest);
  other->manifest.partnership_pack[0] ^= 1;
  terms->manifest = other;
  node_.h.terms.Set(terms);
  ASSERT_EQ(Release(node_.Receipt(id_)), absl::OkStatus());
  EXPECT_EQ(node_.Row(id_).row.reason(), "update");
}

// Each answer and receipt about an exchange that never was had an entry, without any limit.
TEST(SentGateTest, UnknownExchangesFilledTheLog) {
  SharingNode node({.refusals_per_minute = 2});
  const std::string id = node.Shared(node.Recorded());
  const auto leaves = [&](auto message, peer::v1::EnvelopeKind kind) {
    message.mutable_binding()->set_exchange_id(std::string(16, 'u'));
    return node.Leaves(kind, message.SerializeAsString());
  };
  auto unknown = node.AnswerTo<peer::v1::Opened>(id, peer::v1::ENVELOPE_KIND_OPENED);
  unknown.set_offer_digest(std::string(32, 'd'));
  unknown.set_receipt_digest(std::string(32, 'd'));
  unknown.set_key_digest(std::string(32, 'd'));
  const auto opened = leaves(unknown, peer::v1::ENVELOPE_KIND_OPENED);
  const auto receipt = leaves(std::get<peer::v1::Receipt>(node.Receipt(id)[0].proof.leaf),
                              peer::v1::ENVELOPE_KIND_RECEIPT);
  const uint64_t before = node.h.size();
  std::vector<std::future<absl::Status>> answers;
  for (int i = 0; i < 20; ++i) {
    auto done = std::make_shared<std::promise<absl::Status>>();
    answers.push_back(done->get_future());
    std::shared_ptr<UseCase> act = std::make_shared<CloseSent>(kCity, opened);
    if (i % 2 == 1) act = std::make_shared<ReleaseKeys>(kCity, receipt, node.heads);
    node.h.executor->RunAsPeer(kCity, act,
                               [done](absl::Status status) { done->set_value(status); });
  }
  node.h.executor->FlushRefusals();
  for (auto& answer : answers) EXPECT_EQ(answer.get(), absl::OkStatus()) << "it comes no more";
  EXPECT_LE(node.h.size() - before, 4u);
}

// What was shared with a member that is no longer one never ended: nobody looked at its outbox.
TEST_F(SentTest, AShareWithARemovedMemberNeverEnded) {
  const auto due = [this] {
    const auto snapshot = node_.h.ledger->store().NewSnapshot();
    const View view(*snapshot, node_.h.ledger->keyring());
    return SentPastWindow(view, node_.h.clock.NowUs(), 10).value();
  };
  node_.h.clock.Advance(std::chrono::hours(72));
  EXPECT_TRUE(due().empty()) << "the outbox has an hour to do so itself";
  node_.h.clock.Advance(std::chrono::hours(2));
  EXPECT_EQ(due(), std::vector<std::string>{id_});
  EXPECT_EQ(node_.h.executor->RunAsNodeAndWait(std::make_shared<StopShare>(id_, true)),
            absl::OkStatus());
  EXPECT_EQ(State(), record::v1::SENT_STATE_EXPIRED);
  EXPECT_TRUE(due().empty());
}

}  // namespace
}  // namespace sluis::core
