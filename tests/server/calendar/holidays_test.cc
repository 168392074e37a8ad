#include "server/calendar/holidays.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sluis::calendar {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string TextOf(std::chrono::sys_days day) {
  const std::chrono::year_month_day date{day};
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text;
}

// The day and month of each of a year.
std::vector<std::string> Of(int year) {
  std::vector<std::string> found;
  for (const std::chrono::sys_days day : HolidaysOf(year)) {
    found.push_back(TextOf(day).substr(5));
  }
  return found;
}

// As the calendars of these years were printed.
TEST(Holidays, AreThoseOfTheYearsAsPrinted) {
  EXPECT_THAT(Of(2024), ElementsAre("01-01", "04-01", "05-01", "05-09", "05-20", "07-21", "08-15",
                                    "11-01", "11-11", "12-25"));
  EXPECT_THAT(Of(2025), ElementsAre("01-01", "04-21", "05-01", "05-29", "06-09", "07-21", "08-15",
                                    "11-01", "11-11", "12-25"));
  EXPECT_THAT(Of(2026), ElementsAre("01-01", "04-06", "05-01", "05-14", "05-25", "07-21", "08-15",
                                    "11-01", "11-11", "12-25"));
  EXPECT_THAT(Of(2027), ElementsAre("01-01", "03-29", "05-01", "05-06", "05-17", "07-21", "08-15",
                                    "11-01", "11-11", "12-25"));
  EXPECT_THAT(Of(2028), ElementsAre("01-01", "04-17", "05-01", "05-25", "06-05", "07-21", "08-15",
                                    "11-01", "11-11", "12-25"));
  EXPECT_THAT(Of(2029), ElementsAre("01-01", "04-02", "05-01", "05-10", "05-21", "07-21", "08-15",
                                    "11-01", "11-11", "12-25"));
  EXPECT_THAT(Of(2030), ElementsAre("01-01", "04-22", "05-01", "05-30", "06-10", "07-21", "08-15",
                                    "11-01", "11-11", "12-25"));
  EXPECT_THAT(Of(2031), ElementsAre("01-01", "04-14", "05-01", "05-22", "06-02", "07-21", "08-15",
                                    "11-01", "11-11", "12-25"));
  EXPECT_THAT(Of(2032), ElementsAre("01-01", "03-29", "05-01", "05-06", "05-17", "07-21", "08-15",
                                    "11-01", "11-11", "12-25"));
  EXPECT_THAT(Of(2033), ElementsAre("01-01", "04-18", "05-01", "05-26", "06-06", "07-21", "08-15",
                                    "11-01", "11-11", "12-25"));
  EXPECT_THAT(Of(2034), ElementsAre("01-01", "04-10", "05-01", "05-18", "05-29", "07-21", "08-15",
                                    "11-01", "11-11", "12-25"));
  EXPECT_THAT(Of(2035), ElementsAre("01-01", "03-26", "05-01", "05-03", "05-14", "07-21", "08-15",
                                    "11-01", "11-11", "12-25"));
}

// The earliest and latest that Easter can be, and the two exceptions of the Gregorian rule.
TEST(Easter, FollowsTheChurchesTables) {
  EXPECT_EQ(TextOf(EasterOf(2285)), "2285-03-22");
  EXPECT_EQ(TextOf(EasterOf(2038)), "2038-04-25");
  EXPECT_EQ(TextOf(EasterOf(1981)), "1981-04-19");
  EXPECT_EQ(TextOf(EasterOf(2049)), "2049-04-18");
  EXPECT_EQ(TextOf(EasterOf(2000)), "2000-04-23");
  EXPECT_EQ(TextOf(EasterOf(2100)), "2100-03-28");
}

TEST(Easter, IsASundayFromTheEndOfMarchToTheEndOfApril) {
  for (int year = kFirstYear; year <= kLastYear; ++year) {
    const std::chrono::sys_days easter = EasterOf(year);
    EXPECT_EQ(std::chrono::weekday{easter}, std::chrono::Sunday) << year;
    const std::string day = TextOf(easter).substr(5);
    EXPECT_TRUE(day >= "03-22" && day <= "04-25") << year << " " << day;
  }
}

// In 2008 one day was two of them.
TEST(Holidays, AreNineWhenAscensionIsOnLabourDay) {
  EXPECT_THAT(Of(2008), ElementsAre("01-01", "03-24", "05-01", "05-12", "07-21", "08-15", "11-01",
                                    "11-11", "12-25"));
}

TEST(Holidays, AreToldOfItsYearsOnly) {
  EXPECT_THAT(HolidaysOf(kFirstYear - 1), IsEmpty());
  EXPECT_THAT(HolidaysOf(kLastYear + 1), IsEmpty());
  EXPECT_EQ(Of(kFirstYear).size(), 10u);
  EXPECT_EQ(Of(kLastYear).size(), 10u);
}

}  // namespace
}  // namespace sluis::calendar
