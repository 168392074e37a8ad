// How often a partner is tried that calls this node and is not reached by it, and after which looks
// at the outbox the next one may follow at once.

#include <gtest/gtest.h>

#include "tests/support/linked_pair.h"

namespace sluis::exchange {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using tests::kCity;
using tests::kWelfare;

class OutboundPauseTest : public tests::LinkedPair {
 protected:
  OutboundPauseTest() {
    network_.Put(kCity, {.heartbeat = {},
                         .deliver = [this](const std::string&, const peer::v1::DeliverRequest&,
                                           const std::function<void(absl::Status)>& done) {
                           ++tried_;
                           done(absl::UnavailableError("not reached"));
                         }});
    Due();
  }
  int TriedAfterCalls(int calls) {
    tried_ = 0;
    for (int i = 0; i < calls; ++i) {
      from_welfare_.outbound().Reached(kCity);
      SendFromWelfare();
    }
    return tried_;
  }

  int tried_ = 0;
};

// Each call of such a partner made this node fill an envelope for it anew, as often as it called.
TEST_F(OutboundPauseTest, APartnerThatCallsAndIsNotReachedIsTriedOnceASecond) {
  SendFromWelfare();
  ASSERT_EQ(tried_, 1);
  EXPECT_EQ(TriedAfterCalls(50), 0);
  Advance(seconds(1));
  EXPECT_EQ(TriedAfterCalls(50), 1);
  Advance(milliseconds(999));
  EXPECT_EQ(TriedAfterCalls(50), 0);
  Advance(milliseconds(1));
  EXPECT_EQ(TriedAfterCalls(50), 1);
}

TEST_F(OutboundPauseTest, APartnerThatIsHeardOfAgainIsNotLeftAloneForTheWholePause) {
  for (int i = 0; i < 6; ++i) {
    SendFromWelfare();
    Advance(seconds(64));
  }
  SendFromWelfare();
  Advance(seconds(2));
  tried_ = 0;
  SendFromWelfare();
  ASSERT_EQ(tried_, 0);
  EXPECT_EQ(TriedAfterCalls(1), 1);
}

// Stopped before it leaves: the record is withdrawn.
class OutboundProgressTest : public tests::LinkedPair {
 protected:
  OutboundProgressTest() {
    const std::string record = welfare_.Recorded();
    id_ = DueOf(record);
    EXPECT_EQ(welfare_.h.Withdraw(welfare_.jan, record), absl::OkStatus());
  }
  uint64_t progress() { return from_welfare_.outbound().progress(); }

  std::string id_;
};

// After a look that ended something and sent nothing the next one came as late as after one that
// found nothing.
TEST_F(OutboundProgressTest, ALookThatEndedSomethingCountedAsInVain) {
  EXPECT_EQ(progress(), 0u);
  SendFromWelfare();
  ASSERT_EQ(Sent(id_), record::v1::SENT_STATE_STOPPED);
  EXPECT_EQ(progress(), 1u);
  SendFromWelfare();
  EXPECT_EQ(progress(), 1u) << "this one was in vain";
}

TEST_F(OutboundProgressTest, ALookUnderTermsOfBeforeCountedAsInVain) {
  welfare_.h.ledger->BeforeNext(
      [this] { welfare_.h.terms.Set(std::make_shared<core::Terms>(*welfare_.h.terms.Get())); });
  SendFromWelfare();
  ASSERT_EQ(Sent(id_), record::v1::SENT_STATE_STOPPED);
  EXPECT_EQ(progress(), 2u) << "it ended one, and what it found besides is looked for anew";
}

}  // namespace
}  // namespace sluis::exchange
