#include "server/calendar/working_days.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstdint>
#include <string>

#include "server/storage/clock.h"

namespace sluis::calendar {
namespace {

constexpr uint64_t kSecondUs = 1'000'000;
constexpr uint64_t kHourUs = 3600 * kSecondUs;

TEST(WorkingDays, LeaveOutWeekendsAndHolidays) {
  EXPECT_TRUE(IsWorkingDay("2026-11-23"));
  EXPECT_FALSE(IsWorkingDay("2026-11-21")) << "Saturday";
  EXPECT_FALSE(IsWorkingDay("2026-11-22")) << "Sunday";
  EXPECT_FALSE(IsWorkingDay("2026-11-11")) << "Armistice";
  EXPECT_TRUE(IsWorkingDay("2026-11-02")) << "closed at some administrations, and no holiday";
  EXPECT_TRUE(IsWorkingDay("2025-07-11")) << "of Flanders, and no holiday";
}

TEST(WorkingDays, AreCountedFromTheNextOneOn) {
  EXPECT_EQ(AddWorkingDays("2026-11-23", 1), "2026-11-24");
  EXPECT_EQ(AddWorkingDays("2026-11-20", 1), "2026-11-23") << "over a weekend";
  EXPECT_EQ(AddWorkingDays("2026-11-21", 1), "2026-11-23") << "from a Saturday";
  EXPECT_EQ(AddWorkingDays("2026-11-10", 1), "2026-11-12") << "over a holiday";
  EXPECT_EQ(AddWorkingDays("2026-12-24", 1), "2026-12-28") << "over Christmas and a weekend";
  EXPECT_EQ(AddWorkingDays("2026-12-31", 1), "2027-01-04") << "over a year's end";
  EXPECT_EQ(AddWorkingDays("2026-04-02", 2), "2026-04-07") << "over Easter";
  EXPECT_EQ(AddWorkingDays("2024-02-28", 2), "2024-03-01") << "over the day that is not each year";
  EXPECT_EQ(AddWorkingDays("2026-11-23", 5), "2026-11-30");
  EXPECT_EQ(AddWorkingDays("2026-11-23", kMostWorkingDays).substr(0, 4), "2030");
}

TEST(WorkingDays, LastOneBeforeAnEnd) {
  EXPECT_EQ(WorkingDayOnOrBefore("2026-11-23"), "2026-11-23");
  EXPECT_EQ(WorkingDayOnOrBefore("2026-11-22"), "2026-11-20");
  EXPECT_EQ(WorkingDayOnOrBefore("2027-01-01"), "2026-12-31");
  EXPECT_EQ(WorkingDayOnOrBefore("2026-04-06"), "2026-04-03");
}

TEST(WorkingDays, AnswerNothingOutside) {
  for (const char* day : {"", "2026-13-01", "2026-1-1", "1974-12-31", "2200-01-01", "vandaag"}) {
    EXPECT_EQ(AddWorkingDays(day, 1), "") << day;
    EXPECT_EQ(WorkingDayOnOrBefore(day), "") << day;
    EXPECT_FALSE(IsWorkingDay(day)) << day;
  }
  EXPECT_EQ(AddWorkingDays("2026-11-23", 0), "");
  EXPECT_EQ(AddWorkingDays("2026-11-23", -1), "");
  EXPECT_EQ(AddWorkingDays("2026-11-23", kMostWorkingDays + 1), "");
  EXPECT_EQ(AddWorkingDays("2199-12-31", 1), "");
  EXPECT_EQ(WorkingDayOnOrBefore("1975-01-01"), "");
}

// The hour at which the clock is put forward or back moves no deadline: it is due on the same day
// whichever hour of the day began it, and late from the midnight of Brussels on.
TEST(WorkingDays, DoNotMoveWithSummerTime) {
  // 2025-03-28 is the Friday before the day of 23 hours, 2025-10-24 that before the one of 25.
  struct Case {
    uint64_t friday_us;  // its midnight in Brussels
    const char* friday;
    const char* monday;
    uint64_t weekend_hours;
  };
  for (const Case& change : {Case{1'743'116'400 * kSecondUs, "2025-03-28", "2025-03-31", 47},
                             Case{1'761'256'800 * kSecondUs, "2025-10-24", "2025-10-27", 49}}) {
    for (uint64_t hour = 0; hour < 24; ++hour) {
      const std::string opened = storage::LegalDay(change.friday_us + hour * kHourUs);
      ASSERT_EQ(opened, change.friday);
      EXPECT_EQ(AddWorkingDays(opened, 1), change.monday) << hour;
    }
    const uint64_t monday_us = change.friday_us + (24 + change.weekend_hours) * kHourUs;
    EXPECT_LT(storage::LegalDay(monday_us - 1), change.monday);
    EXPECT_EQ(storage::LegalDay(monday_us), change.monday) << "due today";
    EXPECT_EQ(storage::LegalDay(monday_us + 24 * kHourUs - 1), change.monday) << "not late yet";
    EXPECT_GT(storage::LegalDay(monday_us + 24 * kHourUs), change.monday) << "late";
  }
}

std::string AnyDay() { return storage::AddDays("2020-01-01", *rc::gen::inRange(0, 50 * 365)); }

TEST(WorkingDays, EndOnAWorkingDayThatIsLater) {
  EXPECT_TRUE(rc::check([] {
    const std::string day = AnyDay();
    const std::string due = AddWorkingDays(day, *rc::gen::inRange(1, 60));
    RC_ASSERT(IsWorkingDay(due));
    RC_ASSERT(due > day);
  }));
}

TEST(WorkingDays, AddUp) {
  EXPECT_TRUE(rc::check([] {
    const std::string day = AnyDay();
    const int first = *rc::gen::inRange(1, 40);
    const int second = *rc::gen::inRange(1, 40);
    RC_ASSERT(AddWorkingDays(AddWorkingDays(day, first), second) ==
              AddWorkingDays(day, first + second));
  }));
}

TEST(WorkingDays, NeverGoBackWhenTheyBeginLater) {
  EXPECT_TRUE(rc::check([] {
    const std::string day = AnyDay();
    const int count = *rc::gen::inRange(1, 40);
    RC_ASSERT(AddWorkingDays(day, count) <= AddWorkingDays(storage::AddDays(day, 1), count));
    RC_ASSERT(WorkingDayOnOrBefore(AddWorkingDays(day, count)) == AddWorkingDays(day, count));
  }));
}

// Counted one by one, by another way.
TEST(WorkingDays, AreAsManyAsLieBetween) {
  EXPECT_TRUE(rc::check([] {
    const std::string day = AnyDay();
    const int count = *rc::gen::inRange(1, 40);
    const std::string due = AddWorkingDays(day, count);
    int counted = 0;
    for (std::string at = storage::AddDays(day, 1); at <= due; at = storage::AddDays(at, 1)) {
      counted += IsWorkingDay(at) ? 1 : 0;
    }
    RC_ASSERT(counted == count);
  }));
}

}  // namespace
}  // namespace sluis::calendar
