#include "server/calendar/working_days.h"

#include <cstdio>
#include <optional>

#include "server/calendar/holidays.h"
#include "server/storage/clock.h"

namespace sluis::calendar {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

int Digits(const std::string& text, size_t at, size_t count) {
  int value = 0;
  for (size_t i = at; i < at + count; ++i) value = value * 10 + (text[i] - '0');
  return value;
}

bool InYears(sys_days day) {
  const int year = static_cast<int>(year_month_day{day}.year());
  return year >= kFirstYear && year <= kLastYear;
}

std::optional<sys_days> DayOf(const std::string& text) {
  if (!storage::IsDay(text)) return std::nullopt;
  const sys_days day = year_month_day{std::chrono::year{Digits(text, 0, 4)},
                                      std::chrono::month{static_cast<unsigned>(Digits(text, 5, 2))},
                                      std::chrono::day{static_cast<unsigned>(Digits(text, 8, 2))}};
  if (!InYears(day)) return std::nullopt;
  return day;
}

std::string TextOf(sys_days day) {
  if (!InYears(day)) return {};
  const year_month_day date{day};
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text;
}

bool IsWorking(sys_days day) {
  const unsigned weekday = std::chrono::weekday{day}.iso_encoding();
  return weekday < 6 && !IsHoliday(day);
}

}  // namespace

bool IsWorkingDay(const std::string& day) {
  const std::optional<sys_days> date = DayOf(day);
  return date && IsWorking(*date);
}

std::string AddWorkingDays(const std::string& day, int count) {
  std::optional<sys_days> date = DayOf(day);
  if (!date || count < 1 || count > kMostWorkingDays) return {};
  for (int left = count; left > 0 && InYears(*date);) {
    *date += days{1};
    if (IsWorking(*date)) --left;
  }
  return TextOf(*date);
}

std::string WorkingDayOnOrBefore(const std::string& day) {
  std::optional<sys_days> date = DayOf(day);
  if (!date) return {};
  while (InYears(*date) && !IsWorking(*date)) *date -= days{1};
  return TextOf(*date);
}

}  // namespace sluis::calendar
