// A number that is taken is its digits and separators, its check digits fit one rule, and written
// with dots and dashes it is the same one.
#include <cstdint>
#include <string>

#include "server/identity/national_number.h"
#include "tests/support/require.h"

using sluis::identity::NationalNumber;
using sluis::identity::NumberKind;

namespace {

using sluis::tests::Require;

std::string Digits(const NationalNumber& number) {
  const auto digits = number.expose();
  return {digits.begin(), digits.end()};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string written(reinterpret_cast<const char*>(data), size);
  const auto number = NationalNumber::Parse(written);
  if (!number.ok()) {
    Require(!number.status().message().empty());
    return 0;
  }
  Require(size <= NationalNumber::kMaxWrittenBytes);
  const std::string digits = Digits(*number);
  std::string found;
  for (const char c : written) {
    if (c >= '0' && c <= '9') found += c;
  }
  Require(found == digits);

  const auto body = std::stoll(digits.substr(0, 9)), check = std::stoll(digits.substr(9));
  Require(check == 97 - body % 97 || check == 97 - (2'000'000'000 + body) % 97);
  const int month = std::stoi(digits.substr(2, 2));
  Require((number->kind() == NumberKind::kBis) == (month >= 20));
  const auto date = number->written_date();
  Require(!date.year || (*date.year >= 1900 && *date.year < 2100));
  Require(!date.month || (*date.month >= 1 && *date.month <= 12));
  Require(!date.day || (*date.day >= 1 && *date.day <= 31));

  const std::string again = digits.substr(0, 2) + '.' + digits.substr(2, 2) + '.' +
                            digits.substr(4, 2) + '-' + digits.substr(6, 3) + '.' +
                            digits.substr(9);
  const auto same = NationalNumber::Parse(again);
  Require(same.ok() && Digits(*same) == digits && same->kind() == number->kind());
  return 0;
}
