#include "server/rpc/status_map.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/cord.h"
#include "server/core/refusal.h"

namespace sluis::rpc {
namespace {

// Both libraries number the same codes alike (google.rpc.Code); the last one is UNAUTHENTICATED.
constexpr int kCodes = 17;
constexpr char kText[] = "record 7 of lotte cannot be read";

bool IsFaultOfTheNode(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal || code == absl::StatusCode::kDataLoss ||
         code == absl::StatusCode::kUnknown;
}

TEST(StatusMap, OkIsOk) {
  EXPECT_TRUE(ToGrpc(absl::OkStatus()).ok());
  EXPECT_EQ(ToGrpc(absl::OkStatus()).error_message(), "");
}

TEST(StatusMap, EveryCodeStaysItself) {
  for (int code = 1; code < kCodes; ++code) {
    const auto ours = static_cast<absl::StatusCode>(code);
    EXPECT_EQ(static_cast<int>(ToGrpc(absl::Status(ours, kText)).error_code()), code) << ours;
  }
}

TEST(StatusMap, FaultsOfTheNodeLoseTheirTextAndNothingElseDoes) {
  for (int code = 1; code < kCodes; ++code) {
    const auto ours = static_cast<absl::StatusCode>(code);
    absl::Status status(ours, kText);
    status.SetPayload(core::kRefusalPayload, absl::Cord("detail"));
    const grpc::Status told = ToGrpc(status);
    if (IsFaultOfTheNode(ours)) {
      EXPECT_EQ(told.error_message().find("lotte"), std::string::npos) << ours;
      EXPECT_NE(told.error_message().find("administrator"), std::string::npos) << ours;
      EXPECT_EQ(told.error_details(), "") << ours;
    } else {
      EXPECT_EQ(told.error_message(), kText) << ours;
      EXPECT_EQ(told.error_details(), "detail") << ours;
    }
  }
}

TEST(StatusMap, NoOtherPayloadLeavesTheNode) {
  absl::Status status(absl::StatusCode::kPermissionDenied, kText);
  status.SetPayload("another/payload", absl::Cord("inside"));
  EXPECT_EQ(ToGrpc(status).error_details(), "");
}

}  // namespace
}  // namespace sluis::rpc
