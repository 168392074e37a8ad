// docs/identity.md says what the code does: its examples of skeletons and its figures.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "server/identity/foreign_number.h"
#include "server/identity/skeleton.h"
#include "tests/server/identity/measurement.h"
#include "tests/support/places.h"

namespace sluis::tests {
namespace {

using identity::KeyKinds;
using identity::ResultClass;
using ::testing::HasSubstr;

std::vector<std::string> Lines(const char* path) {
  std::ifstream file(InSources(path));
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

std::string Page() {
  std::string page;
  for (const std::string& line : Lines("/docs/identity.md")) page += line + '\n';
  return page;
}

std::string Row(const std::string& name, const Count& found, const Measurement& measured) {
  char line[160];
  const int recall = measured.Recall(found), precision = Measurement::Precision(found);
  std::snprintf(line, sizeof line, "| %s | %d | %d | %d.%d %% | %d.%d %% |\n", name.c_str(),
                found.same, found.other, recall / 10, recall % 10, precision / 10, precision % 10);
  return line;
}

void ExpectKeys(const std::string& page, const Measurement& measured) {
  for (const auto& [kind, count] : measured.equal) {
    if (kind < identity::KeyKind::kNameAndDate) continue;
    EXPECT_THAT(page, HasSubstr(Row('`' + std::string(IdType(kind)) + '`', count, measured)));
  }
}

TEST(IdentityPageTest, ExamplesOfSkeletons) {
  bool inside = false;
  int rows = 0;
  for (const std::string& line : Lines("/docs/identity.md")) {
    if (inside && !line.starts_with('|')) break;
    if (inside && !line.starts_with("|-")) {
      const size_t bar = line.find(" | ");
      ASSERT_NE(bar, std::string::npos) << line;
      const std::string word = line.substr(2, bar - 2);
      const std::string sound = line.substr(bar + 3, line.size() - bar - 5);
      EXPECT_EQ(View(identity::Skeleton(word)), sound) << word;
      ++rows;
    }
    inside = inside || line == "| word | skeleton |";
  }
  EXPECT_GE(rows, 10);
}

// Every word of the page that is said to be refused as a foreign number is.
TEST(IdentityPageTest, FillersThatAreRefused) {
  const std::string page = Page();
  for (const char* written : {"`0000`", "`A0000000`", "`1234`", "`987654321`"}) {
    ASSERT_THAT(page, HasSubstr(written));
    std::string number(written);
    number = number.substr(1, number.size() - 2);
    EXPECT_FALSE(identity::ForeignNumber::Parse("MA", number).ok()) << number;
  }
  ASSERT_THAT(page, HasSubstr("onbekend, inconnu(e), unknown, unbekannt, geen, zonder, aucun(e), "
                              "sans, keine, none or nvt"));
  for (const char* word : {"onbekend", "inconnu", "inconnue", "unknown", "unbekannt", "geen",
                           "zonder", "aucun", "aucune", "sans", "keine", "none", "nvt"}) {
    EXPECT_FALSE(identity::ForeignNumber::Parse("MA", word + std::string(" 27")).ok()) << word;
    EXPECT_FALSE(identity::ForeignNumber::Parse("MA", "27 " + std::string(word)).ok()) << word;
  }
}

TEST(IdentityPageTest, Figures) {
  const std::string page = Page();
  const Measurement without = Measure(LabelledPairs(), KeyKinds());
  ExpectKeys(page, without);
  EXPECT_THAT(page, HasSubstr(Row("candidate or match, no numbers", without.Shown(), without)));
  EXPECT_THAT(page, HasSubstr(Row("match, no numbers", {}, without)));
  EXPECT_FALSE(without.results.contains(ResultClass::kMatch));

  const Measurement with = Measure(LabelledPairs(), KeyKinds::All());
  EXPECT_THAT(page,
              HasSubstr(Row("match, with numbers", with.results.at(ResultClass::kMatch), with)));
  EXPECT_THAT(page, HasSubstr(Row("candidate or match, with numbers", with.Shown(), with)));
  const Count conflict = with.results.at(ResultClass::kConflict);
  EXPECT_THAT(page, HasSubstr("| conflict, with numbers | " + std::to_string(conflict.same) +
                              " | " + std::to_string(conflict.other) + " |"));

  const Measurement numbers = Measure(NumberPairs(), KeyKinds::All());
  for (const auto kind : {identity::KeyKind::kBisNumber, identity::KeyKind::kForeignNumber}) {
    EXPECT_THAT(page, HasSubstr(Row('`' + std::string(IdType(kind)) + '`', numbers.equal.at(kind),
                                    numbers)));
  }
  EXPECT_THAT(page, HasSubstr(Row("match, bis and foreign numbers",
                                  numbers.results.at(ResultClass::kMatch), numbers)));
  EXPECT_THAT(page, HasSubstr(Row("candidate or match, bis and foreign numbers", numbers.Shown(),
                                  numbers)));
  EXPECT_EQ(numbers.results.at(ResultClass::kConflict).other, 12);
  EXPECT_THAT(page, HasSubstr("| conflict, bis and foreign numbers | 0 | 12 |"));
  EXPECT_THAT(page, HasSubstr("(" + std::to_string(numbers.refused) + " of those numbers"));

  const Measurement held_out = Measure(HeldOutPairs(1, 2000, 2000), KeyKinds());
  ExpectKeys(page, held_out);
  EXPECT_THAT(page, HasSubstr(Row("candidate or match", held_out.Shown(), held_out)));
}

}  // namespace
}  // namespace sluis::tests
