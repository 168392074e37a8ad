// A key and the time of its exchange cross each other: it is taken where that time is over, or its
// answer comes when it is over here. The daemon's own wiring, with its housekeeping.

#include <gtest/gtest.h>

#include "server/core/received_exchange.h"
#include "server/core/sent_exchange.h"
#include "tests/fault/exchange_account.h"
#include "tests/fault/five_nodes.h"

namespace sluis::fault {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr size_t kSender = FiveNodes::kLindervaart;
constexpr size_t kRecipient = FiveNodes::kZandrode;

class ExchangeLateTest : public ::testing::Test {
 protected:
  ExchangeLateTest() { five_.Exchange(); }

  // What it owes is on its way.
  void Look(size_t at) { EXPECT_EQ(five_.node(at).Round(), absl::OkStatus()); }
  void Arrive() {
    while (five_.network().Step()) {
    }
  }
  void Send(size_t at) {
    Look(at);
    Arrive();
  }
  void KeepHouse(size_t at) { EXPECT_EQ(five_.node(at).KeepHouse(), absl::OkStatus()); }
  std::string Share(std::chrono::seconds lifetime) {
    const auto record = five_.person(kSender).Record(About::kPlace, "een hangplek");
    EXPECT_TRUE(record.ok()) << record.status();
    std::string id;
    EXPECT_EQ(five_.person(kSender).Share({.about = About::kPlace,
                                           .record_id = record.value_or(""),
                                           .to = five_.node(kRecipient).organisation(),
                                           .lifetime = lifetime},
                                          id),
              absl::OkStatus());
    return id;
  }
  // Offers and Receipts of what was shared have crossed, and the Keys are on their way.
  void KeysOnTheirWay() {
    five_.Advance(hours(4));
    Send(kSender);
    Send(kRecipient);
    Look(kSender);
  }
  // Whatever the recipient sends is lost from now on, until the network is mended.
  void LoseAnswers() {
    five_.network().Cut(five_.node(kRecipient).organisation(), five_.node(kSender).organisation());
  }

  record::v1::SentExchange Sent(const std::string& id) {
    record::v1::SentExchange row;
    five_.node(kSender).Look([&](const core::View& view) {
      if (const auto sent = core::ReadSent(view, id); sent.ok()) row = sent->row;
    });
    return row;
  }
  record::v1::ReceivedExchange Received(const std::string& id) {
    record::v1::ReceivedExchange row;
    five_.node(kRecipient).Look([&](const core::View& view) {
      if (const auto received = core::ReadReceived(view, id); received.ok()) row = received->row;
    });
    return row;
  }
  std::string VerdictOf(const std::string& id) {
    const LogsAccount account = AccountOf(five_);
    for (const std::string& violation : account.violations) ADD_FAILURE() << violation;
    const auto found = account.exchanges.find(id);
    return found == account.exchanges.end() ? "" : found->second.verdict;
  }

  FiveNodes five_{5};
};

// A key came among others when its own time was over there: the envelope was taken, and this one
// never used. Its sender waited for the answer that a key which was taken gets, for good.
TEST_F(ExchangeLateTest, AKeyThatCameTooLateWasTakenAndItsExchangeNeverEnded) {
  const std::string late = Share(hours(5));
  const std::string other = Share(hours(72));
  KeysOnTheirWay();
  ASSERT_EQ(Sent(late).state(), record::v1::SENT_STATE_RELEASED);
  five_.Advance(hours(3));
  KeepHouse(kRecipient);
  ASSERT_EQ(Received(late).state(), record::v1::RECEIVED_STATE_EXPIRED);
  Arrive();
  ASSERT_EQ(Received(other).state(), record::v1::RECEIVED_STATE_OPENED);
  KeepHouse(kSender);
  EXPECT_EQ(Sent(late).state(), record::v1::SENT_STATE_EXPIRED);
  EXPECT_EQ(Sent(late).cancel(), "") << "there is nothing to take back";
  five_.Exchange(3, hours(2));
  EXPECT_EQ(Sent(other).state(), record::v1::SENT_STATE_OPENED);
  EXPECT_EQ(Received(late).state(), record::v1::RECEIVED_STATE_EXPIRED);
  EXPECT_EQ(VerdictOf(late), "matched ended");
}

// The record was opened there in time, and the answer came when the exchange had ended here without
// anything being taken back: it was turned away, and the two logs said different things for good.
TEST_F(ExchangeLateTest, AnAnswerThatCameAfterTheTimeOfItsExchangeWasTurnedAway) {
  const std::string id = Share(hours(72));
  KeysOnTheirWay();
  Arrive();
  LoseAnswers();
  ASSERT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_OPENED);
  five_.Advance(hours(73));
  KeepHouse(kSender);
  ASSERT_EQ(Sent(id).state(), record::v1::SENT_STATE_EXPIRED);
  five_.network().MendAll();
  five_.Exchange(2, seconds(61));
  EXPECT_EQ(Sent(id).state(), record::v1::SENT_STATE_OPENED);
  EXPECT_EQ(Sent(id).reason(), "") << "why it had ended no longer holds";
  EXPECT_TRUE(five_.person(kRecipient).Open(Received(id).record_id()).ok());
  EXPECT_EQ(VerdictOf(id), "matched opened");
}

// The same, but its sender never heard that the key had arrived, and took back: what closed it
// there stands, and no answer calls it open again.
TEST_F(ExchangeLateTest, WhatWasTakenBackAtItsEndStaysClosed) {
  const std::string id = Share(hours(72));
  KeysOnTheirWay();
  five_.network().Set({.lost = 0, .answer_lost = 1000, .doubled = 0, .late = 0});
  Arrive();
  five_.network().Calm();
  LoseAnswers();
  ASSERT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_OPENED);
  five_.Advance(hours(73));
  Send(kSender);
  ASSERT_EQ(Sent(id).state(), record::v1::SENT_STATE_EXPIRED);
  ASSERT_NE(Sent(id).cancel(), "");
  five_.network().MendAll();
  Send(kRecipient);
  EXPECT_EQ(Sent(id).state(), record::v1::SENT_STATE_EXPIRED);
  five_.Exchange(2, seconds(61));
  EXPECT_EQ(Sent(id).state(), record::v1::SENT_STATE_EXPIRED);
  EXPECT_EQ(Received(id).state(), record::v1::RECEIVED_STATE_CANCELLED);
  EXPECT_EQ(VerdictOf(id), "matched cancelled");
}

}  // namespace
}  // namespace sluis::fault
