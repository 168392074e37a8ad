#include "server/identity/birth_date.h"

#include <algorithm>
#include <array>
#include <string>

#include "server/identity/separator.h"

namespace sluis::identity {
namespace {

absl::Status Refuse(const char* why) {
  return absl::InvalidArgumentError(std::string("birth date: ") + why);
}

struct Part {
  int value = 0;
  size_t digits = 0;
};

struct Parts {
  std::array<Part, 3> part;
  size_t count = 0;
  ~Parts() {
    crypto::Wipe(std::span<uint8_t>(reinterpret_cast<uint8_t*>(part.data()), sizeof part));
  }
};

absl::Status ReadParts(std::string_view written, Parts& parts) {
  bool inside = false;
  while (!written.empty()) {
    if (TakeSeparator(written)) {
      inside = false;
      continue;
    }
    const char c = written.front();
    written.remove_prefix(1);
    if (c < '0' || c > '9') {
      return Refuse("write numbers, such as 1985-03-14 or 14/03/1985, with the month as a number");
    }
    if (!inside && parts.count == 3) return Refuse("it has more than day, month and year");
    if (!inside) ++parts.count;
    inside = true;
    Part& part = parts.part[parts.count - 1];
    if (++part.digits > 4) return Refuse("part day, month and year, such as 1985-03-14");
    part.value = part.value * 10 + (c - '0');
  }
  return absl::OkStatus();
}

int DaysOf(int month, int year) {
  static constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return kDays[static_cast<size_t>(month - 1)] + (month == 2 && leap ? 1 : 0);
}

void AppendNumber(WipedText& out, int value, int width) {
  int scale = 1;
  for (int i = 1; i < width; ++i) scale *= 10;
  for (; scale > 0; scale /= 10) out.push_back(static_cast<char>('0' + value / scale % 10));
}

WipedText Written(int year, int first, int second) {
  WipedText out;
  out.reserve(10);
  AppendNumber(out, year, 4);
  out.push_back('-');
  AppendNumber(out, first, 2);
  out.push_back('-');
  AppendNumber(out, second, 2);
  return out;
}

}  // namespace

absl::StatusOr<BirthDate> BirthDate::Parse(std::string_view written) {
  if (written.size() > kMaxWrittenBytes) return Refuse("too long");
  Parts parts;
  if (absl::Status read = ReadParts(written, parts); !read.ok()) return read;
  BirthDate date;
  if (parts.count == 0) return date;
  const auto begin = parts.part.begin(), end = begin + static_cast<std::ptrdiff_t>(parts.count);
  if (parts.part[0].digits != 4) std::reverse(begin, end);
  const auto& [year, month, day] = parts.part;
  if (year.digits != 4)
    return Refuse("write the year with four digits, at the front or at the end");
  if (month.digits > 2 || day.digits > 2) return Refuse("day and month have one or two digits");
  if (year.value == 0 && month.value == 0 && day.value == 0) return date;
  if (year.value < kFirstYear || year.value > kLastYear) return Refuse("check the year");
  if (month.value > 12)
    return Refuse("the month is above 12; write day, month, year in that order");
  if (day.value != 0 && month.value == 0) return Refuse("a day needs its month");
  if (day.value != 0 && day.value > DaysOf(month.value, year.value)) {
    return Refuse("this month has no such day");
  }
  if (year.value == 1900 && month.value == 1 && day.value == 1) return date;
  const auto fields = date.fields_.mutable_span();
  fields[0] = static_cast<uint8_t>(year.value / 100);
  fields[1] = static_cast<uint8_t>(year.value % 100);
  fields[2] = static_cast<uint8_t>(month.value);
  fields[3] = static_cast<uint8_t>(day.value);
  return date;
}

WipedText BirthDate::Iso() const {
  if (!IsFull()) return {};
  return Written(year(), fields_.expose()[2], fields_.expose()[3]);
}

WipedText BirthDate::Known() const {
  if (IsFull()) return Iso();
  WipedText out;
  if (IsUnknown()) return out;
  out.reserve(7);
  AppendNumber(out, year(), 4);
  if (fields_.expose()[2] == 0) return out;
  out.push_back('-');
  AppendNumber(out, fields_.expose()[2], 2);
  return out;
}

WipedText BirthDate::IsoUnswapped() const {
  if (!IsFull()) return {};
  const auto [less, more] = std::minmax(fields_.expose()[2], fields_.expose()[3]);
  return Written(year(), less, more);
}

}  // namespace sluis::identity
