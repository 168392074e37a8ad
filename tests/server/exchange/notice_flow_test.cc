// Who shared a record learns that its recipient was compelled to hand it over: at once, or when the
// order no longer bars it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "server/core/export_compelled.h"
#include "server/envelope/leaf.h"
#include "server/envelope/record_proof.h"
#include "server/envelope/terms.h"
#include "server/storage/clock.h"
#include "tests/support/linked_pair.h"

namespace sluis::exchange {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using tests::CodeOf;
using tests::kCity;
using tests::kWelfare;

constexpr char kReference[] = "MEC 2026/114 inzake Janssens";
constexpr char kAuthority[] = "onderzoeksrechter, afdeling Vaartland";

class NoticeFlowTest : public tests::LinkedPair {
 protected:
  // One that the city opened.
  std::string Opened() {
    const std::string id = DueOf(record_);
    Cross();
    EXPECT_EQ(Sent(id), record::v1::SENT_STATE_OPENED);
    there_ = Received(id).record_id();
    return id;
  }
  absl::Status Export(const std::string& barred_until = {},
                      const std::vector<std::string>& scope = {"statements", "category"}) {
    node::v1::ExportCompelledRequest order;
    *order.mutable_context() = tests::Intake("casemanager");
    order.mutable_context()->set_purpose("gerechtelijk-bevel");
    order.mutable_context()->set_basis("be-gerechtelijk-bevel");
    order.set_record_id(there_);
    order.set_reference(kReference);
    order.set_authority(kAuthority);
    for (const std::string& field : scope) order.add_scope(field);
    order.set_barred_until(barred_until);
    handed_.Clear();
    return city_.h.Run(mia_,
                       std::make_shared<core::ExportCompelled>(order, handed_, city_.h.random));
  }
  std::string InDays(int days) {
    return storage::AddDays(storage::LegalDay(city_.h.clock.NowUs()), days);
  }
  node::v1::SentSummary Listed(bool erased = false) {
    node::v1::ListSentRequest request;
    request.set_erased(erased);
    const auto listed = welfare_.Sent(request);
    EXPECT_TRUE(listed.ok()) << listed.status();
    return listed->sent_size() == 1 ? listed->sent(0) : node::v1::SentSummary();
  }
  void ExpectNothingWrong() {
    EXPECT_THAT(from_welfare_.parked(), IsEmpty());
    EXPECT_THAT(from_city_.parked(), IsEmpty());
    EXPECT_THAT(from_welfare_.faults(), IsEmpty());
    EXPECT_THAT(from_city_.faults(), IsEmpty());
  }

  const std::string record_ = welfare_.Recorded();
  tests::Person mia_ = city_.h.Admit("mia", {"casemanager"});
  node::v1::ExportCompelledResponse handed_;
  std::string there_;
};

TEST_F(NoticeFlowTest, TheSenderLearnsWhatAndWhenAndNotForWhom) {
  const std::string id = Opened();
  ASSERT_EQ(Export(), absl::OkStatus());
  EXPECT_EQ(handed_.view().received().organisation(), kWelfare);
  EXPECT_EQ(handed_.view().received().exchange_id(), id);
  EXPECT_EQ(handed_.told_from(), InDays(0));
  const tests::Opened here = city_.h.Last();
  EXPECT_EQ(here.counterpart.kind(), "notice");
  EXPECT_EQ(here.counterpart.side(), "receiver");
  EXPECT_EQ(here.counterpart.outcome(), "compelled");
  EXPECT_EQ(here.counterpart.exchange_id(), id);

  const uint64_t before = welfare_.h.size();
  SendFromCity();
  ASSERT_EQ(welfare_.h.size(), before + 1);
  const tests::Opened there = welfare_.h.Last();
  EXPECT_EQ(there.counterpart.message_digest(), here.counterpart.message_digest())
      << "both logs name the same";
  EXPECT_EQ(there.counterpart.offer_digest(), here.counterpart.offer_digest());
  EXPECT_THAT(there.subject.record_ids(), ElementsAre(record_));

  ASSERT_EQ(Listed().handed_over_size(), 1);
  const node::v1::HandedOver once = Listed().handed_over(0);
  EXPECT_EQ(once.at_s(), city_.h.clock.NowUs() / 1'000'000);
  EXPECT_THAT(once.scope(), ElementsAre("category", "statements"));
  EXPECT_FALSE(once.barred());
  EXPECT_EQ(Listed().state(), record::v1::SENT_STATE_OPENED);
  const std::string proof = welfare_.Row(id).row.notice_proofs(0);
  EXPECT_EQ(proof.find("Janssens"), std::string::npos);
  EXPECT_EQ(proof.find("onderzoeksrechter"), std::string::npos);

  const uint64_t sizes = welfare_.h.size() + city_.h.size();
  for (int i = 0; i < 3; ++i) {
    Advance(minutes(61));
    SendFromCity();
  }
  EXPECT_EQ(welfare_.h.size() + city_.h.size(), sizes) << "once";
  ExpectNothingWrong();
}

// Log, notice and file named every field that a rule granted, whether it had ever come or not.
TEST_F(NoticeFlowTest, FieldsThatNeverCameWereSaidToBeHandedOver) {
  const std::string id = Opened();
  peer::v1::Offer offer;
  ASSERT_TRUE(offer.ParseFromString(welfare_.Row(id).row.offer()));
  const auto terms = envelope::ReadTerms(offer.terms());
  ASSERT_TRUE(terms.ok()) << terms.status();
  const auto& fields = terms->conditions().fields();
  const std::set<std::string> came(fields.begin(), fields.end());
  ASSERT_EQ(Export({}, {"all"}), absl::OkStatus());
  const auto handed = city_.h.Last().act.scope();
  EXPECT_GT(handed.size(), 3);
  for (const std::string& field : handed) EXPECT_TRUE(came.contains(field)) << field;
  EXPECT_THAT(handed_.view().granted_fields(), ::testing::ElementsAreArray(handed));
  SendFromCity();
  ASSERT_EQ(Listed().handed_over_size(), 1);
  EXPECT_THAT(Listed().handed_over(0).scope(), ::testing::ElementsAreArray(handed));
  ASSERT_FALSE(came.contains("place"));
  EXPECT_EQ(CodeOf(Export({}, {"place", "statements"})), "scope");
}

// The number of the exchange is the one that the sender can name in an order.
TEST_F(NoticeFlowTest, TheNumberOfTheExchangeNamesTheRecordToo) {
  there_ = Opened();
  const uint64_t before = city_.h.size();
  ASSERT_NE(Received(there_).record_id(), there_);
  EXPECT_EQ(Export(), absl::OkStatus());
  EXPECT_EQ(city_.h.size(), before + 1) << "without a refusal first";
}

TEST_F(NoticeFlowTest, WhileTheOrderBarsItNothingTellsTheSender) {
  const std::string id = Opened();
  ASSERT_EQ(Export(InDays(3)), absl::OkStatus());
  EXPECT_EQ(handed_.told_from(), InDays(4));
  EXPECT_EQ(city_.h.Last().act.barred_until(), InDays(3));
  EXPECT_EQ(city_.h.Last().counterpart.SerializeAsString(), "")
      << "an export of this log made for the sender would tell it";
  EXPECT_THAT(from_city_.outbound().Outstanding(kWelfare).value(), IsEmpty());
  const uint64_t before = welfare_.h.size();
  SendFromCity();
  Advance(hours(72));
  SendFromCity();
  EXPECT_EQ(welfare_.h.size(), before);
  EXPECT_EQ(Listed().handed_over_size(), 0);
  from_city_.Restart();
  Advance(hours(24));
  SendFromCity();
  EXPECT_EQ(welfare_.h.Last().counterpart.exchange_id(), id);
  ASSERT_EQ(Listed().handed_over_size(), 1);
  EXPECT_TRUE(Listed().handed_over(0).barred());
  ExpectNothingWrong();
}

TEST_F(NoticeFlowTest, ABarIsADayFromTodayOnAndNotForEver) {
  Opened();
  for (const std::string& day : {InDays(-1), InDays(3661), std::string("2026-13-01")}) {
    const uint64_t before = city_.h.size();
    EXPECT_EQ(CodeOf(Export(day)), "bad_request") << day;
    EXPECT_EQ(city_.h.size(), before + 1) << "refused and logged";
  }
  EXPECT_EQ(Export(InDays(0)), absl::OkStatus());
  EXPECT_EQ(handed_.told_from(), InDays(1));
}

TEST_F(NoticeFlowTest, ItOutlivesTheRecordOnBothSides) {
  const std::string id = Opened();
  ASSERT_EQ(Export(InDays(3)), absl::OkStatus());
  ASSERT_EQ(welfare_.Erase(record_), absl::OkStatus());
  SendFromWelfare();
  SendFromCity();
  ASSERT_EQ(Sent(id), record::v1::SENT_STATE_ERASED);
  ASSERT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_ERASED);
  Advance(hours(96));
  SendFromCity();
  ASSERT_EQ(Listed(true).handed_over_size(), 1);
  EXPECT_EQ(Listed(true).state(), record::v1::SENT_STATE_ERASED);
  ExpectNothingWrong();
}

TEST_F(NoticeFlowTest, AnErasureThatIsAskedIsAnsweredAllTheSame) {
  const std::string id = Opened();
  network_.Cut(kCity, kWelfare);
  ASSERT_EQ(Export(), absl::OkStatus());
  SendFromCity();
  ASSERT_EQ(welfare_.Erase(record_), absl::OkStatus());
  SendFromWelfare();
  network_.Mend(kCity, kWelfare);
  from_city_.Restart();
  SendFromCity();
  SendFromCity();
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_ERASED);
  EXPECT_EQ(Listed(true).handed_over_size(), 1) << "neither pushed the other aside";
  ExpectNothingWrong();
}

TEST_F(NoticeFlowTest, EachTimeIsTold) {
  Opened();
  ASSERT_EQ(Export(), absl::OkStatus());
  Advance(minutes(1));
  ASSERT_EQ(Export(), absl::OkStatus());
  SendFromCity();
  EXPECT_EQ(Listed().handed_over_size(), 1) << "an envelope names an exchange once";
  SendFromCity();
  EXPECT_EQ(Listed().handed_over_size(), 2);
  ExpectNothingWrong();
}

TEST_F(NoticeFlowTest, ItCrossesALocalSuspension) {
  Opened();
  for (tests::ExchangeNode* node : {static_cast<tests::ExchangeNode*>(&welfare_), &city_}) {
    auto terms = node->TermsWithManifest();
    terms->may_exchange = false;
    node->Put(terms);
  }
  ASSERT_EQ(Export(), absl::OkStatus());
  SendFromCity();
  EXPECT_EQ(Listed().handed_over_size(), 1);
  ExpectNothingWrong();
}

TEST_F(NoticeFlowTest, WhatWasErasedHereIsNotHandedOver) {
  Opened();
  ASSERT_EQ(welfare_.Erase(record_), absl::OkStatus());
  SendFromWelfare();
  EXPECT_EQ(CodeOf(Export()), "not_found");
  EXPECT_EQ(city_.h.Last().act.operation(), record::v1::OPERATION_REFUSAL);
}

}  // namespace
}  // namespace sluis::exchange
