// A node is put back from a copy after a partner saw its newer head: nothing arrives from that
// partner until its administrator accepts the log as it is now. The daemon's own wiring.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "server/core/received_exchange.h"
#include "server/core/sent_exchange.h"
#include "tests/fault/exchange_account.h"
#include "tests/fault/five_nodes.h"

namespace sluis::fault {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::IsEmpty;

constexpr size_t kSender = FiveNodes::kLindervaart;
constexpr size_t kRecipient = FiveNodes::kZandrode;

class ExchangeRestoredTest : public ::testing::Test {
 protected:
  ExchangeRestoredTest() { five_.Exchange(); }

  MortalNode& sender() { return five_.node(kSender); }
  MortalNode& recipient() { return five_.node(kRecipient); }

  std::string Arrived(const std::string& text) {
    std::string id = five_.Shared(kSender, kRecipient, About::kPlace, text);
    five_.Exchange(2, minutes(2));
    return id;
  }
  // Shared now, and still in its cooling-off time.
  std::string SharedEarly() {
    const auto record = five_.person(kSender).Record(About::kPlace, "een steegje");
    EXPECT_TRUE(record.ok()) << record.status();
    std::string id;
    EXPECT_EQ(five_.person(kSender).Share({.about = About::kPlace,
                                           .record_id = record.value_or(""),
                                           .to = recipient().organisation()},
                                          id),
              absl::OkStatus());
    return id;
  }
  // What the recipient has, is from then on as it was when it was copied.
  void PutBack(const std::shared_ptr<tests::SimulatedDisk>& copy) {
    recipient().PutBack(copy);
    ASSERT_EQ(recipient().Open(), absl::OkStatus());
  }
  absl::Status Accept(const std::string& partner, uint64_t size) {
    return five_.person(kSender).AcceptLog(partner, size, "teruggezet uit een kopie, gebeld");
  }
  node::v1::PeerState Partner() { return sender().StandingOf(recipient().organisation()); }

  record::v1::SentExchange Sent(const std::string& id) {
    record::v1::SentExchange row;
    sender().Look([&](const core::View& view) {
      if (const auto sent = core::ReadSent(view, id); sent.ok()) row = sent->row;
    });
    return row;
  }
  record::v1::ReceivedExchange Received(const std::string& id) {
    record::v1::ReceivedExchange row;
    recipient().Look([&](const core::View& view) {
      if (const auto received = core::ReadReceived(view, id); received.ok()) row = received->row;
    });
    return row;
  }

  FiveNodes five_{8};
};

// No command, manifest or key let the partner take a new head: every exchange was stopped for good.
TEST_F(ExchangeRestoredTest, ANodeThatWasPutBackCouldNeverReceiveAgain) {
  const std::string before = Arrived("een pleintje");
  const std::shared_ptr<tests::SimulatedDisk> copy = recipient().Copy();
  const std::string lost = Arrived("een hangplek");
  ASSERT_EQ(Sent(lost).state(), record::v1::SENT_STATE_OPENED);
  const uint64_t seen = Partner().known_log_size();
  ASSERT_GT(seen, 0u);
  PutBack(copy);
  ASSERT_LT(recipient().ledger().size(), seen);

  const std::string stopped = Arrived("een brug");
  EXPECT_EQ(Sent(stopped).state(), record::v1::SENT_STATE_STOPPED);
  EXPECT_EQ(Sent(stopped).reason(), "log");
  EXPECT_EQ(Partner().contradictions(), 1u);
  EXPECT_EQ(Partner().known_log_size(), seen) << "the size that the administrator names";
  EXPECT_EQ(recipient().StandingOf(sender().organisation()).trouble(), "log_behind");

  const std::string early = SharedEarly();
  EXPECT_TRUE(absl::IsFailedPrecondition(Accept(recipient().organisation(), seen - 1)));
  EXPECT_EQ(Accept(recipient().organisation(), seen), absl::OkStatus());
  EXPECT_EQ(Partner().contradictions(), 0u) << "an administrator answered them";
  // Nothing beside the ledger was written, so that a crash in between is harmless.
  sender().Kill(tests::Survival::kSyncedOnly, 1);
  ASSERT_EQ(sender().Open(), absl::OkStatus());

  const std::string after = Arrived("een sluis");
  EXPECT_EQ(Sent(after).state(), record::v1::SENT_STATE_OPENED);
  ASSERT_EQ(Received(after).state(), record::v1::RECEIVED_STATE_OPENED);
  EXPECT_TRUE(five_.person(kRecipient).Open(Received(after).record_id()).ok());
  EXPECT_EQ(recipient().StandingOf(sender().organisation()).trouble(), "");
  EXPECT_GT(Partner().known_log_size(), 0u);
  // Shared before, under a head that is lost: it ends, and nothing is held against the partner.
  EXPECT_EQ(Sent(early).state(), record::v1::SENT_STATE_STOPPED);
  EXPECT_EQ(Sent(early).reason(), "log");
  EXPECT_EQ(Partner().contradictions(), 0u);
  const std::string again = Arrived("een park");
  EXPECT_EQ(Sent(again).state(), record::v1::SENT_STATE_OPENED) << "and on from there";

  const LogsAccount account = AccountOf(five_);
  EXPECT_THAT(account.violations, IsEmpty());
  const auto verdict = [&](const std::string& id) { return account.exchanges.at(id).verdict; };
  EXPECT_EQ(verdict(after), "matched opened");
  EXPECT_EQ(verdict(again), "matched opened");
  EXPECT_EQ(verdict(before), "matched opened");
  EXPECT_NE(verdict(lost).substr(0, 7), "matched")
      << "what is lost stays visible: " << verdict(lost);
}

TEST_F(ExchangeRestoredTest, ALogThatForksAfterItWasAcceptedIsRefused) {
  const std::shared_ptr<tests::SimulatedDisk> copy = recipient().Copy();
  Arrived("een hangplek");
  PutBack(copy);
  ASSERT_EQ(Accept(recipient().organisation(), Partner().known_log_size()), absl::OkStatus());
  const std::string taken = Arrived("een brug");
  ASSERT_EQ(Sent(taken).state(), record::v1::SENT_STATE_OPENED);
  PutBack(copy);
  const std::string forked = Arrived("een sluis");
  EXPECT_EQ(Sent(forked).state(), record::v1::SENT_STATE_STOPPED);
  EXPECT_EQ(Sent(forked).reason(), "log");
  EXPECT_EQ(Partner().contradictions(), 1u);
}

// A correction that a partner did not answer alarmed nobody.
TEST_F(ExchangeRestoredTest, ACorrectionThatIsNotAnsweredIsCountedAfterADay) {
  const auto record = five_.person(kSender).Record(About::kPlace, "een hangplek");
  ASSERT_TRUE(record.ok()) << record.status();
  ExchangePerson::Sharing sharing{
      .about = About::kPlace, .record_id = *record, .to = recipient().organisation()};
  std::string first, second;
  ASSERT_EQ(five_.person(kSender).Share(sharing, first), absl::OkStatus());
  five_.Advance(hours(4));
  five_.Exchange();
  ASSERT_EQ(Sent(first).state(), record::v1::SENT_STATE_OPENED);
  ASSERT_EQ(five_.person(kSender).Amend(About::kPlace, *record, 1, "een plein"), absl::OkStatus());
  sharing.corrects = first;
  ASSERT_EQ(five_.person(kSender).Share(sharing, second), absl::OkStatus());
  five_.network().Cut(sender().organisation(), recipient().organisation());
  five_.network().Cut(recipient().organisation(), sender().organisation());
  const uint64_t due_us = Sent(second).due_at_us();
  const auto until = [&](uint64_t at_us) {
    five_.Advance(std::chrono::microseconds(at_us - sender().clock.NowUs()));
    return Partner().corrections_overdue();
  };
  constexpr uint64_t kDayUs = 24ull * 3600 * 1'000'000;
  EXPECT_EQ(until(due_us + kDayUs - 1), 0u);
  EXPECT_EQ(until(due_us + kDayUs), 1u);
  // What is no correction waits without an alarm of this kind.
  SharedEarly();
  five_.Advance(hours(30));
  EXPECT_EQ(Partner().corrections_overdue(), 1u);
  five_.network().MendAll();
  five_.Exchange(2, minutes(2));
  EXPECT_EQ(Sent(second).state(), record::v1::SENT_STATE_OPENED);
  EXPECT_EQ(Partner().corrections_overdue(), 0u);
}

TEST_F(ExchangeRestoredTest, WhatWasNotBelievedIsCountedForWhoSentIt) {
  peer::v1::DeliverRequest nonsense;
  nonsense.mutable_envelope()->set_head("nonsense");
  const auto peers = five_.network().PeersOf(recipient().organisation());
  peers->Deliver(sender().organisation(), nonsense,
                 [](const absl::StatusOr<peer::v1::DeliverResponse>&) {});
  while (five_.network().Step()) {
  }
  EXPECT_EQ(Partner().parked(), 1u);
  EXPECT_EQ(sender().StandingOf(five_.node(FiveNodes::kHeidezoom).organisation()).parked(), 0u);
}

}  // namespace
}  // namespace sluis::fault
