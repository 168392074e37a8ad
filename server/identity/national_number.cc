#include "server/identity/national_number.h"

#include <utility>

#include "server/identity/separator.h"

namespace sluis::identity {
namespace {

constexpr int kBisSexUnknown = 20;
constexpr int kBisSexKnown = 40;
constexpr uint64_t kModulus = 97;
constexpr uint64_t kFrom2000 = 2'000'000'000;

absl::Status Refuse(const char* why) {
  return absl::InvalidArgumentError(std::string("national register number: ") + why);
}

}  // namespace

absl::StatusOr<NationalNumber> NationalNumber::Parse(std::string_view written) {
  if (written.size() > kMaxWrittenBytes) return Refuse("too long; it has 11 digits");
  NationalNumber number;
  const std::span<uint8_t, kDigits> digits = number.digits_.mutable_span();
  size_t count = 0;
  while (!written.empty()) {
    if (TakeSeparator(written)) continue;
    const char c = written.front();
    written.remove_prefix(1);
    if (c < '0' || c > '9') {
      return Refuse("write digits, with dots, dashes, slashes or spaces between them");
    }
    if (count == kDigits) return Refuse("it has more than 11 digits; leave the century out");
    digits[count++] = static_cast<uint8_t>(c);
  }
  if (count < kDigits) return Refuse("it has fewer than 11 digits; zeros in front count");

  const int month = number.Value(2, 2), day = number.Value(4, 2), serial = number.Value(6, 3);
  const int bis = month >= kBisSexKnown     ? kBisSexKnown
                  : month >= kBisSexUnknown ? kBisSexUnknown
                                            : 0;
  number.kind_ = bis == 0 ? NumberKind::kNational : NumberKind::kBis;
  if (month - bis > 12) return Refuse("digits 3 and 4 are no month, also not of a bis number");
  if (day > 31) return Refuse("digits 5 and 6 are no day");
  if (serial == 0 || serial == 999) return Refuse("digits 7 to 9 run from 001 to 998");

  const auto body = static_cast<uint64_t>(number.Value(0, 9));
  const auto check = static_cast<uint64_t>(number.Value(9, 2));
  if (check == kModulus - body % kModulus) {
    number.born_from_2000_ = false;
  } else if (check == kModulus - (kFrom2000 + body) % kModulus) {
    number.born_from_2000_ = true;
  } else {
    return Refuse("the last two digits do not fit the others; compare it with the identity card");
  }
  return number;
}

int NationalNumber::Value(size_t from, size_t count) const {
  const auto digits = digits_.expose();
  int value = 0;
  for (size_t i = from; i < from + count; ++i) value = value * 10 + (digits[i] - '0');
  return value;
}

WrittenDate NationalNumber::written_date() const {
  const int year = Value(0, 2), month = Value(2, 2) % 20, day = Value(4, 2);
  WrittenDate date;
  // Year 00 is also what stands where nothing at all was known.
  if (year != 0 || month != 0 || day != 0) date.year = (born_from_2000_ ? 2000 : 1900) + year;
  if (month != 0) date.month = month;
  if (day != 0) date.day = day;
  return date;
}

std::optional<Sex> NationalNumber::sex_hint() const {
  const int month = Value(2, 2);
  if (month >= kBisSexUnknown && month < kBisSexKnown) return std::nullopt;
  return Value(6, 3) % 2 == 1 ? Sex::kMale : Sex::kFemale;
}

}  // namespace sluis::identity
