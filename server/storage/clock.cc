#include "server/storage/clock.h"

#include <unicode/timezone.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>

namespace sluis::storage {
namespace {

using std::chrono::sys_days;
using std::chrono::year_month_day;

class MachineClock final : public Clock {
 public:
  uint64_t NowUs() const override {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(since_epoch).count());
  }
  std::chrono::steady_clock::time_point Monotonic() const override {
    return std::chrono::steady_clock::now();
  }
};

// Ends the process when the time zone data is missing: retention and budgets count legal days, and
// ICU would answer in UTC without a word.
const icu::TimeZone& Brussels() {
  static const icu::TimeZone* const zone = [] {
    icu::TimeZone* made = icu::TimeZone::createTimeZone("Europe/Brussels");
    if (made == nullptr || *made == icu::TimeZone::getUnknown()) {
      std::fputs("time zone Europe/Brussels is not known here: install libicu72\n", stderr);
      std::abort();
    }
    return made;
  }();
  return *zone;
}

std::string Format(const year_month_day& day) {
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(day.year()),
                static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  return text;
}

std::optional<int> Number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<year_month_day> Parse(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = Number(text.substr(0, 4));
  const auto month = Number(text.substr(5, 2));
  const auto day = Number(text.substr(8, 2));
  if (!year || !month || !day || *year < 1900 || *year > 2199) return std::nullopt;
  const year_month_day date{std::chrono::year{*year},
                            std::chrono::month{static_cast<unsigned>(*month)},
                            std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return date;
}

}  // namespace

Clock& SystemClock() {
  static MachineClock clock;
  return clock;
}

std::string LegalDay(uint64_t now_us) {
  constexpr uint64_t kMsPerDay = 86'400'000;
  const uint64_t now_ms = now_us / 1000;
  int32_t raw_ms = 0;
  int32_t summer_ms = 0;
  UErrorCode error = U_ZERO_ERROR;
  Brussels().getOffset(static_cast<UDate>(now_ms), /*local=*/false, raw_ms, summer_ms, error);
  if (U_FAILURE(error)) std::abort();  // the one input is a number: only a broken library fails
  const uint64_t local_ms =
      now_ms + static_cast<uint64_t>(raw_ms) + static_cast<uint64_t>(summer_ms);
  const auto days = std::chrono::days{static_cast<int>(local_ms / kMsPerDay)};
  return Format(year_month_day{sys_days{days}});
}

std::string AddDays(const std::string& day, int days) {
  const auto date = Parse(day);
  // More than the years allowed hold: refused before the sum could overflow.
  constexpr int kMost = 300 * 366;
  if (!date || days > kMost || days < -kMost) return "";
  const std::string sum = Format(year_month_day{sys_days{*date} + std::chrono::days{days}});
  return IsDay(sum) ? sum : "";
}

bool IsDay(const std::string& day) { return Parse(day).has_value(); }

}  // namespace sluis::storage
