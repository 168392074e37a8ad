#include "server/storage/clock.h"

#include <gtest/gtest.h>

namespace sluis::storage {
namespace {

constexpr uint64_t kSecondUs = 1'000'000;

TEST(LegalDay, TurnsAtMidnightInBrusselsInWinter) {
  // 2025-01-14 23:00:00 UTC is midnight at UTC+1.
  constexpr uint64_t kMidnight = 1'736'895'600 * kSecondUs;
  EXPECT_EQ(LegalDay(kMidnight - 1), "2025-01-14");
  EXPECT_EQ(LegalDay(kMidnight), "2025-01-15");
}

TEST(LegalDay, TurnsAtMidnightInBrusselsInSummer) {
  // 2025-07-14 22:00:00 UTC is midnight at UTC+2.
  constexpr uint64_t kMidnight = 1'752'530'400 * kSecondUs;
  EXPECT_EQ(LegalDay(kMidnight - 1), "2025-07-14");
  EXPECT_EQ(LegalDay(kMidnight), "2025-07-15");
}

// Directive 2000/84/EC: from the last Sunday of March to the last Sunday of October, 01:00 UTC.
TEST(LegalDay, KnowsTheDaysOf23And25Hours) {
  // 2025-03-30: from 29 March 23:00 UTC to 30 March 22:00 UTC.
  constexpr uint64_t kSpring = 1'743'289'200 * kSecondUs;
  EXPECT_EQ(LegalDay(kSpring - 1), "2025-03-29");
  EXPECT_EQ(LegalDay(kSpring), "2025-03-30");
  EXPECT_EQ(LegalDay(kSpring + 23 * 3600 * kSecondUs - 1), "2025-03-30");
  EXPECT_EQ(LegalDay(kSpring + 23 * 3600 * kSecondUs), "2025-03-31");
  // 2025-10-26: from 25 October 22:00 UTC to 26 October 23:00 UTC.
  constexpr uint64_t kAutumn = 1'761'429'600 * kSecondUs;
  EXPECT_EQ(LegalDay(kAutumn - 1), "2025-10-25");
  EXPECT_EQ(LegalDay(kAutumn), "2025-10-26");
  EXPECT_EQ(LegalDay(kAutumn + 25 * 3600 * kSecondUs - 1), "2025-10-26");
  EXPECT_EQ(LegalDay(kAutumn + 25 * 3600 * kSecondUs), "2025-10-27");
}

TEST(LegalDay, OfTheEpoch) { EXPECT_EQ(LegalDay(0), "1970-01-01"); }

TEST(AddDays, FollowsTheCalendar) {
  EXPECT_EQ(AddDays("2025-01-31", 1), "2025-02-01");
  EXPECT_EQ(AddDays("2024-02-28", 1), "2024-02-29");
  EXPECT_EQ(AddDays("2025-02-28", 1), "2025-03-01");
  EXPECT_EQ(AddDays("2100-02-28", 1), "2100-03-01");
  EXPECT_EQ(AddDays("2025-03-30", 365), "2026-03-30");
  EXPECT_EQ(AddDays("2025-01-01", -1), "2024-12-31");
  EXPECT_EQ(AddDays("2025-01-01", 0), "2025-01-01");
}

TEST(AddDays, AnswersNothingOutsideTheCalendar) {
  EXPECT_EQ(AddDays("2025-02-29", 1), "");
  EXPECT_EQ(AddDays("", 1), "");
  EXPECT_EQ(AddDays("2199-12-31", 1), "");
  EXPECT_EQ(AddDays("1900-01-01", -1), "");
  EXPECT_EQ(AddDays("2025-01-01", INT32_MAX), "");
  EXPECT_EQ(AddDays("2025-01-01", INT32_MIN), "");
}

TEST(IsDay, AcceptsOneFormOnly) {
  for (const char* day : {"1900-01-01", "2199-12-31", "2024-02-29", "2000-02-29"}) {
    EXPECT_TRUE(IsDay(day)) << day;
  }
  for (const char* day :
       {"", "2025-1-01", "2025-01-1", "2025/01/01", "20250101", "2025-13-01", "2025-00-10",
        "2025-01-00", "2025-01-32", "2025-04-31", "2023-02-29", "1900-02-29", "1899-12-31",
        "2200-01-01", " 2025-01-01", "2025-01-01 ", "2025-01-0x", "-025-01-01", "2025-+1-01"}) {
    EXPECT_FALSE(IsDay(day)) << day;
  }
  EXPECT_FALSE(IsDay(std::string("2025-01-01\0", 11)));
}

TEST(SystemClock, TellsTheTimeOfTheMachine) {
  // Between the years 2024 and 2200: the unit is right.
  EXPECT_GT(SystemClock().NowUs(), 1'704'067'200 * kSecondUs);
  EXPECT_LT(SystemClock().NowUs(), 7'258'118'400 * kSecondUs);
  const auto before = SystemClock().Monotonic();
  EXPECT_GE(SystemClock().Monotonic(), before);
}

}  // namespace
}  // namespace sluis::storage
