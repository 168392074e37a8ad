// Terms, person, fields and ciphertext of every Offer that ever came stayed at its recipient for
// good: past the end of the record, and of what was refused, ran out, was taken back or was never
// what it promised. Of each of these the binding is left, and what has to be said about it still
// is.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/core/cancel_received.h"
#include "server/core/exchange_upkeep.h"
#include "server/core/node_acts.h"
#include "server/core/quarantine.h"
#include "server/core/take_erasures.h"
#include "server/envelope/leaf.h"
#include "server/ledger/row.h"
#include "server/storage/clock.h"
#include "tests/support/receiving_node.h"

namespace sluis::core {
namespace {

using record::v1::ReceivedState;
using std::chrono::hours;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using tests::MadeOffer;
using tests::ReceivingNode;

class ForgottenTermsTest : public ::testing::Test {
 protected:
  ForgottenTermsTest() { EXPECT_EQ(node_.PutStatus(7), absl::OkStatus()); }

  void Collect() {
    ASSERT_EQ(node_.Collect({&offer_, 1}), absl::OkStatus());
    ASSERT_TRUE(Kept().has_terms) << "the key may still come";
  }
  const std::string& id() const { return offer_.offer.binding().exchange_id(); }
  record::v1::ReceivedExchange Row() { return node_.Received(id())->row; }
  KeptOffer Kept() {
    const absl::StatusOr<KeptOffer> kept = KeptOfferOf(Row());
    EXPECT_TRUE(kept.ok()) << kept.status();
    return kept.ok() ? *kept : KeptOffer{};
  }
  void ExpectForgotten(ReceivedState state) {
    EXPECT_EQ(Row().state(), state);
    EXPECT_FALSE(Kept().has_terms);
    EXPECT_EQ(Kept().binding.SerializeAsString(), offer_.offer.binding().SerializeAsString());
    EXPECT_EQ(Row().offer_digest(), crypto::View(envelope::LeafDigest(offer_.bytes)));
    const std::string row = Row().SerializeAsString();
    for (const std::string& gone :
         {offer_.offer.terms(), offer_.offer.ciphertext(), offer_.terms.salt(),
          offer_.terms.conditions().retention_until(),
          offer_.offer.user().statement().statement()}) {
      ASSERT_FALSE(gone.empty());
      EXPECT_EQ(row.find(gone), std::string::npos) << gone;
    }
    ExpectStillAnswered();
  }
  // The same Offer is known still, and an erasure is answered though nothing is left to erase; it
  // leaves whoever asked in whose name it was to their own node.
  void ExpectStillAnswered() {
    const uint64_t size = node_.h.size();
    EXPECT_EQ(node_.Collect({&offer_, 1}), absl::OkStatus());
    EXPECT_EQ(node_.h.size(), size) << "a copy";
    peer::v1::Erasure asked;
    *asked.mutable_binding() = offer_.offer.binding();
    asked.mutable_binding()->set_kind(peer::v1::ENVELOPE_KIND_ERASURE);
    asked.set_offer_digest(Row().offer_digest());
    asked.set_step(peer::v1::ERASURE_STEP_ASKED);
    asked.set_reason(peer::v1::ERASURE_REASON_PERSON);
    *asked.mutable_user() = offer_.offer.user();
    EXPECT_EQ(node_.RunAsPeer(std::make_shared<TakeErasures>(
                  node_.world.sender.organisation,
                  node_.Leaves(peer::v1::ENVELOPE_KIND_ERASURE, {asked.SerializeAsString()}),
                  std::make_shared<OfferQuota>())),
              absl::OkStatus());
    EXPECT_EQ(Row().state(), record::v1::RECEIVED_STATE_ERASED);
    EXPECT_EQ(node_.OwedFor(id()), "erasure");
  }
  absl::Status RunAsNode(std::shared_ptr<UseCase> use_case) {
    return node_.h.executor->RunAsNodeAndWait(std::move(use_case));
  }
  absl::Status Cancel() {
    peer::v1::Cancel cancel;
    *cancel.mutable_binding() = offer_.offer.binding();
    cancel.mutable_binding()->set_kind(peer::v1::ENVELOPE_KIND_CANCEL);
    cancel.set_offer_digest(std::string(crypto::View(envelope::LeafDigest(offer_.bytes))));
    cancel.set_reason(peer::v1::CANCEL_REASON_RULE);
    return node_.RunAsPeer(std::make_shared<CancelReceived>(
        node_.world.sender.organisation,
        node_.Leaves(peer::v1::ENVELOPE_KIND_CANCEL, {cancel.SerializeAsString()})));
  }
  std::vector<std::string> QuarantineDue() {
    std::vector<std::string> due;
    node_.Look([&](const View& view) {
      due = QuarantinedPastRetention(view, storage::LegalDay(node_.h.clock.NowUs()), 9).value();
    });
    return due;
  }

  ReceivingNode node_;
  MadeOffer offer_ = std::move(node_.world.Offers(1)[0]);
};

TEST_F(ForgottenTermsTest, OfWhatWasErasedOnItsDayTheTermsStayed) {
  Collect();
  ASSERT_EQ(node_.SendKeys({&offer_, 1}), absl::OkStatus());
  ASSERT_TRUE(Kept().has_terms) << "as long as there is a record";
  node_.h.clock.Advance(hours(24 * 400));
  ASSERT_EQ(RunAsNode(std::make_shared<ErasePastRetention>(Row().record_id())), absl::OkStatus());
  EXPECT_EQ(node_.OwedFor(id()), "opened") << "that it was is still to be said";
  ExpectForgotten(record::v1::RECEIVED_STATE_OPENED);
}

TEST_F(ForgottenTermsTest, OfWhatWasTakenBackAfterItsRecordWasErasedTheTermsStayed) {
  Collect();
  ASSERT_EQ(node_.SendKeys({&offer_, 1}), absl::OkStatus());
  ASSERT_EQ(Cancel(), absl::OkStatus());
  EXPECT_TRUE(Kept().has_terms) << "the record is closed, and stays until its day";
  node_.h.clock.Advance(hours(24 * 400));
  ASSERT_EQ(RunAsNode(std::make_shared<ErasePastRetention>(Row().record_id())), absl::OkStatus());
  ExpectForgotten(record::v1::RECEIVED_STATE_CANCELLED);
}

// They came back with a backup, and only the keys of the record were destroyed once more.
TEST_F(ForgottenTermsTest, OfWhatARestoreBroughtBackTheTermsStayed) {
  Collect();
  ASSERT_EQ(node_.SendKeys({&offer_, 1}), absl::OkStatus());
  std::vector<ledger::KeyRef> keys;
  node_.Look([&](const View& view) {
    const auto row = view.ReadRecordRow(Row().record_id());
    ASSERT_TRUE(row.ok());
    keys.push_back({row->bucket(), *crypto::ToFixed<16>(row->key_id())});
  });
  ASSERT_EQ(RunAsNode(std::make_shared<EraseAgain>(keys)), absl::OkStatus());
  EXPECT_EQ(node_.OwedFor(id()), "opened") << "that it was is still to be said";
  ExpectForgotten(record::v1::RECEIVED_STATE_OPENED);
}

TEST_F(ForgottenTermsTest, OfWhatRanOutTheTermsStayed) {
  Collect();
  node_.h.clock.Advance(hours(24 * 15));
  ASSERT_EQ(RunAsNode(std::make_shared<ExpireReceived>(id())), absl::OkStatus());
  ExpectForgotten(record::v1::RECEIVED_STATE_EXPIRED);
}

TEST_F(ForgottenTermsTest, OfWhatWasTakenBackBeforeItsKeyTheTermsStayed) {
  Collect();
  ASSERT_EQ(Cancel(), absl::OkStatus());
  ExpectForgotten(record::v1::RECEIVED_STATE_CANCELLED);
}

TEST_F(ForgottenTermsTest, OfWhatIsRefusedTheTermsStayed) {
  offer_.offer.mutable_user()->mutable_statement()->mutable_signature()->back() ^= 1;
  offer_.bytes = offer_.offer.SerializeAsString();
  ASSERT_EQ(node_.Collect({&offer_, 1}), absl::OkStatus());
  EXPECT_EQ(node_.OwedFor(id()), "refusal");
  ExpectForgotten(record::v1::RECEIVED_STATE_REFUSED);
}

TEST_F(ForgottenTermsTest, OfWhatIsQuarantinedTheTermsStayedPastTheirLastDay) {
  Collect();
  offer_.key = crypto::NewDataKey(node_.world.random);
  ASSERT_EQ(node_.SendKeys({&offer_, 1}), absl::OkStatus());
  ASSERT_EQ(Row().state(), record::v1::RECEIVED_STATE_QUARANTINED);
  EXPECT_TRUE(Kept().has_terms) << "as evidence";
  EXPECT_THAT(QuarantineDue(), IsEmpty());
  node_.h.clock.Advance(hours(24 * 400));
  const std::vector<std::string> due = QuarantineDue();
  ASSERT_THAT(due, SizeIs(1));
  ASSERT_EQ(RunAsNode(std::make_shared<EndQuarantine>(due)), absl::OkStatus());
  EXPECT_THAT(QuarantineDue(), IsEmpty());
  EXPECT_EQ(node_.CounterpartOf(node_.h.size() - 1).kind(), "quarantine");
  EXPECT_EQ(node_.OwedFor(id()), "unopenable") << "that it is so is still to be said";
  ExpectForgotten(record::v1::RECEIVED_STATE_QUARANTINED);
}

// A row that could not be read was due each hour, before all that came after it.
TEST_F(ForgottenTermsTest, WhatIsQuarantinedAndCannotBeReadTakesNobodysTurn) {
  Collect();
  offer_.key = crypto::NewDataKey(node_.world.random);
  ASSERT_EQ(node_.SendKeys({&offer_, 1}), absl::OkStatus());
  node_.h.clock.Advance(hours(24 * 400));
  ASSERT_THAT(QuarantineDue(), SizeIs(1));
  node_.h.store.Tamper(ReceivedKey(id()), ledger::JoinRow(1, "damaged"));
  EXPECT_THAT(QuarantineDue(), IsEmpty());
}

TEST_F(ForgottenTermsTest, WhatIsQuarantinedAndTakenBackEndsAtOnce) {
  Collect();
  offer_.key = crypto::NewDataKey(node_.world.random);
  ASSERT_EQ(node_.SendKeys({&offer_, 1}), absl::OkStatus());
  ASSERT_EQ(Cancel(), absl::OkStatus());
  ASSERT_FALSE(Kept().has_terms);
  node_.h.clock.Advance(hours(24 * 400));
  ASSERT_EQ(RunAsNode(std::make_shared<EndQuarantine>(QuarantineDue())), absl::OkStatus());
  EXPECT_THAT(QuarantineDue(), IsEmpty());
  ExpectForgotten(record::v1::RECEIVED_STATE_CANCELLED);
}

}  // namespace
}  // namespace sluis::core
