#include "server/identity/person.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace sluis::identity {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kNational = "85.07.03-996.69";
constexpr std::string_view kBis = "85.47.03-996.58";

std::string Refusal(const WrittenIdentity& written) {
  const auto person = Person::From(written);
  return person.ok() ? "taken" : std::string(person.status().message());
}

TEST(PersonTest, EveryPartIsBroughtIntoItsForm) {
  const auto person = Person::From({.surname = "Van den Lindervaart",
                                    .given = "An-Sofie Maria",
                                    .born = "14/3/1985",
                                    .sex = Sex::kFemale,
                                    .postal_code = "B-2018",
                                    .national_number = kNational,
                                    .bis_number = kBis,
                                    .foreign_country = "ma",
                                    .foreign_number = "ab 1234"});
  ASSERT_TRUE(person.ok()) << person.status();
  EXPECT_EQ(View(Joined(person->surname())), "lindervaart");
  EXPECT_EQ(View(Joined(person->given())), "an sofie maria");
  EXPECT_EQ(View(person->born().Iso()), "1985-03-14");
  EXPECT_EQ(person->sex(), Sex::kFemale);
  EXPECT_EQ(View(person->area()), "20");
  EXPECT_TRUE(person->national() && person->bis() && person->foreign());
}

TEST(PersonTest, ABisNumberInTheFieldOfNationalOnesIsTakenForWhatItIs) {
  const auto person = Person::From({.national_number = kBis});
  ASSERT_TRUE(person.ok()) << person.status();
  EXPECT_FALSE(person->national());
  EXPECT_TRUE(person->bis());
}

TEST(PersonTest, WhatTheNumberSaysIsNotComparedWithWhatIsGiven) {
  EXPECT_EQ(Refusal({.surname = "Maesveld",
                     .born = "1990-01-02",
                     .sex = Sex::kMale,
                     .national_number = kNational}),
            "taken");
}

TEST(PersonTest, RefusalsNameTheField) {
  EXPECT_THAT(Refusal({}), HasSubstr("give a name or a number"));
  EXPECT_THAT(Refusal({.surname = "onbekend", .born = "1985-03-14"}), HasSubstr("give a name"));
  EXPECT_THAT(Refusal({.surname = "Maes1"}), HasSubstr("surname: name: "));
  EXPECT_THAT(Refusal({.surname = "Maes", .given = "Иван"}), HasSubstr("given name: "));
  EXPECT_THAT(Refusal({.surname = "Maes", .born = "1985-13-13"}), HasSubstr("birth date: "));
  EXPECT_THAT(Refusal({.surname = "Maes", .postal_code = "1"}), HasSubstr("postal code: "));
  EXPECT_THAT(Refusal({.national_number = "1"}), HasSubstr("national register number: "));
  EXPECT_THAT(Refusal({.bis_number = "1"}), HasSubstr("bis number: "));
  EXPECT_THAT(Refusal({.bis_number = kNational}), HasSubstr("swap the fields"));
  EXPECT_THAT(Refusal({.national_number = kBis, .bis_number = kBis}), HasSubstr("give the newer"));
  EXPECT_THAT(Refusal({.foreign_country = "MA"}), HasSubstr("no number"));
  EXPECT_THAT(Refusal({.foreign_number = "AB1234"}), HasSubstr("issuing country"));
}

TEST(PersonTest, NoRefusalQuotesWhatWasWritten) {
  for (const WrittenIdentity& written :
       {WrittenIdentity{.surname = "Lindervaart1"}, WrittenIdentity{.given = "Lindervaart Ж"},
        WrittenIdentity{.surname = "Lindervaart", .born = "41/07/1999"},
        WrittenIdentity{.surname = "Lindervaart", .postal_code = "41 07"},
        WrittenIdentity{.national_number = "41.07.41-996.69"},
        WrittenIdentity{.foreign_country = "MA", .foreign_number = "Lindervaart"}}) {
    const std::string refusal = Refusal(written);
    ASSERT_NE(refusal, "taken");
    for (const char* part : {"inder", "41", "07", "1999", "996"}) {
      EXPECT_THAT(refusal, Not(HasSubstr(part)));
    }
  }
}

static_assert(!std::is_copy_constructible_v<Person> && !std::is_copy_assignable_v<Person>);

}  // namespace
}  // namespace sluis::identity
