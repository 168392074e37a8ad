#include "server/settled_clock.h"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"

namespace sluis::server {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr uint64_t kMinuteUs = 60'000'000;

class SettledClockTest : public ::testing::Test {
 protected:
  tests::FakeClock clock_;
  SettledClock settled_{clock_};
};

TEST_F(SettledClockTest, SettlesTenMinutesAfterTheStart) {
  EXPECT_FALSE(settled_.Look());
  clock_.Advance(minutes(10) - microseconds(1));
  EXPECT_FALSE(settled_.Look());
  clock_.Advance(microseconds(1));
  EXPECT_TRUE(settled_.Look());
  clock_.Advance(hours(24 * 40));
  EXPECT_TRUE(settled_.Look()) << "a long time between two looks is no step";
}

TEST_F(SettledClockTest, AStepForwardOrBackStartsTheTimeAgain) {
  clock_.Advance(minutes(10));
  ASSERT_TRUE(settled_.Look());
  for (const int64_t step : {int64_t{61'000'000}, int64_t{-61'000'000}}) {
    clock_.SetNowUs(clock_.NowUs() + static_cast<uint64_t>(step));
    EXPECT_FALSE(settled_.Look()) << step;
    clock_.Advance(minutes(9));
    EXPECT_FALSE(settled_.Look()) << step;
    clock_.Advance(minutes(1));
    EXPECT_TRUE(settled_.Look()) << step;
  }
}

// Looked at each second, a clock could be put back by an hour in steps that each passed unseen.
TEST_F(SettledClockTest, SmallStepsBetweenManyLooksWerePassedBy) {
  clock_.Advance(minutes(10));
  ASSERT_TRUE(settled_.Look());
  bool settled = true;
  for (int look = 0; look < 4; ++look) {
    clock_.Advance(seconds(1));
    clock_.SetNowUs(clock_.NowUs() + 30'000'000);
    settled = settled_.Look();
  }
  EXPECT_FALSE(settled);
}

TEST_F(SettledClockTest, AStepDuringTheWaitStartsItAgain) {
  clock_.Advance(minutes(9));
  clock_.SetNowUs(clock_.NowUs() + 400 * 24 * 60 * kMinuteUs);
  EXPECT_FALSE(settled_.Look());
  clock_.Advance(minutes(9));
  EXPECT_FALSE(settled_.Look());
}

TEST_F(SettledClockTest, ALeapSecondOrASlewedClockIsNoStep) {
  clock_.Advance(minutes(10));
  ASSERT_TRUE(settled_.Look());
  for (int round = 0; round < 100; ++round) {
    clock_.Advance(minutes(1));
    clock_.SetNowUs(clock_.NowUs() + 1'000'000);
    EXPECT_TRUE(settled_.Look());
  }
}

}  // namespace
}  // namespace sluis::server
