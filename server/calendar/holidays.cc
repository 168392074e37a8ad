#include "server/calendar/holidays.h"

#include <algorithm>

namespace sluis::calendar {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

sys_days On(int year, unsigned month, unsigned day) {
  return std::chrono::year_month_day{std::chrono::year{year}, std::chrono::month{month},
                                     std::chrono::day{day}};
}

}  // namespace

// The computus of J.-M. Oudin (1940): the same for every year of the Gregorian calendar.
sys_days EasterOf(int year) {
  const int century = year / 100;
  const int golden = year % 19;
  const int lag = (century - 17) / 25;
  int moon = (century - century / 4 - (century - lag) / 3 + 19 * golden + 15) % 30;
  moon -= (moon / 28) * (1 - (moon / 28) * (29 / (moon + 1)) * ((21 - golden) / 11));
  const int weekday = (year + year / 4 + moon + 2 - century + century / 4) % 7;
  const int from_march = moon - weekday;
  const int month = 3 + (from_march + 40) / 44;
  const int day = from_march + 28 - 31 * (month / 4);
  return On(year, static_cast<unsigned>(month), static_cast<unsigned>(day));
}

std::vector<sys_days> HolidaysOf(int year) {
  if (year < kFirstYear || year > kLastYear) return {};
  const sys_days easter = EasterOf(year);
  std::vector<sys_days> found = {
      On(year, 1, 1),     // New Year
      easter + days{1},   // Easter Monday
      On(year, 5, 1),     // Labour Day
      easter + days{39},  // Ascension
      easter + days{50},  // Whit Monday
      On(year, 7, 21),    // national holiday
      On(year, 8, 15),    // Assumption
      On(year, 11, 1),    // All Saints
      On(year, 11, 11),   // Armistice
      On(year, 12, 25),   // Christmas
  };
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

bool IsHoliday(sys_days day) {
  const std::chrono::year_month_day date{day};
  const std::vector<sys_days> holidays = HolidaysOf(static_cast<int>(date.year()));
  return std::binary_search(holidays.begin(), holidays.end(), day);
}

}  // namespace sluis::calendar
