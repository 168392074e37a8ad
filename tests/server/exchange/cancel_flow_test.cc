// What was taken back is closed where it went, however long that takes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "server/core/sent_cancel.h"
#include "server/core/stop_share.h"
#include "server/storage/clock.h"
#include "tests/support/linked_pair.h"

namespace sluis::exchange {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::IsEmpty;
using tests::CodeOf;
using tests::kCity;
using tests::kWelfare;

class CancelFlowTest : public tests::LinkedPair {
 protected:
  // One that the city opened.
  std::string Opened() {
    const std::string id = Due();
    Cross();
    EXPECT_EQ(Sent(id), record::v1::SENT_STATE_OPENED);
    return id;
  }
  absl::Status Read(const std::string& id) {
    return city_.h.Open(reader_, Received(id).record_id()).status();
  }
  // Taken back while the city is down.
  std::string TakenBackUnheard() {
    std::string id = Opened();
    network_.Cut(kWelfare, kCity);
    EXPECT_EQ(welfare_.Withdraw(id, true), absl::OkStatus());
    SendFromWelfare();
    EXPECT_EQ(Read(id), absl::OkStatus());
    return id;
  }
  // The city comes back, as a new process, and learns what it has to.
  void ComeBack() {
    from_welfare_.Restart();
    from_city_.Restart();
    network_.Mend(kWelfare, kCity);
    HearStatus();
    Advance(minutes(11));
    SendFromWelfare();
  }
  // Closed there, and nothing goes to and fro about it.
  void ExpectClosed(const std::string& id) {
    EXPECT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_CANCELLED);
    EXPECT_EQ(CodeOf(Read(id)), "withdrawn");
    const uint64_t sizes = welfare_.h.size() + city_.h.size();
    for (int i = 0; i < 3; ++i) {
      Advance(minutes(61));
      SendFromWelfare();
      SendFromCity();
    }
    EXPECT_EQ(welfare_.h.size() + city_.h.size(), sizes);
    EXPECT_EQ(from_welfare_.outbound().parked(), 0u);
    EXPECT_THAT(from_city_.parked(), IsEmpty());
  }
  // What leaves now about it, under the terms in force or under others.
  peer::v1::Cancel Leaving(const std::string& id, std::shared_ptr<const core::Terms> terms = {}) {
    const auto snapshot = welfare_.h.ledger->store().NewSnapshot();
    const core::View view(*snapshot, welfare_.h.ledger->keyring());
    core::Call call;
    call.terms = terms ? std::move(terms) : welfare_.h.terms.Get();
    call.now_us = welfare_.h.clock.NowUs();
    call.today = storage::LegalDay(call.now_us);
    const auto leaf = core::OwedCancel(call, view, welfare_.Row(id));
    EXPECT_TRUE(leaf.ok()) << leaf.status();
    peer::v1::Cancel cancel;
    EXPECT_TRUE(leaf.ok() && cancel.ParseFromString(*leaf));
    return cancel;
  }

  tests::Person reader_ = city_.h.Admit("els", {"maatschappelijk-werker"});
};

TEST_F(CancelFlowTest, WhatAPersonTakesBackIsClosedWhereItWent) {
  const std::string id = TakenBackUnheard();
  ComeBack();
  EXPECT_EQ(Received(id).reason(), "withdrawn") << "in the person's name while that holds";
  ExpectClosed(id);
}

// Both were refused at the partner every ten minutes, for good, and people there read on.
TEST_F(CancelFlowTest, AWithdrawalLapsedWithTheMandateThatWasRevoked) {
  const std::string id = TakenBackUnheard();
  welfare_.PutList(2, {std::string(16, 'm')});
  ComeBack();
  ExpectClosed(id);
}

TEST_F(CancelFlowTest, AWithdrawalLapsedWithTheSignatureWhileThePartnerWasDown) {
  const std::string id = TakenBackUnheard();
  Advance(hours(24 * 15));
  ComeBack();
  ExpectClosed(id);
}

TEST_F(CancelFlowTest, AWithdrawalLapsedWithTheMandateKeyThatWasReplaced) {
  const std::string id = TakenBackUnheard();
  EXPECT_EQ(Leaving(id).reason(), peer::v1::CANCEL_REASON_WITHDRAWN);
  EXPECT_TRUE(Leaving(id).has_user());
  auto terms = welfare_.TermsWithManifest();
  auto manifest = std::make_shared<partnership::SignedManifest>(*terms->manifest);
  for (partnership::Member& member : manifest->manifest.members) {
    if (member.organisation != kWelfare) continue;
    for (partnership::Key& key : member.keys) {
      if (key.purpose == crypto::KeyPurpose::kMandate) key.public_key[0] ^= 1;
    }
  }
  terms->manifest = manifest;
  const peer::v1::Cancel leaving = Leaving(id, terms);
  EXPECT_EQ(leaving.reason(), peer::v1::CANCEL_REASON_RULE);
  EXPECT_FALSE(leaving.has_user());
}

// It took the key, opened the record and never said so: nothing could close it there any more.
TEST_F(CancelFlowTest, WhatASilentPartnerOpenedCouldNotBeTakenBack) {
  const std::string id = Due();
  SendFromWelfare();
  SendFromCity();
  network_.Cut(kCity, kWelfare);
  SendFromWelfare();
  ASSERT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_OPENED);
  ASSERT_EQ(Sent(id), record::v1::SENT_STATE_RELEASED);
  Advance(hours(24 * 3));
  ASSERT_EQ(welfare_.h.executor->RunAsNodeAndWait(std::make_shared<core::StopShare>(id, false)),
            absl::OkStatus());
  ASSERT_EQ(Sent(id), record::v1::SENT_STATE_EXPIRED);
  EXPECT_EQ(Read(id), absl::OkStatus());
  ASSERT_EQ(welfare_.Withdraw(id, true), absl::OkStatus());
  SendFromWelfare();
  EXPECT_EQ(CodeOf(Read(id)), "withdrawn");
  network_.Mend(kCity, kWelfare);
  Advance(minutes(11));
  SendFromCity();
  EXPECT_EQ(Sent(id), record::v1::SENT_STATE_WITHDRAWN) << "its late answer changes nothing";
  ExpectClosed(id);
}

}  // namespace
}  // namespace sluis::exchange
