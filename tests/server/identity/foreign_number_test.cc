#include "server/identity/foreign_number.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace sluis::identity {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string Text(const absl::StatusOr<ForeignNumber>& number) {
  if (!number.ok()) return std::string(number.status().message());
  const auto signs = number->expose();
  return std::string(number->country()) + ":" + std::string(signs.begin(), signs.end());
}

TEST(ForeignNumberTest, OneFormForOneNumber) {
  for (const char* written : {"AB123456", "ab 123 456", "AB-123.456", "ab/123456 "}) {
    EXPECT_EQ(Text(ForeignNumber::Parse("ma", written)), "MA:AB123456") << written;
  }
  EXPECT_EQ(Text(ForeignNumber::Parse("XK", "A1234")), "XK:A1234");
}

TEST(ForeignNumberTest, CountriesAreApart) {
  EXPECT_NE(Text(ForeignNumber::Parse("FR", "AB123456")),
            Text(ForeignNumber::Parse("TR", "AB123456")));
}

TEST(ForeignNumberTest, RefusesWithWhatToDoAndWithoutTheNumber) {
  EXPECT_THAT(Text(ForeignNumber::Parse("", "AB123456")), HasSubstr("two letters"));
  EXPECT_THAT(Text(ForeignNumber::Parse("QQ", "AB123456")), HasSubstr("ISO 3166-1"));
  EXPECT_THAT(Text(ForeignNumber::Parse("be", "AB123456")), HasSubstr("national one"));
  EXPECT_THAT(Text(ForeignNumber::Parse("MA", "A12")), HasSubstr("at least 4"));
  EXPECT_THAT(Text(ForeignNumber::Parse("MA", "unknown")), HasSubstr("no digit"));
  EXPECT_THAT(Text(ForeignNumber::Parse("MA", std::string(33, '7'))), HasSubstr("at most 32"));
  EXPECT_THAT(Text(ForeignNumber::Parse("MA", std::string(65, ' '))), HasSubstr("at most 32"));
  std::string longest(32, '7');
  longest.back() = '8';
  EXPECT_TRUE(ForeignNumber::Parse("MA", longest).ok());
  const std::string refusal = Text(ForeignNumber::Parse("MA", "AB123456€"));
  EXPECT_THAT(refusal, HasSubstr("letters A to Z and digits"));
  EXPECT_THAT(refusal, Not(HasSubstr("123")));
}

TEST(ForeignNumberTest, WhatPeopleFillInForNoneIsRefusedAndNotQuoted) {
  for (const char* filler : {"0000", "00-00-00", "9999", "77777777", "1234", "0123", "12345678901",
                             "987654321", "3210", "09876", "A0000000", "0000X", "onbekend 1",
                             "1 INCONNU", "unknown-99", "nvt 12", "geen 00", "SANS 2"}) {
    const std::string refusal = Text(ForeignNumber::Parse("MA", filler));
    EXPECT_THAT(refusal, HasSubstr("leave it out when it is not known")) << filler;
    for (const char* part : {"0000", "9999", "777", "1234", "987", "NVT", "ONBEKEND", "12"}) {
      EXPECT_THAT(refusal, Not(HasSubstr(part))) << filler;
    }
  }
}

TEST(ForeignNumberTest, ANumberThatOnlyLooksRegularIsTaken) {
  for (const char* number : {"1235", "1224", "1357", "00001", "A1234567", "AB777777", "NN123456",
                             "XX 4711", "11112222", "X1X1X1", "ONBEKENDE1"}) {
    EXPECT_TRUE(ForeignNumber::Parse("MA", number).ok()) << number;
  }
}

static_assert(!std::is_copy_constructible_v<ForeignNumber>);

}  // namespace
}  // namespace sluis::identity
