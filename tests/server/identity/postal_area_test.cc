#include "server/identity/postal_area.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace sluis::identity {
namespace {

std::string Area(std::string_view written) {
  const auto area = PostalArea(written);
  return area.ok() ? std::string(View(*area)) : std::string(area.status().message());
}

TEST(PostalAreaTest, TheFirstTwoDigits) {
  for (const char* written : {"2018", "B-2018", "BE 2018", "b2018", " 2018 ", "20"}) {
    EXPECT_EQ(Area(written), "20") << written;
  }
  EXPECT_EQ(Area(""), "");
  EXPECT_EQ(Area("  "), "");
}

TEST(PostalAreaTest, RefusesOtherCodesWithoutQuotingThem) {
  for (const char* written :
       {"0999", "09", "2", "201", "20181", "75011", "2018 Antwerpen", "F-2018", "B"}) {
    EXPECT_THAT(Area(written), ::testing::HasSubstr("address abroad")) << written;
    EXPECT_THAT(Area(written), ::testing::Not(::testing::HasSubstr("201"))) << written;
  }
}

}  // namespace
}  // namespace sluis::identity
