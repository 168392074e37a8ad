// What two logs say together after two cores really exchanged, in this process.
#include "client/lib/reconcile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/integration/crossing.h"

namespace sluis::tests {
namespace {

using client::ExchangeLog;
using client::ExchangeResultName;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ReconcileFlowTest : public ::testing::Test {
 protected:
  static ExchangeLog Read(const std::string& bytes, const std::string& key) {
    std::istringstream input(bytes);
    auto log = client::ReadExchangeLog(input, key);
    EXPECT_TRUE(log.ok()) << log.status();
    EXPECT_TRUE(log->report.ok());
    EXPECT_EQ(log->fault, "");
    return *std::move(log);
  }
  // "result why" of each exchange, as the exports of both say now. The recipient's log is `city`'s.
  std::vector<std::string> Verdicts(CoreHarness& city) {
    const std::string bytes_a = Crossing::ExportFor(two_.welfare.h, kCity);
    const std::string bytes_b = Crossing::ExportFor(city, kWelfare);
    const ExchangeLog a = Read(bytes_a, two_.welfare.h.ledger->verifier_key());
    // The key of the real one: whoever rewrites a log signs it again with its own key.
    const ExchangeLog b = Read(bytes_b, two_.city.h.ledger->verifier_key());
    EXPECT_EQ(client::CannotReconcile(a, b), "");
    std::istringstream input_a(bytes_a);
    std::istringstream input_b(bytes_b);
    const auto roots_a = client::RootsAt(input_a, client::SizesNamed(b));
    const auto roots_b = client::RootsAt(input_b, client::SizesNamed(a));
    const client::Reconciliation found = client::Reconcile({a, *roots_a}, {b, *roots_b});
    std::vector<std::string> out;
    for (const client::ReconciledExchange& one : found.exchanges) {
      EXPECT_EQ(one.sender, kWelfare);
      EXPECT_EQ(one.recipient, kCity);
      EXPECT_FALSE(one.sent.empty() && one.received.empty());
      out.push_back(std::string(ExchangeResultName(one.result)) + " " + std::string(one.why));
    }
    return out;
  }
  std::vector<std::string> Verdicts() { return Verdicts(two_.city.h); }

  Crossing two_;
};

TEST_F(ReconcileFlowTest, ARecordThatCrossesIsMatchedWhenBothSaySo) {
  EXPECT_THAT(Verdicts(), IsEmpty());
  const std::string id = two_.Due();
  EXPECT_THAT(Verdicts(), ElementsAre("intent-only intent"));
  two_.SendFromWelfare();
  EXPECT_THAT(Verdicts(), ElementsAre("open collected"));
  two_.SendFromCity();
  EXPECT_THAT(Verdicts(), ElementsAre("open released"));
  two_.SendFromWelfare();
  EXPECT_THAT(Verdicts(), ElementsAre("open opened"));
  two_.SendFromCity();
  EXPECT_THAT(Verdicts(), ElementsAre("matched opened"));
  EXPECT_EQ(two_.Sent(id), record::v1::SENT_STATE_OPENED);
  two_.Due();
  two_.Due();
  two_.Cross();
  EXPECT_THAT(Verdicts(), ElementsAre("matched opened", "matched opened", "matched opened"));
}

TEST_F(ReconcileFlowTest, TakenBackBeforeItLeftAndBeforeTheKey) {
  const std::string early = two_.welfare.Shared(two_.welfare.Recorded());
  ASSERT_EQ(two_.welfare.Withdraw(early, false), absl::OkStatus());
  EXPECT_THAT(Verdicts(), ElementsAre("matched cancelled"));
  const std::string late = two_.Due();
  two_.SendFromWelfare();
  ASSERT_EQ(two_.welfare.Withdraw(late, true), absl::OkStatus());
  EXPECT_THAT(Verdicts(), ::testing::UnorderedElementsAre("matched cancelled", "open cancelled"));
  two_.Cross();
  EXPECT_THAT(Verdicts(), ElementsAre("matched cancelled", "matched cancelled"));
}

TEST_F(ReconcileFlowTest, WhatTheRulesStoppedBeforeTheKey) {
  two_.Due();
  two_.SendFromWelfare();
  ASSERT_EQ(two_.welfare.h.RevokeUser(two_.welfare.h.administrator, "jan"), absl::OkStatus());
  two_.SendFromCity();
  EXPECT_THAT(Verdicts(), ElementsAre("open cancelled"));
  two_.Cross();
  EXPECT_THAT(Verdicts(), ElementsAre("matched cancelled"));
}

TEST_F(ReconcileFlowTest, AnOfferThatNeverArrivesIsAtTheSenderOnly) {
  two_.network.Cut(kWelfare, kCity);
  two_.Due();
  two_.Cross();
  EXPECT_THAT(Verdicts(), ElementsAre("intent-only intent"));
}

// The recipient's operator makes the log anew, with the same keys and without the collection: that
// log verifies. What the sender followed a receipt of tells it.
TEST_F(ReconcileFlowTest, ALogMadeAnewWithoutTheCollectionIsFoundByItsReceipt) {
  two_.Due();
  two_.Cross();
  ASSERT_THAT(Verdicts(), ElementsAre("matched opened"));
  ExchangeNode anew{{{kWelfare, "welfare"}, {kPolice, "police-zone"}},
                    {.organisation = kCity, .kind = "municipality", .seed = 12}};
  ASSERT_EQ(anew.h.ledger->verifier_key(), two_.city.h.ledger->verifier_key());
  EXPECT_THAT(Verdicts(anew.h), ElementsAre("differing shorter"));
  for (int i = 0; anew.h.size() < two_.city.h.size() + 3; ++i) {
    anew.h.Admit("bediende-" + std::to_string(i), {"maatschappelijk-werker"});
  }
  EXPECT_THAT(Verdicts(anew.h), ElementsAre("differing rewritten"));
}

}  // namespace
}  // namespace sluis::tests
