// Who a signal is about, once it is known at two nodes: corrected, removed, erased.
#include "tests/server/exchange/identity_pair.h"

namespace sluis::exchange {
namespace {

using tests::CodeOf;
using tests::kOtherSurname;
using tests::Somebody;

class IdentityChangeFlowTest : public tests::IdentityPair {};

TEST_F(IdentityChangeFlowTest, ACorrectionTakesThePlaceOfWhoItWasAbout) {
  const std::string record = Named(), id = DueOf(record);
  Cross();
  const std::string first = Received(id).record_id();
  const ledger::KeyRef first_key = KeyIn(RowOf(city_, first));
  const ledger::KeyRef one_time = Look(city_, [&](const core::View& view) {
    const auto held = core::ReadSealingKey(view, Received(id).sealing_key());
    EXPECT_TRUE(held.ok()) << held.status();
    return held->ref;
  });
  EXPECT_FALSE(IsGone(city_, one_time));
  const record::v1::SubjectIdentity other = Somebody(kOtherSurname);
  ASSERT_EQ(Amend(record, 1, &other), absl::OkStatus());
  const std::string later = Corrected(record, id);
  Cross();
  ASSERT_EQ(Received(id).reason(), "corrected");
  EXPECT_EQ(WhoIs(Received(later).record_id())->surname(), kOtherSurname);
  EXPECT_FALSE(RowOf(city_, first).has_identity());
  EXPECT_TRUE(IsGone(city_, first_key));
  EXPECT_TRUE(IsGone(city_, one_time)) << "it opens what is kept of the exchange";

  const ledger::KeyRef later_key = KeyIn(RowOf(city_, Received(later).record_id()));
  ASSERT_EQ(Amend(record, 2, nullptr), absl::OkStatus());
  const std::string last = Corrected(record, later);
  Cross();
  ASSERT_EQ(Received(last).state(), record::v1::RECEIVED_STATE_OPENED);
  EXPECT_EQ(CodeOf(WhoIs(Received(last).record_id()).status()), "no_identity");
  EXPECT_TRUE(IsGone(city_, later_key)) << "also when the correction names nobody";
}

// Closed ahead of its correction, it waits for that with the rest of the record.
TEST_F(IdentityChangeFlowTest, WhatWasClosedAheadOfItsCorrectionGoesWhenThatIsOpened) {
  const std::string record = Named(), id = DueOf(record);
  Cross();
  const std::string first = Received(id).record_id();
  const ledger::KeyRef key = KeyIn(RowOf(city_, first));
  const record::v1::SubjectIdentity other = Somebody(kOtherSurname);
  ASSERT_EQ(Amend(record, 1, &other), absl::OkStatus());
  const std::string later = Corrected(record, id);
  auto suspended = welfare_.TermsWithManifest();
  suspended->may_exchange = false;
  welfare_.Put(suspended);
  SendFromWelfare();
  ASSERT_EQ(Received(id).reason(), "corrected");
  EXPECT_EQ(CodeOf(WhoIs(first).status()), "withdrawn");
  EXPECT_FALSE(IsGone(city_, key));
  welfare_.Put(welfare_.TermsWithManifest());
  Cross();
  EXPECT_EQ(Received(id).corrected_by(), later);
  EXPECT_FALSE(RowOf(city_, first).has_identity());
  EXPECT_TRUE(IsGone(city_, key));
  EXPECT_EQ(WhoIs(Received(later).record_id())->surname(), kOtherSurname);
}

TEST_F(IdentityChangeFlowTest, WhereErasureIsSuspendedACorrectionLeavesIt) {
  const tests::Person officer = city_.h.Admit("officier", {"privacy-officer"});
  const std::string record = Named(), id = DueOf(record);
  Cross();
  const std::string first = Received(id).record_id();
  const ledger::KeyRef key = KeyIn(RowOf(city_, first));
  ASSERT_EQ(city_.h.Hold(officer, first, true), absl::OkStatus());
  const record::v1::SubjectIdentity other = Somebody(kOtherSurname);
  ASSERT_EQ(Amend(record, 1, &other), absl::OkStatus());
  Corrected(record, id);
  Cross();
  ASSERT_EQ(Received(id).reason(), "corrected");
  EXPECT_FALSE(IsGone(city_, key));
}

TEST_F(IdentityChangeFlowTest, ErasedAtItsOriginItIsErasedThere) {
  const std::string record = Named(), id = DueOf(record);
  Cross();
  const ledger::KeyRef there = KeyIn(RowOf(city_, Received(id).record_id()));
  const ledger::KeyRef here = KeyIn(RowOf(welfare_, record));
  EXPECT_FALSE(IsGone(city_, there));
  ASSERT_EQ(welfare_.Erase(record), absl::OkStatus());
  EXPECT_TRUE(IsGone(welfare_, here));
  for (int i = 0; i < 2; ++i) Cross();
  EXPECT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_ERASED);
  EXPECT_TRUE(IsGone(city_, there));
}

// What could open a share that waits dies with who it is about, and the share with it.
TEST_F(IdentityChangeFlowTest, WhatWasReplacedBeforeTheKeyOpensNothingAnyMore) {
  const std::string record = Named(), id = DueOf(record);
  SendFromWelfare();
  SendFromCity();
  ASSERT_EQ(Sent(id), record::v1::SENT_STATE_RELEASED);
  const record::v1::SentExchange before = welfare_.Row(id).row;
  const auto opens = [&] {
    return Look(welfare_, [&](const core::View& view) {
      return core::OpenIdentityKey(view, RowOf(welfare_, record), before).ok();
    });
  };
  EXPECT_TRUE(opens());
  const record::v1::SubjectIdentity other = Somebody(kOtherSurname);
  ASSERT_EQ(Amend(record, 1, &other), absl::OkStatus());
  EXPECT_FALSE(opens());
  for (int i = 0; i < 2; ++i) Cross();
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_STOPPED);
  EXPECT_EQ(welfare_.Row(id).row.sealed_identity_key(), "");
  EXPECT_EQ(Received(id).record_id(), "");
}

}  // namespace
}  // namespace sluis::exchange
