#include "server/envelope/fault.h"

#include <gtest/gtest.h>

#include <cctype>
#include <set>
#include <string>

namespace sluis::envelope {
namespace {

TEST(FaultTest, EachIsFoundAgainInItsStatusAndSaysWhatToDo) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(Fault::kLooser); ++i) {
    const auto fault = static_cast<Fault>(i);
    const absl::Status status = Refuse(fault);
    EXPECT_FALSE(status.ok());
    EXPECT_EQ(FaultOf(status), fault);
    EXPECT_TRUE(names.insert(FaultName(fault)).second) << FaultName(fault);
    EXPECT_TRUE(std::islower(static_cast<unsigned char>(status.message().front())));
    EXPECT_NE(status.message().find(';'), std::string::npos) << status.message();
  }
}

TEST(FaultTest, OtherStatusesCarryNone) {
  EXPECT_EQ(FaultOf(absl::OkStatus()), std::nullopt);
  EXPECT_EQ(FaultOf(absl::PermissionDeniedError("else")), std::nullopt);
}

}  // namespace
}  // namespace sluis::envelope
