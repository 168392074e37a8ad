#include "server/identity/national_number.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cstdio>
#include <string>

namespace sluis::identity {
namespace {

using ::testing::HasSubstr;

std::string Digits(const NationalNumber& number) {
  const auto digits = number.expose();
  return {digits.begin(), digits.end()};
}

// Of nobody: serials from 960 on.
std::string Made(int year, int month, int day, int serial) {
  char body[16];
  std::snprintf(body, sizeof body, "%02d%02d%02d%03d", year % 100, month, day, serial);
  const long long whole = std::stoll(std::string(year >= 2000 ? "2" : "") + body);
  char text[sizeof body + 8];
  std::snprintf(text, sizeof text, "%s%02d", body, static_cast<int>(97 - whole % 97));
  return text;
}

std::string Refusal(std::string_view written) {
  const auto number = NationalNumber::Parse(written);
  return number.ok() ? "taken" : std::string(number.status().message());
}

TEST(NationalNumberTest, TakesWhatPeopleWrite) {
  for (const char* written :
       {"85070399669", "85.07.03-996.69", "85 07 03 996 69", "85/07/03 - 996/69", " 850703-99669\t",
        "85.07.03\u2013996.69", "85\u00a007\u00a003\u00a0996\u00a069"}) {
    const auto number = NationalNumber::Parse(written);
    ASSERT_TRUE(number.ok()) << written << ": " << number.status();
    EXPECT_EQ(Digits(*number), "85070399669");
    EXPECT_EQ(number->kind(), NumberKind::kNational);
  }
}

TEST(NationalNumberTest, BothCheckRulesHoldAndTellTheCentury) {
  const auto before = NationalNumber::Parse(Made(1905, 7, 3, 970));
  const auto after = NationalNumber::Parse(Made(2005, 7, 3, 970));
  ASSERT_TRUE(before.ok() && after.ok());
  EXPECT_EQ(before->written_date().year, 1905);
  EXPECT_EQ(after->written_date().year, 2005);
  EXPECT_NE(Digits(*before), Digits(*after));
  EXPECT_EQ(after->written_date().month, 7);
  EXPECT_EQ(after->written_date().day, 3);
}

TEST(NationalNumberTest, MonthsOfBisNumbers) {
  struct Case {
    int month;
    NumberKind kind;
    std::optional<int> means;
    std::optional<Sex> sex;
  };
  for (const Case& c :
       {Case{12, NumberKind::kNational, 12, Sex::kMale},
        Case{21, NumberKind::kBis, 1, std::nullopt}, Case{32, NumberKind::kBis, 12, std::nullopt},
        Case{41, NumberKind::kBis, 1, Sex::kMale}, Case{52, NumberKind::kBis, 12, Sex::kMale},
        Case{20, NumberKind::kBis, std::nullopt, std::nullopt},
        Case{40, NumberKind::kBis, std::nullopt, Sex::kMale}}) {
    const auto number = NationalNumber::Parse(Made(1985, c.month, 3, 971));
    ASSERT_TRUE(number.ok()) << c.month << number.status();
    EXPECT_EQ(number->kind(), c.kind) << c.month;
    EXPECT_EQ(number->written_date().month, c.means) << c.month;
    EXPECT_EQ(number->sex_hint(), c.sex) << c.month;
  }
  for (const int month : {13, 19, 33, 39, 53, 99}) {
    EXPECT_THAT(Refusal(Made(1985, month, 3, 971)), HasSubstr("no month")) << month;
  }
}

TEST(NationalNumberTest, UnknownPartsOfABirthAreZeros) {
  const auto none = NationalNumber::Parse(Made(1900, 0, 0, 962));
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_FALSE(none->written_date().year || none->written_date().month || none->written_date().day);
  const auto year = NationalNumber::Parse(Made(1964, 0, 0, 962));
  ASSERT_TRUE(year.ok());
  EXPECT_EQ(year->written_date().year, 1964);
  EXPECT_EQ(year->written_date().month, std::nullopt);
  // The day goes on counting when serials run out, also where there is no month.
  EXPECT_TRUE(NationalNumber::Parse(Made(1964, 0, 2, 962)).ok());
  // A date that is none: the number is one all the same.
  EXPECT_TRUE(NationalNumber::Parse(Made(1985, 2, 31, 962)).ok());
}

TEST(NationalNumberTest, OddSerialsAreOfMen) {
  EXPECT_EQ(NationalNumber::Parse(Made(1985, 7, 3, 997))->sex_hint(), Sex::kMale);
  EXPECT_EQ(NationalNumber::Parse(Made(1985, 7, 3, 998))->sex_hint(), Sex::kFemale);
}

TEST(NationalNumberTest, RefusesWithWhatToDo) {
  EXPECT_THAT(Refusal(""), HasSubstr("fewer than 11 digits"));
  EXPECT_THAT(Refusal("8507039961"), HasSubstr("fewer than 11 digits"));
  EXPECT_THAT(Refusal("1985070399669"), HasSubstr("leave the century out"));
  EXPECT_THAT(Refusal("85O70399669"), HasSubstr("write digits"));
  EXPECT_THAT(Refusal("85070399669\n"), HasSubstr("write digits"));
  EXPECT_THAT(Refusal(Made(1985, 7, 32, 971)), HasSubstr("no day"));
  EXPECT_THAT(Refusal(Made(1985, 7, 3, 0)), HasSubstr("001 to 998"));
  EXPECT_THAT(Refusal(Made(1985, 7, 3, 999)), HasSubstr("001 to 998"));
  EXPECT_THAT(Refusal("85070399668"), HasSubstr("do not fit"));
  EXPECT_THAT(Refusal(std::string(65, ' ')), HasSubstr("too long"));
}

TEST(NationalNumberTest, NoMessageQuotesTheNumber) {
  for (std::string written : {"85070399668", "1985070399669", "8507039961", "85.13.03-996.69",
                              "85.07.32-996.69", "85.07.03-999.19", "85.07.03x996.69"}) {
    const std::string refusal = Refusal(written);
    ASSERT_NE(refusal, "taken");
    for (const char* part : {"8507", "996", "9961", "0703", "85.07", "1985"}) {
      EXPECT_THAT(refusal, ::testing::Not(HasSubstr(part))) << written;
    }
  }
}

static_assert(!std::is_copy_constructible_v<NationalNumber>);
static_assert(std::is_nothrow_move_constructible_v<NationalNumber>);

std::string Drawn() {
  return Made(*rc::gen::inRange(1900, 2100),
              *rc::gen::inRange(1, 13) + 20 * *rc::gen::inRange(0, 3), *rc::gen::inRange(1, 32),
              *rc::gen::inRange(1, 999));
}

RC_GTEST_PROP(NationalNumberProperty, AnyNumberIsTakenAndParted, ()) {
  const std::string digits = Drawn();
  std::string written;
  for (const char digit : digits) {
    if (*rc::gen::arbitrary<bool>()) written += *rc::gen::element('.', '-', ' ', '/');
    written += digit;
  }
  const auto number = NationalNumber::Parse(written);
  RC_ASSERT(number.ok());
  RC_ASSERT(Digits(*number) == digits);
}

RC_GTEST_PROP(NationalNumberProperty, OneWrongDigitIsFound, ()) {
  std::string digits = Drawn();
  const auto at = *rc::gen::inRange<size_t>(0, digits.size());
  const auto century = NationalNumber::Parse(digits)->written_date().year.value_or(1900) / 100;
  digits[at] = static_cast<char>('0' + (digits[at] - '0' + *rc::gen::inRange(1, 10)) % 10);
  const auto wrong = NationalNumber::Parse(digits);
  // Of what is wrong, one in 97 fits the rule of the other century. Never that of its own.
  if (wrong.ok()) RC_ASSERT(wrong->written_date().year.value_or(2000) / 100 != century);
}

RC_GTEST_PROP(NationalNumberProperty, TwoDigitsSwappedAreFound, ()) {
  std::string digits = Drawn();
  const auto century = NationalNumber::Parse(digits)->written_date().year.value_or(1900) / 100;
  const auto at = *rc::gen::inRange<size_t>(0, digits.size() - 1);
  RC_PRE(digits[at] != digits[at + 1]);
  std::swap(digits[at], digits[at + 1]);
  const auto wrong = NationalNumber::Parse(digits);
  if (wrong.ok()) RC_ASSERT(wrong->written_date().year.value_or(2000) / 100 != century);
}

}  // namespace
}  // namespace sluis::identity
