#include "server/identity/name_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>

namespace sluis::identity {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string Normal(std::string_view written) {
  const auto words = NormaliseName(written);
  return words.ok() ? std::string(View(Joined(*words))) : std::string(words.status().message());
}

TEST(NameTextTest, LettersOfTheLanguagesHere) {
  EXPECT_EQ(Normal("Hélène"), "helene");
  EXPECT_EQ(Normal("He\u0301le\u0300ne"), "helene");
  EXPECT_EQ(Normal("Œuvrard"), "oeuvrard");
  EXPECT_EQ(Normal("Weiß"), "weiss");
  EXPECT_EQ(Normal("Łukasz Bjørn Æbel"), "lukasz bjorn aebel");
  EXPECT_EQ(Normal("Ĳsbrand"), "ijsbrand");
  EXPECT_EQ(Normal("Işıl İbrahim"), "isil ibrahim");
  EXPECT_EQ(Normal("IŞIL IBRAHIM"), "isil ibrahim");
  EXPECT_EQ(Normal("Đorđe Þór"), "dorde thor");
  EXPECT_EQ(Normal("Ｍａｅｓ"), "maes");
}

TEST(NameTextTest, PunctuationPartsAndApostrophesJoin) {
  EXPECT_EQ(Normal("Jean-Pierre"), "jean pierre");
  EXPECT_EQ(Normal("Jean\u2013Pierre"), "jean pierre");
  EXPECT_EQ(Normal("  Jean \t Pierre,"), "jean pierre");
  for (const char* written : {"D'Hondt", "D\u2019Hondt", "d\u00b4hondt", "d`Hondt", "D Hondt"}) {
    EXPECT_EQ(Normal(written), "dhondt") << written;
  }
  for (const char* written : {"Sa\u02bfid", "Sa'id", "Sa\u2019id", "Sa\u2018id"}) {
    EXPECT_EQ(Normal(written), "said") << written;
  }
  EXPECT_EQ(Normal("Maes\u00ad\u200bveld"), "maesveld");
}

TEST(NameTextTest, ParticlesGoHoweverTheyAreWritten) {
  for (const char* written : {"Van den Lindervaart", "VANDEN LINDERVAART", "Vandenlindervaart",
                              "Lindervaart, van den", "Lindervaart"}) {
    EXPECT_EQ(Normal(written), "lindervaart") << written;
  }
  EXPECT_EQ(Normal("De Vos"), "vos");
  EXPECT_EQ(Normal("Devos"), "vos");
  EXPECT_EQ(Normal("El Amzaghi"), "amzaghi");
  EXPECT_EQ(Normal("Elamzaghi"), "amzaghi");
  EXPECT_EQ(Normal("De la Roserie"), "roserie");
  EXPECT_EQ(Normal("Van 't Hoogerhuys"), "hoogerhuys");
}

TEST(NameTextTest, ANameThatIsAParticleStays) {
  EXPECT_EQ(Normal("Ben"), "ben");
  EXPECT_EQ(Normal("Van De"), "van de");
  EXPECT_EQ(Normal("Elise"), "elise");    // too short to be "el ise"
  EXPECT_EQ(Normal("Deelen"), "deelen");  // "d'eelen" it would be
  EXPECT_EQ(Normal("Dewi"), "dewi");
}

TEST(NameTextTest, ServantsOfGodAreOneWord) {
  for (const char* written : {"Abdelkader", "Abd el Kader", "Abd-el-Kader", "Abdel Kader"}) {
    EXPECT_EQ(Normal(written), "abdelkader") << written;
  }
  EXPECT_EQ(Normal("Abd"), "abd");
}

TEST(NameTextTest, WhatMeansNobodyIsNothing) {
  for (const char* written :
       {"", "-", " ? ", "Onbekend", "INCONNUE", "N.N.", "nn", "xxx", "van onbekend"}) {
    const auto words = NormaliseName(written);
    if (std::string_view(written) == "N.N.") continue;  // two initials: a name
    ASSERT_TRUE(words.ok()) << written;
    EXPECT_TRUE(words->empty()) << written;
  }
}

TEST(NameTextTest, RefusesWithWhatToDo) {
  EXPECT_THAT(Normal("محمد"), HasSubstr("Latin letters"));
  EXPECT_THAT(Normal("Иванов"), HasSubstr("Latin letters"));
  EXPECT_THAT(Normal("Maes 85.07.03-996.69"), HasSubstr("digit"));
  EXPECT_THAT(Normal("Maes \u00bd"), HasSubstr("digit"));
  EXPECT_THAT(Normal("Ma\xff"), HasSubstr("UTF-8"));
  EXPECT_THAT(Normal("Ma\xed\xa0\x80"), HasSubstr("UTF-8"));
  EXPECT_THAT(Normal(std::string_view("Ma\0es", 5)), HasSubstr("nobody sees"));
  EXPECT_THAT(Normal(std::string(401, 'a')), HasSubstr("400 bytes"));
  EXPECT_EQ(Normal(std::string(400, 'a')), std::string(400, 'a'));
  EXPECT_THAT(Normal("a b c e f g h i j k m n o p q r s"), HasSubstr("16 words"));
}

TEST(NameTextTest, NoMessageQuotesTheName) {
  for (const char* written : {"Lindervaart7", "Lindervaart Иванов", "Lindervaart\x01"}) {
    EXPECT_THAT(Normal(written), Not(HasSubstr("inder"))) << written;
  }
}

std::string AnyName() {
  static const std::vector<std::string> parts = {
      "van", "den",  "vanden", "de", "el", "abd",     "abdul",  "d", "l",  "onbekend", "nn", "ben",
      "vos", "maes", "É",      "ß",  "ij", "ş",       "İ",      "ı", "œ",  "'",        "-",  " ",
      " ",   " ",    "a",      "z",  "ou", "elvande", "\u0301", "ﬁ", "xx", "kader"};
  std::string name;
  for (int i = *rc::gen::inRange(0, 9); i > 0; --i) name += *rc::gen::elementOf(parts);
  return name;
}

// One sign of three bytes that decomposes to four letters.
TEST(NameTextTest, ANameHasABoundAfterItsSignsAreTakenApart) {
  std::string name;
  for (int i = 0; i < 100; ++i) name += "\u3389";
  const auto words = NormaliseName(name);
  ASSERT_TRUE(words.ok()) << words.status();
  EXPECT_EQ(Joined(*words).size(), 400u);
  EXPECT_NE(NormaliseName(name + "\u3389").status().message().find("too long"),
            std::string_view::npos);
}

RC_GTEST_PROP(NameTextProperty, WhatIsNormalStaysSo, ()) {
  const std::string name = AnyName();
  const auto words = NormaliseName(name);
  RC_ASSERT(words.ok());
  const std::string once(View(Joined(*words)));
  RC_ASSERT(Normal(once) == once);
  RC_ASSERT(std::all_of(once.begin(), once.end(),
                        [](char c) { return c == ' ' || (c >= 'a' && c <= 'z'); }));
}

RC_GTEST_PROP(NameTextProperty, CapitalsDoNotMatter, ()) {
  std::string name;
  for (int i = *rc::gen::inRange(1, 12); i > 0; --i) name += *rc::gen::inRange('a', 'z');
  std::string upper = name;
  for (char& c : upper) c = static_cast<char>(c - 32);
  RC_ASSERT(NormaliseName(upper).ok());
  RC_ASSERT(Normal(name) == Normal(upper));
}

}  // namespace
}  // namespace sluis::identity
