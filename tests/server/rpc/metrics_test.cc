#include "server/rpc/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace sluis::rpc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(MetricsTest, CountsCallsByMethodAndCode) {
  Metrics metrics;
  metrics.CountCall("SignalService.OpenSignal", grpc::StatusCode::OK);
  metrics.CountCall("SignalService.OpenSignal", grpc::StatusCode::OK);
  metrics.CountCall("SignalService.OpenSignal", grpc::StatusCode::PERMISSION_DENIED);
  const std::string text = metrics.Text({});
  EXPECT_THAT(text,
              HasSubstr("sluis_calls_total{code=\"0\",method=\"SignalService.OpenSignal\"} 2"));
  EXPECT_THAT(text,
              HasSubstr("sluis_calls_total{code=\"7\",method=\"SignalService.OpenSignal\"} 1"));
}

TEST(MetricsTest, CountsThoseWhoAreNobodyHere) {
  Metrics metrics;
  EXPECT_THAT(metrics.Text({}), HasSubstr("sluis_unknown_peers_total 0"));
  metrics.CountUnknownPeer();
  EXPECT_THAT(metrics.Text({}), HasSubstr("sluis_unknown_peers_total 1"));
}

TEST(MetricsTest, ShowsTheValuesOfTheMomentItIsAsked) {
  Metrics metrics;
  EXPECT_THAT(metrics.Text({.serving = 1, .entries = 12, .disk_free_bytes = 4096}),
              AllOf(HasSubstr("\nsluis_serving 1\n"), HasSubstr("sluis_checkpoint_entries 12"),
                    HasSubstr("sluis_disk_free_bytes 4096")));
  const std::string later =
      metrics.Text({.checkpoint_age_seconds = 2.5, .certificate_seconds_left = -60});
  EXPECT_THAT(later,
              AllOf(HasSubstr("\nsluis_serving 0\n"), HasSubstr("sluis_checkpoint_age_seconds 2.5"),
                    HasSubstr("sluis_certificate_seconds_left -60")));
  EXPECT_THAT(later, Not(HasSubstr("sluis_checkpoint_entries 12")));
}

TEST(MetricsTest, WhatFormerMembersOweHasItsOwnNumber) {
  Metrics metrics;
  EXPECT_THAT(metrics.Text({.outstanding = 3, .outstanding_former = 2}),
              AllOf(HasSubstr("sluis_messages_former_members 2"),
                    HasSubstr("sluis_messages_outstanding 3")));
}

TEST(MetricsTest, LosesNoCountBetweenThreads) {
  Metrics metrics;
  constexpr int kThreads = 4;
  constexpr int kEach = 500;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&metrics] {
      for (int n = 0; n < kEach; ++n) metrics.CountCall("M", grpc::StatusCode::OK);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(metrics.Text({}), HasSubstr("method=\"M\"} 2000"));
}

}  // namespace
}  // namespace sluis::rpc
