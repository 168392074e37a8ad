#include "server/serving_follower.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <vector>

namespace sluis::server {
namespace {

constexpr auto kNever = std::chrono::hours(1);

TEST(ServingFollowerTest, TellsAtOnceAndOnlyWhatChanged) {
  std::atomic<bool> serving = false;
  std::vector<bool> told;
  {
    ServingFollower follower([&] { return serving.load(); }, [&](bool now) { told.push_back(now); },
                             kNever);
    EXPECT_EQ(told, std::vector<bool>{false});
    follower.Tell();
    EXPECT_EQ(told.size(), 1u) << "nothing changed";
    serving = true;
    follower.Tell();
    serving = false;
    follower.Tell();
    EXPECT_EQ(told, (std::vector<bool>{false, true, false}));
    serving = true;
  }
  EXPECT_EQ(told.size(), 3u) << "the end tells nothing";
}

TEST(ServingFollowerTest, LooksByItself) {
  std::atomic<bool> serving = true;
  std::promise<void> stopped;
  ServingFollower follower([&] { return serving.load(); },
                           [&](bool now) {
                             if (!now) stopped.set_value();
                           },
                           std::chrono::milliseconds(1));
  serving = false;
  stopped.get_future().wait();
}

}  // namespace
}  // namespace sluis::server
