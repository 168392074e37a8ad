// One record crosses between two nodes, step by step: no sockets, no time that passes by itself.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "server/core/drop_taken.h"
#include "server/core/outbox.h"
#include "server/core/sent_exchange.h"
#include "server/exchange/owed.h"
#include "server/ledger/row.h"
#include "tests/support/linked_pair.h"

namespace sluis::exchange {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::IsEmpty;
using tests::kCity;
using tests::kWelfare;

using ExchangeFlowTest = tests::LinkedPair;

TEST_F(ExchangeFlowTest, ARecordCrossesAndBothLogsSaySo) {
  const std::string id = Due();
  SendFromWelfare();
  EXPECT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_COLLECTED);
  EXPECT_EQ(Received(id).record_id(), "") << "nothing can be read before the receipt";
  SendFromCity();
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_RELEASED);
  SendFromWelfare();
  EXPECT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_OPENED);
  SendFromCity();
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_OPENED);

  tests::Person reader = city_.h.Admit("els", {"maatschappelijk-werker"});
  const auto opened = city_.h.Open(reader, Received(id).record_id());
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->content().statements(0).text(),
            tests::PersonSignal().content().statements(0).text());
  EXPECT_EQ(opened->content().contributor(), "");
  EXPECT_EQ(opened->content().subject_ref(), "");
  EXPECT_THAT(from_welfare_.parked(), IsEmpty());
  EXPECT_THAT(from_city_.parked(), IsEmpty());
  EXPECT_THAT(from_welfare_.faults(), IsEmpty());
  EXPECT_THAT(from_city_.faults(), IsEmpty());
}

// An answer that was taken stayed in the outbox for good: after 4,096 of them nothing left any
// more.
TEST_F(ExchangeFlowTest, TakenAnswersStayedInTheOutbox) {
  const std::string id = Due();
  Cross();
  const auto rows = [this] {
    const auto snapshot = city_.h.ledger->store().NewSnapshot();
    const core::View view(*snapshot, city_.h.ledger->keyring());
    const auto owed =
        OwedRows().To(view, kWelfare, city_.h.clock.NowUs(), [](const Owed&) { return true; });
    return owed.ok() ? owed->size() : 99;
  };
  EXPECT_EQ(rows(), 1u) << "Opened, until somebody strikes it off";
  EXPECT_THAT(*from_city_.outbound().Outstanding(kWelfare), IsEmpty());
  const auto settled = from_city_.outbound().Settled(kWelfare);
  ASSERT_TRUE(settled.ok());
  ASSERT_EQ(settled->size(), 1u);
  const core::TakenMessage taken{kWelfare, std::string(settled->front().id()),
                                 settled->front().kind};
  core::TakenMessage other = taken;
  other.kind = peer::v1::ENVELOPE_KIND_RECEIPT;
  EXPECT_EQ(
      city_.h.executor->RunAsNodeAndWait(std::make_shared<core::DropTaken>(std::vector{other}))
          .code(),
      absl::StatusCode::kFailedPrecondition)
      << "what is owed by now is something else";
  EXPECT_EQ(rows(), 1u);
  EXPECT_EQ(
      city_.h.executor->RunAsNodeAndWait(std::make_shared<core::DropTaken>(std::vector{taken})),
      absl::OkStatus());
  EXPECT_EQ(rows(), 0u);
  EXPECT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_OPENED);
}

TEST_F(ExchangeFlowTest, NothingLeavesInItsCoolingOffTime) {
  const std::string id = welfare_.Shared(welfare_.Recorded());
  Advance(hours(4) - seconds(1));
  Cross();
  EXPECT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_UNSPECIFIED);
  Advance(seconds(1));
  Cross();
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_OPENED);
}

TEST_F(ExchangeFlowTest, AShareWaitsForAPartnerThatIsDownAndArrivesOnce) {
  const std::string id = Due();
  network_.Cut(kWelfare, kCity);
  for (int i = 0; i < 5; ++i) {
    SendFromWelfare();
    Advance(minutes(2));
  }
  EXPECT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_UNSPECIFIED);
  network_.Mend(kWelfare, kCity);
  Cross();
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_OPENED);
  const uint64_t sizes = welfare_.h.size() + city_.h.size();
  for (int i = 0; i < 5; ++i) {
    Advance(minutes(2));
    Cross();
  }
  EXPECT_EQ(welfare_.h.size() + city_.h.size(), sizes) << "once, and two idle nodes write nothing";
}

TEST_F(ExchangeFlowTest, WithdrawnBeforeItLeftNobodyHearsOfIt) {
  const std::string id = welfare_.Shared(welfare_.Recorded());
  ASSERT_EQ(welfare_.Withdraw(id, false), absl::OkStatus());
  Advance(hours(4));
  const uint64_t city = city_.h.size();
  Cross();
  EXPECT_EQ(city_.h.size(), city);
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_WITHDRAWN);
}

TEST_F(ExchangeFlowTest, WithdrawnAfterTheOfferItEndsThereBeforeTheKey) {
  const std::string id = Due();
  SendFromWelfare();
  ASSERT_EQ(welfare_.Withdraw(id, true), absl::OkStatus());
  SendFromWelfare();
  EXPECT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_CANCELLED);
  Cross();
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_WITHDRAWN);
  EXPECT_EQ(Received(id).record_id(), "");
}

// Each lost answer makes the sender send again; the recipient answers a copy as it did the first.
TEST_F(ExchangeFlowTest, ARestartAtEachStepLosesNothingAndDoublesNothing) {
  const std::string id = Due();
  for (int step = 0; step < 4; ++step) {
    (step % 2 == 0) ? SendFromWelfare() : SendFromCity();
    from_welfare_.Restart();
    from_city_.Restart();
  }
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_OPENED);
  EXPECT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_OPENED);
}

TEST_F(ExchangeFlowTest, AnEnvelopeIsTakenFromItsSenderOnlyAndUnalteredOnly) {
  const std::string id = Due();
  peer::v1::DeliverRequest caught;
  network_.Put(kCity,
               {.heartbeat = {},
                .deliver = [&caught](const std::string&, const peer::v1::DeliverRequest& request,
                                     const std::function<void(absl::Status)>& done) {
                  caught = request;
                  done(absl::UnavailableError("caught"));
                }});
  SendFromWelfare();
  from_city_.Restart();
  const auto deliver = [this](const char* from, const peer::v1::DeliverRequest& request) {
    absl::Status answer;
    network_.PeersOf(from)->Deliver(
        kCity, request,
        [&answer](absl::StatusOr<peer::v1::DeliverResponse> got) { answer = got.status(); });
    return answer;
  };
  EXPECT_TRUE(absl::IsPermissionDenied(deliver(tests::kPolice, caught)));
  peer::v1::DeliverRequest altered = caught;
  altered.mutable_envelope()->mutable_leaves(0)->back() ^= 1;
  EXPECT_TRUE(absl::IsPermissionDenied(deliver(kWelfare, altered)));
  EXPECT_TRUE(absl::IsPermissionDenied(deliver(kWelfare, {})));
  ASSERT_EQ(from_city_.parked().size(), 3u);
  EXPECT_EQ(from_city_.parked()[0], envelope::Fault::kSender);
  EXPECT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_UNSPECIFIED);

  EXPECT_EQ(deliver(kWelfare, caught), absl::OkStatus());
  EXPECT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_COLLECTED);
  const uint64_t size = city_.h.size();
  EXPECT_EQ(deliver(kWelfare, caught), absl::OkStatus()) << "a copy is answered like the first";
  EXPECT_EQ(city_.h.size(), size);
}

TEST_F(ExchangeFlowTest, DecidedAgainBeforeItLeavesAndBeforeTheKey) {
  const std::string early = Due();
  SendFromWelfare();
  SendFromCity();
  ASSERT_EQ(Sent(early), record::v1::SENT_STATE_RELEASED);
  const std::string late = Due();
  ASSERT_EQ(welfare_.h.RevokeUser(welfare_.h.administrator, "jan"), absl::OkStatus());
  for (int i = 0; i < 3; ++i) Cross();
  EXPECT_EQ(Sent(late), record::v1::SENT_STATE_STOPPED);
  EXPECT_EQ(Received(late).state(), record::v1::RECEIVED_STATE_UNSPECIFIED)
      << "nobody there hears of it";
  EXPECT_EQ(Sent(early), record::v1::SENT_STATE_STOPPED);
  EXPECT_EQ(Received(early).state(), record::v1::RECEIVED_STATE_CANCELLED) << "without the key";
  EXPECT_EQ(Received(early).record_id(), "");
}

// New rules, or the end of the signature, between the Key and the Opened on its way back: the
// record that the partner had opened under both permits was closed there.
TEST_F(ExchangeFlowTest, WhatThePartnerOpenedWasCancelledWhileItsAnswerWasOnItsWay) {
  const std::string id = Due();
  SendFromWelfare();
  SendFromCity();
  network_.Cut(kCity, kWelfare);
  SendFromWelfare();
  ASSERT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_OPENED);
  ASSERT_EQ(Sent(id), record::v1::SENT_STATE_RELEASED);
  ASSERT_EQ(welfare_.h.RevokeUser(welfare_.h.administrator, "jan"), absl::OkStatus());
  for (int i = 0; i < 3; ++i) {
    Advance(minutes(2));
    Cross();
  }
  EXPECT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_OPENED);
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_RELEASED) << "open, until the answer is there";
  network_.Mend(kCity, kWelfare);
  for (int i = 0; i < 3; ++i) {
    Advance(minutes(2));
    Cross();
  }
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_OPENED);
}

// What a partner does not believe waits, and what has nothing to do with it goes on.
TEST_F(ExchangeFlowTest, WhatIsNotBelievedIsParkedAndComesAgain) {
  const std::string id = Due();
  network_.Answer(kWelfare, kCity, absl::PermissionDeniedError("not accepted"));
  SendFromWelfare();
  EXPECT_EQ(from_welfare_.outbound().parked(), 1u);
  network_.Mend(kWelfare, kCity);
  SendFromWelfare();
  EXPECT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_UNSPECIFIED) << "not at once";
  Advance(minutes(10));
  Cross();
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_OPENED);
  EXPECT_EQ(from_welfare_.outbound().parked(), 0u);
}

// A record shared between a new list of revoked mandates and the heartbeat that brings it over was
// parked for ten minutes, as if it had not been believed.
TEST_F(ExchangeFlowTest, WhatWaitsForTheNewestListOfRevokedMandatesWasParkedForTenMinutes) {
  const std::string before = welfare_.Shared(welfare_.Recorded());
  welfare_.PutList(2, {});
  const std::string after = Due();
  SendFromWelfare();
  EXPECT_EQ(Received(before).state(), record::v1::RECEIVED_STATE_COLLECTED)
      << "it needs no newer list";
  EXPECT_EQ(Received(after).state(), record::v1::RECEIVED_STATE_UNSPECIFIED);
  for (int i = 0; i < 3; ++i) {
    const uint64_t size = city_.h.size();
    SendFromWelfare();
    EXPECT_EQ(city_.h.size(), size) << "it is not asked all the time";
    Advance(seconds(1 << i));
    // Alone, each of the two that were in one envelope; which of them first is random.
    SendFromWelfare();
    SendFromWelfare();
  }
  HearStatus();
  Advance(seconds(8));
  for (int i = 0; i < 2; ++i) Cross();
  EXPECT_EQ(Sent(before), record::v1::SENT_STATE_OPENED);
  EXPECT_EQ(Sent(after), record::v1::SENT_STATE_OPENED);
  EXPECT_EQ(from_welfare_.outbound().parked(), 0u);
}

// A row of the outbox, and a record, that could no longer be read held up everything that came with
// them, and with it the partner.
TEST_F(ExchangeFlowTest, OneUnreadableRecordHeldUpEverythingOfAPartner) {
  const std::string record = welfare_.Recorded();
  const std::string damaged = welfare_.Shared(record);
  const std::string whole = Due();
  SendFromWelfare();
  ASSERT_EQ(Received(damaged).state(), record::v1::RECEIVED_STATE_COLLECTED);
  record::v1::StoredRecord row;
  const std::string key = core::RecordKey(record);
  const auto stored = ledger::SplitRow(**welfare_.h.store.Get(key));
  ASSERT_TRUE(row.ParseFromString(stored->value));
  row.mutable_sealed()->back() = static_cast<char>(row.sealed().back() ^ 1);
  welfare_.h.store.Tamper(key, ledger::JoinRow(stored->stamp, row.SerializeAsString()));
  welfare_.h.store.Tamper(core::OutboxKey(kCity, std::string(16, '\0')), "x");
  for (int i = 0; i < 4; ++i) {
    from_city_.Round().IgnoreError();
    from_welfare_.Round().IgnoreError();
    Advance(seconds(5));
  }
  EXPECT_EQ(Sent(whole), record::v1::SENT_STATE_OPENED);
  EXPECT_EQ(Sent(damaged), record::v1::SENT_STATE_COOLING_OFF) << "and it waits";
  EXPECT_EQ(from_city_.outbound().parked(), 1u);
  EXPECT_FALSE(from_welfare_.faults().empty()) << "and somebody is told";
}

// What a partner took and has not answered filled the window of 4,096, and nothing else left.
TEST_F(ExchangeFlowTest, WhatWasTakenLatelyFilledTheWindow) {
  const std::string id = Due();
  const uint64_t now_us = welfare_.h.clock.NowUs();
  record::v1::OwedMessage owed;
  owed.set_kind(peer::v1::ENVELOPE_KIND_OFFER);
  owed.set_not_before_us(1);
  std::vector<Acknowledgements::Delivered> taken;
  for (uint64_t i = 0; i < kMostOwed + 10; ++i) {
    std::string other(8, '\0');
    crypto::AppendU64(other, i);
    taken.push_back({*crypto::ToFixed<16>(other), {}});
    welfare_.h.PutRow(core::OutboxKey(kCity, other), 1, owed.SerializeAsString());
  }
  ASSERT_EQ(from_welfare_.acknowledgements().Take(peer::v1::ENVELOPE_KIND_OFFER, taken, now_us),
            absl::OkStatus());
  SendFromWelfare();
  EXPECT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_COLLECTED);
}

// Terms that ended while an envelope was being filled did not keep it from leaving.
TEST_F(ExchangeFlowTest, OffersLeftUnderTermsNoLongerInForce) {
  const std::string record = welfare_.Recorded();
  const std::string stopped = welfare_.Shared(record);
  Advance(seconds(1));
  const std::string id = Due();
  ASSERT_EQ(welfare_.h.Withdraw(welfare_.jan, record), absl::OkStatus());
  welfare_.h.ledger->BeforeNext([this] {
    auto changed = std::make_shared<core::Terms>(*welfare_.h.terms.Get());
    changed->may_exchange = false;
    welfare_.h.terms.Set(std::move(changed));
  });
  from_welfare_.Round().IgnoreError();
  EXPECT_EQ(Sent(stopped), record::v1::SENT_STATE_STOPPED);
  EXPECT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_UNSPECIFIED);
}

// One look at the outbox ended thousands of exchanges, each with a write, before anything left.
TEST_F(ExchangeFlowTest, ARoundEndedAnyNumberOfExchanges) {
  const std::string record = welfare_.Recorded();
  std::vector<std::string> ids;
  for (size_t i = 0; i < Outbound::kMostStopped + 8; ++i) ids.push_back(welfare_.Shared(record));
  Advance(hours(4));
  ASSERT_EQ(welfare_.h.Withdraw(welfare_.jan, record), absl::OkStatus());
  const auto stopped = [&] {
    return static_cast<size_t>(std::count_if(ids.begin(), ids.end(), [this](const auto& id) {
      return Sent(id) == record::v1::SENT_STATE_STOPPED;
    }));
  };
  SendFromWelfare();
  EXPECT_EQ(stopped(), Outbound::kMostStopped);
  SendFromWelfare();
  EXPECT_EQ(stopped(), ids.size());
}

// What was sent alone was overtaken by what came later in the same case.
TEST_F(ExchangeFlowTest, ALaterOfferOvertookTheOneThatIsSentAlone) {
  std::vector<int> sizes;
  absl::Status answer = absl::PermissionDeniedError("not accepted");
  network_.Put(kCity, {.heartbeat = {},
                       .deliver = [&](const std::string&, const peer::v1::DeliverRequest& request,
                                      const std::function<void(absl::Status)>& done) {
                         sizes.push_back(request.envelope().leaves_size());
                         done(answer);
                       }});
  for (int i = 0; i < 3; ++i) {
    welfare_.Shared(welfare_.Recorded());
    Advance(seconds(1));
  }
  Advance(seconds(90));
  welfare_.Shared(welfare_.Recorded());
  Advance(hours(4) - seconds(90));
  SendFromWelfare();
  answer = absl::OkStatus();
  SendFromWelfare();
  Advance(seconds(90));
  SendFromWelfare();
  EXPECT_THAT(sizes, ::testing::ElementsAre(3, 1, 1));
}

// The key that is owed did not say of which case it is.
TEST_F(ExchangeFlowTest, AKeyWasOwedToNoCase) {
  const std::string id = Due();
  const std::string token = welfare_.Owed(id).case_token();
  ASSERT_EQ(token.size(), 32u);
  SendFromWelfare();
  SendFromCity();
  ASSERT_EQ(welfare_.Owed(id).kind(), peer::v1::ENVELOPE_KIND_KEY);
  EXPECT_EQ(welfare_.Owed(id).case_token(), token);
}

}  // namespace
}  // namespace sluis::exchange
