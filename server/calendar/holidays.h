// The legal holidays of Belgium.
//
// What it is: the ten days of the Royal Decree of 18 April 1974, article 1, seven by date and three
// that follow Easter; none moves to another day.
// Made by rule and not from a list, so that no year is missing. Not counted: the day that an
// employer gives instead of a holiday in a weekend, regional feasts, and closing days of one
// administration: a deadline is the same for every member.
// Thread-safety: pure. Errors: years and texts outside answer nothing.
#ifndef SLUIS_SERVER_CALENDAR_HOLIDAYS_H_
#define SLUIS_SERVER_CALENDAR_HOLIDAYS_H_

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace sluis::calendar {

// Years for which days are told: since the decree, and as far as storage::IsDay knows days.
inline constexpr int kFirstYear = 1975;
inline constexpr int kLastYear = 2199;

// Easter Sunday of a year of the Gregorian calendar.
std::chrono::sys_days EasterOf(int year);

// The ten of a year, ascending; nothing outside the years above. Nine different days in a year in
// which Ascension falls on 1 May.
std::vector<std::chrono::sys_days> HolidaysOf(int year);

bool IsHoliday(std::chrono::sys_days day);

}  // namespace sluis::calendar

#endif  // SLUIS_SERVER_CALENDAR_HOLIDAYS_H_
