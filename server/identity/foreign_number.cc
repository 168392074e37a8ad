#include "server/identity/foreign_number.h"

#include <unicode/uloc.h>

#include <algorithm>
#include <string>

#include "server/identity/separator.h"

namespace sluis::identity {
namespace {

absl::Status Refuse(const char* why) {
  return absl::InvalidArgumentError(std::string("foreign number: ") + why);
}

char Capital(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

bool IsCountry(std::string_view code) {
  if (code == "XK") return true;  // Kosovo, which ISO has not numbered
  for (const char* const* known = uloc_getISOCountries(); *known != nullptr; ++known) {
    if (code == *known) return true;
  }
  return false;
}

bool IsDigit(char sign) { return sign >= '0' && sign <= '9'; }

constexpr auto kWordsForNone = std::to_array<std::string_view>(
    {"ONBEKEND", "INCONNU", "INCONNUE", "UNKNOWN", "UNBEKANNT", "GEEN", "ZONDER", "AUCUN", "AUCUNE",
     "SANS", "KEINE", "NONE", "NVT"});

// What people write where a field must be filled and nothing is known: a word for it, with digits
// before or behind; zeros, whatever letters; one digit over and over, or digits that run up or
// down.
bool IsFilledIn(std::string_view signs) {
  std::string_view word = signs;
  while (!word.empty() && IsDigit(word.front())) word.remove_prefix(1);
  while (!word.empty() && IsDigit(word.back())) word.remove_suffix(1);
  if (std::find(kWordsForNone.begin(), kWordsForNone.end(), word) != kWordsForNone.end()) {
    return true;
  }
  if (std::none_of(signs.begin(), signs.end(),
                   [](char sign) { return IsDigit(sign) && sign != '0'; })) {
    return true;
  }
  if (!word.empty()) return false;
  for (const int step : {0, 1, 9}) {
    const auto breaks = [step](char one, char next) {
      return (one - '0' + step) % 10 != next - '0';
    };
    if (std::adjacent_find(signs.begin(), signs.end(), breaks) == signs.end()) return true;
  }
  return false;
}

}  // namespace

absl::StatusOr<ForeignNumber> ForeignNumber::Parse(std::string_view country,
                                                   std::string_view written) {
  ForeignNumber number;
  if (country.size() != 2) return Refuse("give the issuing country as two letters, such as MA");
  number.country_ = {Capital(country[0]), Capital(country[1])};
  if (!IsCountry(number.country())) {
    return Refuse("the issuing country is not in ISO 3166-1; give its two letters, such as MA");
  }
  if (number.country() == "BE") return Refuse("give a Belgian number as a national one");
  if (written.size() > kMaxWrittenBytes) return Refuse("too long; it has at most 32 signs");

  const auto out = number.number_.mutable_span();
  bool digit = false;
  while (!written.empty()) {
    if (TakeSeparator(written)) continue;
    const char c = Capital(written.front());
    written.remove_prefix(1);
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_digit && (c < 'A' || c > 'Z')) {
      return Refuse("write letters A to Z and digits, as in the line for machines on the paper");
    }
    if (number.length_ == kMaxLength) return Refuse("too long; it has at most 32 signs");
    out[number.length_++] = static_cast<uint8_t>(c);
    digit = digit || is_digit;
  }
  if (number.length_ < kMinLength) return Refuse("too short; it has at least 4 signs");
  if (!digit) return Refuse("it has no digit; leave it out when it is not known");
  if (IsFilledIn(crypto::View(number.expose()))) {
    return Refuse(
        "it is what people fill in for none (zeros, one digit, digits in a row, a word for "
        "unknown); leave it out when it is not known");
  }
  return number;
}

}  // namespace sluis::identity
