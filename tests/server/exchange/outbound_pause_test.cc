// How often a partner is tried that calls this node and is not reached by it.

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

}  // namespace
}  // namespace sluis::exchange
