// A record goes from one organisation to a second and on to a third, under the conditions of both;
// what may go no further stays where it is.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "server/core/received_exchange.h"
#include "server/storage/clock.h"
#include "tests/fault/exchange_account.h"
#include "tests/fault/five_nodes.h"

namespace sluis::fault {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr size_t kFirst = FiveNodes::kOverzet;
constexpr size_t kSecond = FiveNodes::kLindervaart;
constexpr size_t kThird = FiveNodes::kZandrode;
constexpr size_t kFourth = FiveNodes::kHeidezoom;

// What one organisation asks more than the agreement of whoever gets something of it.
std::string Layer(const std::string& obligations) {
  return "sluis: 1\n"
         "pack:\n"
         "  id: node.proef\n"
         "  layer: node\n"
         "  version: 1\n"
         "  extends: [{id: livc-r.vaartland, version: 1}]\n"
         "  valid: {from: 2026-09-01, until: 2027-08-31}\n"
         "rules:\n"
         "  - id: R-PROEF-DELEN\n"
         "    effect: require\n"
         "    when: {side: release}\n"
         "    obligations: " +
         obligations +
         "\n"
         "    because: {nl: \"zo delen wij\"}\n";
}

class ExchangeOnwardTest : public ::testing::Test {
 protected:
  ExchangeOnwardTest() { five_.Exchange(); }

  void Ask(size_t at, const std::string& obligations) {
    auto terms = std::make_shared<core::Terms>(*five_.node(at).terms().Get());
    terms->packs = tests::PartnershipPacks({}, Layer(obligations));
    ASSERT_EQ(five_.node(at).Put(terms), absl::OkStatus());
  }
  // Writes one down at the first organisation and shares it with the second: what it is there.
  std::string Arrived(record::v1::Tlp tlp, std::string& exchange) {
    const auto record = five_.person(kFirst).Record(About::kPlace, "een hangplek", tlp);
    EXPECT_TRUE(record.ok()) << record.status();
    EXPECT_EQ(Share(kFirst, *record, kSecond, exchange), absl::OkStatus());
    Cross();
    return Received(kSecond, exchange).record_id();
  }
  absl::Status Share(size_t from, const std::string& record_id, size_t to, std::string& exchange) {
    return five_.person(from).Share(
        {.about = About::kPlace, .record_id = record_id, .to = five_.node(to).organisation()},
        exchange);
  }
  void Cross() {
    five_.Advance(std::chrono::hours(4));
    five_.Exchange();
  }
  record::v1::ReceivedExchange Received(size_t at, const std::string& exchange) {
    record::v1::ReceivedExchange row;
    five_.node(at).Look([&](const core::View& view) {
      const auto received = core::ReadReceived(view, exchange);
      if (received.ok()) row = received->row;
    });
    return row;
  }
  std::string InDays(int days) {
    return storage::AddDays(storage::LegalDay(five_.node(kFirst).clock.NowUs()), days);
  }
  // One entry, which refuses it, and nothing that leaves.
  void ExpectGoesNoFurther(size_t at, const std::string& record_id, size_t to) {
    const uint64_t before = five_.node(at).ledger().size();
    std::string exchange;
    const absl::Status refused = Share(at, record_id, to, exchange);
    EXPECT_EQ(refused.code(), absl::StatusCode::kPermissionDenied);
    EXPECT_THAT(std::string(refused.message()), HasSubstr("goes no further"));
    EXPECT_EQ(five_.node(at).ledger().size(), before + 1);
    const uint64_t there = five_.node(to).ledger().size();
    Cross();
    EXPECT_EQ(five_.node(to).ledger().size(), there);
  }

  FiveNodes five_{12};
};

TEST_F(ExchangeOnwardTest, WhatMayGoOnGoesOnUnderTheConditionsOfBothAndTheRestStays) {
  // Each asks what the other does not, and of what both ask the first asks more.
  Ask(kFirst, "{retention: P60D, no_evidence: true}");
  Ask(kSecond, "{retention: P90D, onward: {originator_consent: true}}");
  const std::string last_day = InDays(60);
  std::string first, stays;
  const std::string may_go = Arrived(record::v1::TLP_GREEN, first);
  const std::string may_not = Arrived(record::v1::TLP_AMBER, stays);
  ASSERT_NE(may_go, "");
  ASSERT_NE(may_not, "");
  five_.Advance(std::chrono::hours(24));

  ExpectGoesNoFurther(kSecond, may_not, kThird);
  std::string onward;
  ASSERT_EQ(Share(kSecond, may_go, kThird, onward), absl::OkStatus());
  Cross();

  const record::v1::ReceivedExchange there = Received(kThird, onward);
  ASSERT_EQ(there.state(), record::v1::RECEIVED_STATE_OPENED);
  const auto shown = five_.person(kThird).Open(there.record_id());
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(shown->content().statements(0).text(), "een hangplek");
  const record::v1::ReceivedTerms& terms = shown->received();
  EXPECT_EQ(terms.organisation(), five_.node(kSecond).organisation());
  EXPECT_EQ(terms.retention_until(), last_day) << "of the first: the second gives longer";
  EXPECT_THAT(terms.obligations(), Contains(HasSubstr("no_evidence"))) << "of the first alone";
  EXPECT_TRUE(terms.onward_asks_sender()) << "of the second alone";
  EXPECT_EQ(terms.onward_tlp_max(), record::v1::TLP_GREEN) << "of the agreement";
  EXPECT_EQ(shown->marks().tlp(), record::v1::TLP_GREEN);

  // The condition that was added on the way binds as well.
  ExpectGoesNoFurther(kThird, there.record_id(), kFourth);

  const LogsAccount account = AccountOf(five_);
  EXPECT_THAT(account.violations, IsEmpty());
  ASSERT_EQ(account.exchanges.size(), 3u) << "two that came to the second, one that went on";
  const LogsAccount::Exchange to_second = account.exchanges.at(first);
  const LogsAccount::Exchange to_third = account.exchanges.at(onward);
  EXPECT_EQ(to_second.sender, five_.node(kFirst).organisation());
  EXPECT_EQ(to_second.recipient, five_.node(kSecond).organisation());
  EXPECT_EQ(to_third.sender, five_.node(kSecond).organisation());
  EXPECT_EQ(to_third.recipient, five_.node(kThird).organisation());
  for (const auto& [id, exchange] : account.exchanges) {
    EXPECT_EQ(exchange.verdict, "matched opened") << exchange.recipient;
    EXPECT_EQ(exchange.opened, 1u) << exchange.recipient;
  }
}

}  // namespace
}  // namespace sluis::fault
