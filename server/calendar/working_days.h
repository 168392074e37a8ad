// Deadlines in working days, as legal days YYYY-MM-DD.
//
// What it is: a working day is no Saturday, no Sunday and no legal holiday of Belgium, and the day
// on which a time begins is not counted (Regulation 1182/71, articles 2 and 3). Days have no hours:
// what is due on a day is late from the next one on, by storage::LegalDay, so that a day of 23 or
// 25 hours is a day like any other.
// Guarantee: the same answer at every member and on every machine. Not guaranteed: that the date of
// the machine is right; whoever acts on it asks for a settled clock first.
// Thread-safety: pure. Errors: empty for a text that is no day, and where the years end.
#ifndef SLUIS_SERVER_CALENDAR_WORKING_DAYS_H_
#define SLUIS_SERVER_CALENDAR_WORKING_DAYS_H_

#include <string>

namespace sluis::calendar {

// The longest time in working days: some four years.
inline constexpr int kMostWorkingDays = 1000;

bool IsWorkingDay(const std::string& day);

// The `count`th working day after `day`, which itself is not counted; 1 to kMostWorkingDays.
std::string AddWorkingDays(const std::string& day, int count);

// The last working day that is not after `day`: by when something must be done that ends on it.
std::string WorkingDayOnOrBefore(const std::string& day);

}  // namespace sluis::calendar

#endif  // SLUIS_SERVER_CALENDAR_WORKING_DAYS_H_
