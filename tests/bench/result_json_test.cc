#include "tests/bench/result_json.h"

#include <gtest/gtest.h>

namespace sluis::bench {
namespace {

Result Measured() {
  return {.name = "record_unary",
          .value = 7500,
          .unit = "calls/s",
          .baseline = 15'000,
          .ratio = 0.5,
          .cpu_us_per_op = 120};
}

TEST(ResultJsonTest, AGoodRunHasSixFieldsAndNoMore) {
  EXPECT_EQ(ToJson(Measured()), nlohmann::json::parse(R"({
    "name": "record_unary", "value": 7500.0, "unit": "calls/s", "baseline": 15000.0,
    "ratio": 0.5, "cpu_us_per_op": 120.0})"));
}

// Whoever reads the file must not have to know the bar from elsewhere.
TEST(ResultJsonTest, BarAndGoalStandBesideWhatWasMeasured) {
  const nlohmann::json json =
      ToJson(Measured(), {.least = 20'000, .least_ratio = 0.25, .goal = 30'000, .goal_ratio = 0.5});
  EXPECT_EQ(json["bar"], nlohmann::json::parse(R"({"value": 20000.0, "ratio": 0.25})"));
  EXPECT_EQ(json["goal"], nlohmann::json::parse(R"({"value": 30000.0, "ratio": 0.5})"));
  EXPECT_EQ(json.size(), 8u);
  const nlohmann::json at_most = ToJson(Measured(), {.most = 3200});
  EXPECT_EQ(at_most["bar"], nlohmann::json::parse(R"({"most": 3200.0})"));
  EXPECT_FALSE(at_most.contains("goal"));
}

// The mark stood on the terminal only: whoever read the file took the figures for good.
TEST(ResultJsonTest, AnInvalidRunWasNotMarkedInTheFile) {
  Result result = Measured();
  result.invalid = "the echo reached 15000 calls/s, at least 20000 on a quiet machine";
  const nlohmann::json json = ToJson(result);
  EXPECT_EQ(json.value("invalid", ""), result.invalid);
  EXPECT_EQ(json["value"], 7500.0);
  EXPECT_EQ(json.size(), 7u);
}

TEST(ResultJsonTest, AMedianStandsBesideAnotherPercentile) {
  Result result = Measured();
  result.p50 = 90;
  EXPECT_EQ(ToJson(result)["p50"], 90.0);
  EXPECT_EQ(ToJson(result).size(), 7u);
}

// A figure of nothing would be read as one.
TEST(ResultJsonTest, WhatWasNotMeasuredHasAReasonAndNoFigure) {
  Result result;
  result.name = "casbin_1000";
  result.not_measured = "casbin is not there";
  EXPECT_EQ(
      ToJson(result, {.most = 2}),
      nlohmann::json::parse(R"({"name": "casbin_1000", "not_measured": "casbin is not there"})"));
}

}  // namespace
}  // namespace sluis::bench
