// A node dies at every change of its disk in turn while records cross, and everything of it that
// was not synced is lost.

#include <gtest/gtest.h>

#include "server/core/received_exchange.h"
#include "server/core/sent_exchange.h"
#include "tests/fault/exchange_account.h"
#include "tests/fault/five_nodes.h"

namespace sluis::fault {
namespace {

using std::chrono::seconds;

constexpr size_t kSender = FiveNodes::kLindervaart;
constexpr size_t kRecipient = FiveNodes::kZandrode;

class ExchangeCrashTest : public ::testing::TestWithParam<size_t> {
 protected:
  // Both look at what they owe and hand it over, until nothing moves or the victim is dead.
  void GoOn(MortalNode& victim) {
    for (int turn = 0; turn < 8 && !victim.dead(); ++turn) {
      for (const size_t at : {kSender, kRecipient}) {
        if (!victim.dead()) five_.node(at).Round().IgnoreError();
        while (!victim.dead() && five_.network().Step()) {
        }
      }
      five_.Advance(seconds(2));
    }
  }
  FiveNodes five_{3};
};

TEST_P(ExchangeCrashTest, LosesNothingAndDoublesNothing) {
  MortalNode& victim = five_.node(GetParam());
  five_.Exchange();
  std::vector<std::string> ids;
  // Later and later, until a record crosses before the power goes off.
  bool died = true;
  for (uint64_t operations = 0; died; ++operations) {
    const std::string text = "waarneming " + std::to_string(operations);
    ids.push_back(five_.Shared(kSender, kRecipient, About::kPlace, text));
    victim.PowerOffAfter(operations);
    GoOn(victim);
    died = victim.dead();
    victim.Kill(tests::Survival::kSyncedOnly, operations);
    ASSERT_EQ(victim.Open(), absl::OkStatus()) << "after " << operations << " changes";
    five_.Exchange(3, seconds(61));
    std::string there;
    five_.node(kRecipient).Look([&](const core::View& view) {
      const auto received = core::ReadReceived(view, ids.back());
      if (received.ok()) there = received->row.record_id();
    });
    five_.node(kSender).Look([&](const core::View& view) {
      const auto sent = core::ReadSent(view, ids.back());
      ASSERT_TRUE(sent.ok());
      EXPECT_EQ(sent->row.state(), record::v1::SENT_STATE_OPENED)
          << "after " << operations << " changes";
    });
    const auto opened = five_.person(kRecipient).Open(there);
    ASSERT_TRUE(opened.ok()) << opened.status() << " after " << operations << " changes";
    EXPECT_EQ(opened->content().statements(0).text(), text);
  }
  EXPECT_GT(ids.size(), 12u) << "one exchange changes more than that";
  const LogsAccount account = AccountOf(five_);
  for (const std::string& violation : account.violations) ADD_FAILURE() << violation;
  ASSERT_EQ(account.exchanges.size(), ids.size());
  for (const auto& [id, exchange] : account.exchanges) {
    EXPECT_EQ(exchange.verdict, "matched opened");
  }
}

INSTANTIATE_TEST_SUITE_P(AtEachChangeOfItsDisk, ExchangeCrashTest,
                         ::testing::Values(kSender, kRecipient), [](const auto& given) {
                           return given.param == kSender ? "Sender" : "Recipient";
                         });

}  // namespace
}  // namespace sluis::fault
