#include "server/identity/birth_date.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cstdio>
#include <string>

namespace sluis::identity {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string Iso(std::string_view written) {
  const auto date = BirthDate::Parse(written);
  return date.ok() ? std::string(View(date->Iso())) : std::string(date.status().message());
}

TEST(BirthDateTest, TakesWhatPeopleWrite) {
  for (const char* written : {"1985-03-14", "14/03/1985", "14.3.1985", "14 3 1985", "14-03-1985",
                              "1985/3/14", " 1985-03-14 ", "14 / 03 / 1985"}) {
    EXPECT_EQ(Iso(written), "1985-03-14") << written;
  }
}

TEST(BirthDateTest, WhatIsNotFullMakesNoKey) {
  for (const char* written : {"", " - ", "1985", "03/1985", "1985-03", "00/03/1985", "1985-00-00",
                              "0000-00-00", "01/01/1900"}) {
    const auto date = BirthDate::Parse(written);
    ASSERT_TRUE(date.ok()) << written << date.status();
    EXPECT_FALSE(date->IsFull()) << written;
    EXPECT_TRUE(date->Iso().empty() && date->IsoUnswapped().empty()) << written;
  }
  EXPECT_TRUE(BirthDate::Parse("00/00/0000")->IsUnknown());
  EXPECT_TRUE(BirthDate::Parse("1/1/1900")->IsUnknown());
  EXPECT_FALSE(BirthDate::Parse("1985")->IsUnknown());
}

TEST(BirthDateTest, WhatIsKnownIsReadBackAsTheSameDate) {
  for (const auto& [written, known] : {std::pair{"14/3/1985", "1985-03-14"},
                                       {"03/1985", "1985-03"},
                                       {"00/03/1985", "1985-03"},
                                       {"1985", "1985"},
                                       {"1985-00-00", "1985"},
                                       {"0000-00-00", ""},
                                       {"1/1/1900", ""},
                                       {"", ""}}) {
    const WipedText once = BirthDate::Parse(written)->Known();
    EXPECT_EQ(View(once), known) << written;
    EXPECT_EQ(BirthDate::Parse(View(once))->Known(), once) << written;
  }
}

TEST(BirthDateTest, RefusesWithWhatToDo) {
  EXPECT_THAT(Iso("14/03/85"), HasSubstr("four digits"));
  EXPECT_THAT(Iso("14 maart 1985"), HasSubstr("month as a number"));
  EXPECT_THAT(Iso("03/14/1985"), HasSubstr("day, month, year"));
  EXPECT_THAT(Iso("30/02/1985"), HasSubstr("no such day"));
  EXPECT_THAT(Iso("29/02/1900"), HasSubstr("no such day"));
  EXPECT_EQ(Iso("29/02/2000"), "2000-02-29");
  EXPECT_THAT(Iso("14/00/1985"), HasSubstr("needs its month"));
  EXPECT_THAT(Iso("14/03/1879"), HasSubstr("year"));
  EXPECT_THAT(Iso("14/03/2101"), HasSubstr("year"));
  EXPECT_THAT(Iso("14031985"), HasSubstr("part day"));
  EXPECT_THAT(Iso("1985-003-14"), HasSubstr("one or two digits"));
  EXPECT_THAT(Iso("1-2-3-1985"), HasSubstr("more than"));
  EXPECT_THAT(Iso(std::string(33, ' ')), HasSubstr("too long"));
}

TEST(BirthDateTest, NoMessageQuotesTheDate) {
  for (const char* written :
       {"30/02/1971", "03/31/1971", "31 feb 1971", "14/00/1971", "12/11/2971"}) {
    for (const char* part : {"1971", "2971", "31", "30", "11"}) {
      EXPECT_THAT(Iso(written), Not(HasSubstr(part))) << written;
    }
  }
}

RC_GTEST_PROP(BirthDateProperty, ASwappedDateHasOneText, ()) {
  const int year = *rc::gen::inRange(1901, 2030), one = *rc::gen::inRange(1, 13),
            two = *rc::gen::inRange(1, 13);
  char left[24], right[24];
  std::snprintf(left, sizeof left, "%d-%d-%d", year, one, two);
  std::snprintf(right, sizeof right, "%d/%d/%d", one, two, year);
  const auto first = BirthDate::Parse(left), second = BirthDate::Parse(right);
  RC_ASSERT(first.ok() && second.ok());
  RC_ASSERT(first->IsoUnswapped() == second->IsoUnswapped());
  RC_ASSERT((first->Iso() == second->Iso()) == (one == two));
}

RC_GTEST_PROP(BirthDateProperty, WhatComesOutComesBack, ()) {
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", *rc::gen::inRange(1880, 2101),
                *rc::gen::inRange(1, 13), *rc::gen::inRange(1, 29));
  RC_PRE(std::string(text) != "1900-01-01");
  RC_ASSERT(Iso(text) == text);
}

}  // namespace
}  // namespace sluis::identity
