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

// The same of the word that a version is wrong, which crosses a suspension of the sender, and of
// the correction that follows when it is over.
TEST_P(ExchangeCrashTest, AWrongVersionIsClosedAndCorrectedOnce) {
  MortalNode& victim = five_.node(GetParam());
  MortalNode& sender = five_.node(kSender);
  five_.Exchange();
  size_t rounds = 0;
  bool died = true;
  for (uint64_t operations = 0; died; ++operations, ++rounds) {
    const auto record = five_.person(kSender).Record(About::kPlace, "een waarneming");
    ASSERT_TRUE(record.ok()) << record.status();
    ExchangePerson::Sharing sharing{
        .about = About::kPlace, .record_id = *record, .to = five_.node(kRecipient).organisation()};
    std::string earlier, later;
    ASSERT_EQ(five_.person(kSender).Share(sharing, earlier), absl::OkStatus());
    five_.Advance(std::chrono::hours(4));
    five_.Exchange(3, seconds(61));
    ASSERT_EQ(five_.person(kSender).Amend(About::kPlace, *record, 1, "iets anders"),
              absl::OkStatus());
    sharing.corrects = earlier;
    ASSERT_EQ(five_.person(kSender).Share(sharing, later), absl::OkStatus());
    five_.Advance(std::chrono::hours(4));
    auto suspended = std::make_shared<core::Terms>(*sender.terms().Get());
    suspended->may_exchange = false;
    sender.terms().Set(suspended);
    victim.PowerOffAfter(operations);
    GoOn(victim);
    died = victim.dead();
    victim.Kill(tests::Survival::kSyncedOnly, operations);
    // A sender that comes up again is suspended no more.
    ASSERT_EQ(victim.Open(), absl::OkStatus()) << "after " << operations << " changes";
    auto resumed = std::make_shared<core::Terms>(*sender.terms().Get());
    resumed->may_exchange = true;
    sender.terms().Set(resumed);
    five_.Exchange(3, seconds(61));
    five_.node(kRecipient).Look([&](const core::View& view) {
      const auto was = core::ReadReceived(view, earlier);
      ASSERT_TRUE(was.ok()) << was.status();
      EXPECT_EQ(was->row.state(), record::v1::RECEIVED_STATE_CANCELLED);
      EXPECT_EQ(was->row.corrected_by(), later) << "after " << operations << " changes";
    });
    sender.Look([&](const core::View& view) {
      EXPECT_EQ(core::ReadSent(view, later)->row.state(), record::v1::SENT_STATE_OPENED);
      EXPECT_EQ(core::ReadSent(view, earlier)->row.state(), record::v1::SENT_STATE_CORRECTED)
          << "after " << operations << " changes";
    });
    ASSERT_FALSE(HasFailure());
  }
  EXPECT_GT(rounds, 3u) << "closing one changes more than that";
  const LogsAccount account = AccountOf(five_);
  for (const std::string& violation : account.violations) ADD_FAILURE() << violation;
  ASSERT_EQ(account.exchanges.size(), 2 * rounds);
  for (const auto& [id, exchange] : account.exchanges) {
    EXPECT_TRUE(exchange.verdict == "matched opened" || exchange.verdict == "matched cancelled")
        << exchange.verdict;
  }
}

INSTANTIATE_TEST_SUITE_P(AtEachChangeOfItsDisk, ExchangeCrashTest,
                         ::testing::Values(kSender, kRecipient), [](const auto& given) {
                           return given.param == kSender ? "Sender" : "Recipient";
                         });

}  // namespace
}  // namespace sluis::fault
