#include "client/lib/text.h"

#include <unicode/calendar.h>
#include <unicode/normalizer2.h>
#include <unicode/timezone.h>
#include <unicode/ucnv.h>
#include <unicode/unistr.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

namespace sluis::client {
namespace {

struct ConverterCloser {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};

// Digits only, at most `max` of them.
std::optional<int> Number(std::string_view text, size_t min, size_t max) {
  if (text.size() < min || text.size() > max) return std::nullopt;
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<std::string> Day(std::optional<int> year, std::optional<int> month,
                               std::optional<int> day) {
  if (!year || !month || !day || *year < 1900) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  std::array<char, 32> out{};
  std::snprintf(out.data(), out.size(), "%04d-%02d-%02d", *year, *month, *day);
  return std::string(out.data());
}

std::unique_ptr<icu::Calendar> Brussels(int64_t unix_seconds) {
  UErrorCode status = U_ZERO_ERROR;
  std::unique_ptr<icu::Calendar> calendar(icu::Calendar::createInstance(
      icu::TimeZone::createTimeZone("Europe/Brussels"), icu::Locale::getRoot(), status));
  if (U_FAILURE(status) || calendar == nullptr) std::abort();  // ICU without its data
  calendar->setTime(static_cast<UDate>(unix_seconds) * 1000.0, status);
  return calendar;
}

int Get(const icu::Calendar& calendar, UCalendarDateFields field) {
  UErrorCode status = U_ZERO_ERROR;
  return calendar.get(field, status);
}

icu::UnicodeString Wide(std::string_view text) {
  return icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
}

bool IsSpace(UChar32 c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == 0xA0 || c == 0x202F || c == 0xFEFF;
}

}  // namespace

bool IsUtf8(std::string_view bytes) {
  // Asking for the length only: anything but "does not fit" and "fits" is ill-formed text.
  UErrorCode status = U_ZERO_ERROR;
  u_strFromUTF8(nullptr, 0, nullptr, bytes.data(), static_cast<int32_t>(bytes.size()), &status);
  return U_SUCCESS(status) || status == U_BUFFER_OVERFLOW_ERROR;
}

std::optional<std::string> FromWindows1252(std::string_view bytes) {
  for (const char c : bytes) {
    const auto byte = static_cast<uint8_t>(c);
    if (byte == 0x81 || byte == 0x8D || byte == 0x8F || byte == 0x90 || byte == 0x9D) {
      return std::nullopt;
    }
  }
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UConverter, ConverterCloser> converter(ucnv_open("windows-1252", &status));
  if (U_FAILURE(status)) return std::nullopt;
  const icu::UnicodeString text(bytes.data(), static_cast<int32_t>(bytes.size()), converter.get(),
                                status);
  if (U_FAILURE(status)) return std::nullopt;
  std::string out;
  text.toUTF8String(out);
  return out;
}

std::string Tidy(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* form_c = icu::Normalizer2::getNFCInstance(status);
  if (U_FAILURE(status)) std::abort();
  icu::UnicodeString wide = Wide(text);
  wide = form_c->normalize(wide, status);
  wide.findAndReplace("\r\n", "\n");
  wide.findAndReplace("\r", "\n");
  int32_t begin = 0;
  int32_t end = wide.length();
  while (begin < end && IsSpace(wide.charAt(begin))) ++begin;
  while (end > begin && IsSpace(wide.charAt(end - 1))) --end;
  std::string out;
  wide.tempSubStringBetween(begin, end).toUTF8String(out);
  return out;
}

std::string Lower(std::string_view text) {
  std::string out;
  Wide(text).toLower(icu::Locale::getRoot()).toUTF8String(out);
  return out;
}

size_t Length(std::string_view text) {
  size_t count = 0;
  for (const char c : text) count += (static_cast<uint8_t>(c) & 0xC0) != 0x80 ? 1 : 0;
  return count;
}

bool HasControl(std::string_view text) {
  const icu::UnicodeString wide = Wide(text);
  for (int32_t i = 0; i < wide.length(); ++i) {
    const char16_t unit = wide.charAt(i);
    if (unit != '\n' && (unit < 0x20 || (unit >= 0x7F && unit <= 0x9F))) return true;
  }
  return false;
}

std::optional<std::string> ParseDay(std::string_view text) {
  if (text.size() == 10 && text[4] == '-' && text[7] == '-') {
    return Day(Number(text.substr(0, 4), 4, 4), Number(text.substr(5, 2), 2, 2),
               Number(text.substr(8), 2, 2));
  }
  const size_t first = text.find('/');
  if (first == std::string_view::npos) return std::nullopt;
  const size_t second = text.find('/', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  return Day(Number(text.substr(second + 1), 4, 4),
             Number(text.substr(first + 1, second - first - 1), 1, 2),
             Number(text.substr(0, first), 1, 2));
}

std::string LegalDay(int64_t unix_seconds) {
  const auto calendar = Brussels(unix_seconds);
  std::array<char, 48> out{};
  std::snprintf(out.data(), out.size(), "%04d-%02d-%02d", Get(*calendar, UCAL_YEAR),
                Get(*calendar, UCAL_MONTH) + 1, Get(*calendar, UCAL_DATE));
  return out.data();
}

int64_t DayBegin(std::string_view day) {
  const auto number = [&](size_t at, size_t count) {
    return Number(day.substr(std::min(at, day.size()), count), count, count).value_or(0);
  };
  const auto calendar = Brussels(0);
  calendar->clear();
  calendar->set(number(0, 4), number(5, 2) - 1, number(8, 2));
  UErrorCode status = U_ZERO_ERROR;
  return static_cast<int64_t>(calendar->getTime(status) / 1000.0);
}

std::string LegalMinute(int64_t unix_seconds) {
  const auto calendar = Brussels(unix_seconds);
  std::array<char, 64> out{};
  std::snprintf(out.data(), out.size(), "%02d/%02d/%04d %02d:%02d", Get(*calendar, UCAL_DATE),
                Get(*calendar, UCAL_MONTH) + 1, Get(*calendar, UCAL_YEAR),
                Get(*calendar, UCAL_HOUR_OF_DAY), Get(*calendar, UCAL_MINUTE));
  return out.data();
}

}  // namespace sluis::client
