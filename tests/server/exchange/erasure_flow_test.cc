// What is erased at its sender is erased where it went, or it is seen that it is not.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

#include "server/core/node_acts.h"
#include "server/core/sealing_key.h"
#include "server/core/sent_erasure.h"
#include "server/ledger/sealed_row.h"
#include "tests/support/linked_pair.h"

namespace sluis::exchange {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::IsEmpty;
using tests::CodeOf;
using tests::kCity;
using tests::kWelfare;

class ErasureFlowTest : public tests::LinkedPair {
 protected:
  // One that the city opened.
  std::string Opened() {
    record_ = welfare_.Recorded();
    const std::string id = DueOf(record_);
    Cross();
    EXPECT_EQ(Sent(id), record::v1::SENT_STATE_OPENED);
    there_ = Received(id).record_id();
    key_ = Received(id).sealing_key();
    return id;
  }
  void Exchange() {
    SendFromWelfare();
    SendFromCity();
  }
  absl::Status Read(const std::string& record_id) {
    return city_.h.Open(reader_, record_id).status();
  }
  template <typename Use>
  auto Look(const tests::ExchangeNode& node, Use use) {
    const auto snapshot = node.h.ledger->store().NewSnapshot();
    const core::View view(*snapshot, node.h.ledger->keyring());
    return use(view);
  }
  // Whether a row of that node's store holds these bytes, as it lies there or when it is opened.
  bool Holds(const tests::ExchangeNode& node, const std::string& bytes) {
    return Look(node, [&](const core::View& view) {
      bool found = false;
      const absl::Status scanned =
          view.snapshot().Scan({}, "\xff", [&](std::string_view key, std::string_view stored) {
            const auto row = ledger::OpenRow(view.keyring(), key, stored);
            found = stored.find(bytes) != std::string_view::npos ||
                    (row.ok() && row->value.find(bytes) != std::string::npos);
            return !found;
          });
      EXPECT_EQ(scanned, absl::OkStatus());
      return found;
    });
  }
  size_t Overdue() {
    return Look(welfare_, [&](const core::View& view) {
      return core::OverdueErasures(view, kCity, welfare_.h.clock.NowUs()).value();
    });
  }
  node::v1::SentSummary Listed() {
    node::v1::ListSentRequest request;
    request.set_erased(true);
    const auto listed = welfare_.Sent(request);
    EXPECT_TRUE(listed.ok()) << listed.status();
    EXPECT_EQ(listed->sent_size(), 1);
    return listed->sent_size() == 1 ? listed->sent(0) : node::v1::SentSummary();
  }
  absl::Status Hold(bool held, const std::string& review_on = "2026-12-01") {
    return city_.h.Hold(officer_, there_, held, review_on);
  }

  tests::Person officer_ = city_.h.Admit("officier", {"privacy-officer"});
  tests::Person reader_ = city_.h.Admit("els", {"maatschappelijk-werker"});
  std::string record_, there_, key_;
};

TEST_F(ErasureFlowTest, WhatAPersonErasesIsErasedWhereItWent) {
  const std::string id = Opened();
  const std::string ciphertext = welfare_.Offer(id).offer.ciphertext();
  const std::string terms = welfare_.Offer(id).offer.terms();
  ASSERT_TRUE(Holds(city_, ciphertext) && Holds(welfare_, terms));
  EXPECT_EQ(CodeOf(welfare_.Erase(record_, false)), "erasure_unsigned");
  ASSERT_EQ(welfare_.Erase(record_), absl::OkStatus());
  EXPECT_EQ(welfare_.erased.partners_asked(), 1u);
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_ERASING);
  EXPECT_FALSE(Holds(welfare_, ciphertext) || Holds(welfare_, terms));
  EXPECT_EQ(Listed().erasure_day(), "");

  const uint64_t before = city_.h.size();
  Exchange();
  EXPECT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_ERASED);
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_ERASED);
  EXPECT_EQ(Listed().state(), record::v1::SENT_STATE_ERASED);
  EXPECT_EQ(Listed().erasure_day(), "2026-10-20");
  EXPECT_FALSE(Listed().erasure_overdue());
  EXPECT_EQ(welfare_.Owed(id).kind(), 0u);

  const auto entries = city_.h.Entries(before);
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].act.operation(), record::v1::OPERATION_ERASURE);
  EXPECT_EQ(entries[0].actor.user_id(), "");
  EXPECT_EQ(CodeOf(Read(there_)), "not_found");
  // Neither the record nor what was recorded of the link can be opened from what the city has.
  EXPECT_FALSE(Holds(city_, ciphertext) || Holds(city_, terms));
  Look(city_, [&](const core::View& view) {
    EXPECT_TRUE(absl::IsNotFound(view.OpenRecord(there_).status()));
    EXPECT_FALSE(core::OpenSealingKey(view, key_).ok());
    return 0;
  });
  const uint64_t sizes = welfare_.h.size() + city_.h.size();
  for (int i = 0; i < 3; ++i) {
    Advance(minutes(61));
    Exchange();
  }
  EXPECT_EQ(welfare_.h.size() + city_.h.size(), sizes) << "once";
  EXPECT_THAT(from_welfare_.parked(), IsEmpty());
  EXPECT_THAT(from_city_.parked(), IsEmpty());
  EXPECT_THAT(from_welfare_.faults(), IsEmpty());
  EXPECT_THAT(from_city_.faults(), IsEmpty());
}

// Reconciling showed the intent and nothing else, for good.
TEST_F(ErasureFlowTest, TheLogDidNotSayHowAShareEndedWhoseRecordWasErasedOnItsWay) {
  for (const bool departed : {false, true}) {
    const std::string record = welfare_.Recorded();
    const std::string id = departed ? DueOf(record) : welfare_.Shared(record);
    if (departed) SendFromWelfare();
    const uint64_t before = welfare_.h.size();
    ASSERT_EQ(welfare_.Erase(record), absl::OkStatus());
    EXPECT_EQ(Sent(id), record::v1::SENT_STATE_WITHDRAWN);
    const auto entries = welfare_.h.Entries(before);
    ASSERT_GE(entries.size(), 2u);
    const auto& [erasure, end] = std::tie(entries[entries.size() - 2], entries.back());
    EXPECT_EQ(erasure.act.operation(), record::v1::OPERATION_ERASURE);
    EXPECT_EQ(end.counterpart.exchange_id(), id);
    EXPECT_EQ(end.counterpart.kind(), departed ? "cancel" : "end");
    EXPECT_THAT(end.subject.record_ids(), IsEmpty()) << "nothing that has to be erased";
    EXPECT_EQ(welfare_.Owed(id).kind() == peer::v1::ENVELOPE_KIND_CANCEL, departed);
    SendFromWelfare();
    EXPECT_EQ(Received(id).state(), departed ? record::v1::RECEIVED_STATE_CANCELLED
                                             : record::v1::RECEIVED_STATE_UNSPECIFIED);
  }
}

TEST_F(ErasureFlowTest, AKeyOnItsWayIsErasedToo) {
  record_ = welfare_.Recorded();
  const std::string id = DueOf(record_);
  SendFromWelfare();
  SendFromCity();
  ASSERT_EQ(Sent(id), record::v1::SENT_STATE_RELEASED);
  ASSERT_EQ(welfare_.Erase(record_), absl::OkStatus());
  Exchange();
  EXPECT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_ERASED);
  EXPECT_EQ(Received(id).record_id(), "");
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_ERASED);
  EXPECT_GT(Listed().erasure_day(), "2026-10-20") << "the one-time key lives until its window ends";
}

TEST_F(ErasureFlowTest, RetentionIsSignedByTheNodeAsATimer) {
  const std::string id = Opened();
  Advance(hours(24 * 400));
  ASSERT_EQ(
      welfare_.h.executor->RunAsNodeAndWait(std::make_shared<core::ErasePastRetention>(record_)),
      absl::OkStatus());
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_ERASING);
  peer::v1::Erasure asked;
  ASSERT_TRUE(asked.ParseFromString(welfare_.Row(id).row.erasure()));
  EXPECT_EQ(asked.reason(), peer::v1::ERASURE_REASON_NODE);
  EXPECT_FALSE(asked.has_user());
}

TEST_F(ErasureFlowTest, AHoldSuspendsItAndItsEndErases) {
  const std::string id = Opened();
  ASSERT_EQ(Hold(true), absl::OkStatus());
  ASSERT_EQ(welfare_.Erase(record_), absl::OkStatus());
  Exchange();
  EXPECT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_HELD);
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_HELD);
  EXPECT_EQ(Listed().erasure_day(), "2026-12-01");
  EXPECT_EQ(CodeOf(Read(there_)), "withdrawn") << "kept, and read by nobody";
  EXPECT_EQ(Overdue(), 0u);
  const uint64_t sizes = welfare_.h.size() + city_.h.size();
  Exchange();
  EXPECT_EQ(welfare_.h.size() + city_.h.size(), sizes);

  ASSERT_EQ(Hold(false), absl::OkStatus());
  EXPECT_EQ(city_.h.Last().act.operation(), record::v1::OPERATION_ERASURE);
  EXPECT_EQ(CodeOf(Read(there_)), "not_found");
  Exchange();
  EXPECT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_ERASED);
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_ERASED);
}

TEST_F(ErasureFlowTest, AHoldPastItsReviewIsAskedAboutAndAlarms) {
  const std::string id = Opened();
  ASSERT_EQ(Hold(true, "2026-10-20"), absl::OkStatus());
  ASSERT_EQ(welfare_.Erase(record_), absl::OkStatus());
  Exchange();
  ASSERT_EQ(Sent(id), record::v1::SENT_STATE_HELD);
  Advance(hours(24 * 17));
  const uint64_t city = city_.h.size();
  Exchange();
  EXPECT_GT(city_.h.size(), city) << "asked again after the review";
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_HELD);
  EXPECT_EQ(Overdue(), 1u);
  EXPECT_TRUE(Listed().erasure_overdue());
  ASSERT_EQ(Hold(false), absl::OkStatus());
  Exchange();
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_ERASED);
  EXPECT_EQ(Overdue(), 0u);
}

TEST_F(ErasureFlowTest, APartnerThatIsDownAlarmsAndErasesWhenItIsBack) {
  const std::string id = Opened();
  network_.Cut(kWelfare, kCity);
  ASSERT_EQ(welfare_.Erase(record_), absl::OkStatus());
  SendFromWelfare();
  Advance(hours(24) - minutes(1));
  EXPECT_EQ(Overdue(), 0u);
  Advance(minutes(1));
  EXPECT_EQ(Overdue(), 1u);
  EXPECT_TRUE(Listed().erasure_overdue());
  // Long after the person's signature ran out.
  Advance(hours(24 * 20));
  from_welfare_.Restart();
  from_city_.Restart();
  network_.Mend(kWelfare, kCity);
  Exchange();
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_ERASED);
  EXPECT_EQ(CodeOf(Read(there_)), "not_found");
  EXPECT_EQ(Overdue(), 0u);
}

TEST_F(ErasureFlowTest, ALostAnswerIsSentAgain) {
  const std::string id = Opened();
  ASSERT_EQ(welfare_.Erase(record_), absl::OkStatus());
  SendFromWelfare();
  network_.Cut(kCity, kWelfare);
  SendFromCity();
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_ERASING);
  from_city_.Restart();
  network_.Mend(kCity, kWelfare);
  SendFromCity();
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_ERASED);
}

TEST_F(ErasureFlowTest, ItCrossesALocalSuspension) {
  const std::string id = Opened(), other = Due();
  SendFromWelfare();
  for (tests::ExchangeNode* node : {static_cast<tests::ExchangeNode*>(&welfare_), &city_}) {
    auto terms = node->TermsWithManifest();
    terms->may_exchange = false;
    node->Put(terms);
  }
  ASSERT_EQ(welfare_.Erase(record_), absl::OkStatus());
  ASSERT_EQ(welfare_.Withdraw(other, true), absl::OkStatus());
  for (int i = 0; i < 2; ++i) Exchange();
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_ERASED);
  EXPECT_EQ(CodeOf(Read(there_)), "not_found");
  EXPECT_EQ(Received(other).state(), record::v1::RECEIVED_STATE_CANCELLED);
  EXPECT_THAT(from_welfare_.parked(), IsEmpty());
  EXPECT_THAT(from_city_.parked(), IsEmpty());
}

TEST_F(ErasureFlowTest, WhatIsErasedDoesNotComeBack) {
  record_ = welfare_.Recorded();
  const std::string id = DueOf(record_);
  std::vector<peer::v1::DeliverRequest> caught;
  // A copy of everything that goes to the city.
  const PeerAnswers answers = network_.AnswersOf(kCity);
  network_.Put(kCity, {.heartbeat = {},
                       .deliver = [&caught, answers](const std::string& sender,
                                                     const peer::v1::DeliverRequest& request,
                                                     std::function<void(absl::Status)> done) {
                         caught.push_back(request);
                         answers.deliver(sender, request, std::move(done));
                       }});
  Cross();
  ASSERT_EQ(Sent(id), record::v1::SENT_STATE_OPENED);
  there_ = Received(id).record_id();
  ASSERT_EQ(welfare_.Erase(record_), absl::OkStatus());
  Exchange();
  ASSERT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_ERASED);
  ASSERT_EQ(caught.size(), 3u) << "offer, key, erasure";
  const uint64_t size = city_.h.size();
  const std::vector<peer::v1::DeliverRequest> copies = caught;
  for (const peer::v1::DeliverRequest& copy : copies) {
    absl::Status answer;
    network_.PeersOf(kWelfare)->Deliver(
        kCity, copy,
        [&answer](absl::StatusOr<peer::v1::DeliverResponse> got) { answer = got.status(); });
    EXPECT_EQ(answer, absl::OkStatus()) << "a copy changes nothing";
  }
  EXPECT_EQ(city_.h.size(), size);
  EXPECT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_ERASED);
  EXPECT_EQ(CodeOf(Read(there_)), "not_found");
}

// The city was put back from a copy of before it had received this: it was asked for ever.
TEST_F(ErasureFlowTest, AnErasureOfWhatThePartnerLostNeverEnded) {
  const std::string receipt = welfare_.Row(Opened()).row.receipt_proof();
  const std::string lost = welfare_.Recorded(), id = DueOf(lost);
  core::SentRow row = welfare_.Row(id);
  row.row.set_state(record::v1::SENT_STATE_RELEASED);
  row.row.set_receipt_proof(receipt);
  welfare_.h.PutRow(core::SentKey(id), row.stamp, row.row.SerializeAsString());
  ASSERT_EQ(welfare_.Erase(lost), absl::OkStatus());
  ASSERT_EQ(Sent(id), record::v1::SENT_STATE_ERASING);
  Exchange();
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_ERASED);
  EXPECT_GT(Listed().erasure_day(), "2026-10-05");
  const uint64_t sizes = welfare_.h.size() + city_.h.size();
  for (int i = 0; i < 3; ++i) {
    Advance(minutes(61));
    Exchange();
  }
  EXPECT_EQ(welfare_.h.size() + city_.h.size(), sizes);
  EXPECT_EQ(from_welfare_.outbound().parked(), 0u);
}

TEST_F(ErasureFlowTest, OnlyWithTheSignatureOfThePersonInWhoseNameItIs) {
  const std::string id = Opened();
  ASSERT_EQ(welfare_.Erase(record_), absl::OkStatus());
  // The node alone, pretending that the officer signed this.
  core::SentRow row = welfare_.Row(id);
  peer::v1::Erasure asked;
  ASSERT_TRUE(asked.ParseFromString(row.row.erasure()));
  asked.mutable_user()->mutable_statement()->mutable_signature()->back() ^= 1;
  row.row.set_erasure(asked.SerializeAsString());
  welfare_.h.PutRow(core::SentKey(id), row.stamp, row.row.SerializeAsString());
  Exchange();
  EXPECT_EQ(city_.h.Last().act.refusal(), "signature");
  EXPECT_EQ(Read(there_), absl::OkStatus());
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_ERASING);
  EXPECT_EQ(from_welfare_.outbound().parked(), 1u);
}

}  // namespace
}  // namespace sluis::exchange
