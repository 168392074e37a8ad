#include "server/exchange/peer_refusal.h"

#include <gtest/gtest.h>

#include "absl/strings/cord.h"
#include "server/core/refusal.h"

namespace sluis::exchange {
namespace {

TEST(PeerRefusalTest, RefusalIsOneConstant) {
  EXPECT_EQ(RefusedToPeer(), RefusedToPeer());
  EXPECT_EQ(RefusedToPeer().code(), absl::StatusCode::kPermissionDenied);
  const auto detail = PeerRefusalOf(RefusedToPeer());
  ASSERT_TRUE(detail);
  EXPECT_EQ(detail->code(), "refused");
  EXPECT_EQ(detail->lowest_version(), 0u);
}

TEST(PeerRefusalTest, UpdateSaysWhichVersionsAreSpoken) {
  const absl::Status status =
      UpdateNeeded({.lowest_version = 2, .highest_version = 4, .capabilities = {}});
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  const auto detail = PeerRefusalOf(status);
  ASSERT_TRUE(detail);
  EXPECT_EQ(detail->code(), "update");
  EXPECT_EQ(detail->lowest_version(), 2u);
  EXPECT_EQ(detail->highest_version(), 4u);
}

TEST(PeerRefusalTest, WhatIsNoDetailIsNone) {
  EXPECT_FALSE(PeerRefusalOf(absl::OkStatus()));
  absl::Status status = absl::PermissionDeniedError("x");
  EXPECT_FALSE(PeerRefusalOf(status));
  for (const char* bytes : {"", "\xff\xff\xff", "\x0a\x7f"}) {
    status.SetPayload(core::kRefusalPayload, absl::Cord(bytes));
    EXPECT_FALSE(PeerRefusalOf(status));
  }
}

}  // namespace
}  // namespace sluis::exchange
