// The lists themselves: that they say what the measurement needs.
#include "tests/server/identity/identity_pairs.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace sluis::tests {
namespace {

std::string Line(const IdentityPair& pair) {
  std::string line = pair.group;
  for (const WrittenPerson* person : {&pair.left, &pair.right}) {
    for (const std::string* field :
         {&person->surname, &person->given, &person->born, &person->number, &person->sex,
          &person->area, &person->bis, &person->country, &person->foreign}) {
      line += '|' + *field;
    }
  }
  return line;
}

std::map<std::string, int> Groups(const std::vector<IdentityPair>& pairs) {
  std::map<std::string, int> groups;
  for (const IdentityPair& pair : pairs) ++groups[pair.group];
  return groups;
}

TEST(IdentityPairsTest, TheListHasHundredsOfEachTruth) {
  std::set<std::string> lines;
  int same = 0;
  for (const IdentityPair& pair : LabelledPairs()) {
    EXPECT_TRUE(lines.insert(Line(pair)).second) << "twice: " << Line(pair);
    same += pair.same ? 1 : 0;
  }
  EXPECT_EQ(lines.size(), 552u);
  EXPECT_EQ(same, 374);
}

TEST(IdentityPairsTest, TheListHasEveryTrap) {
  const auto groups = Groups(LabelledPairs());
  for (const char* group :
       {"dutch", "french", "arabic", "turkish", "typo", "swapped_date", "particle", "married",
        "twins", "namesakes", "father_son", "hyphen", "missing", "same_name_and_date"}) {
    EXPECT_GE(groups.contains(group) ? groups.at(group) : 0, 14) << group;
  }
}

TEST(IdentityPairsTest, TheListOfNumbersHasBisAndForeignNumbersAndNoPairTwice) {
  std::set<std::string> lines;
  int same = 0;
  for (const IdentityPair& pair : NumberPairs()) {
    EXPECT_TRUE(lines.insert(Line(pair)).second) << "twice: " << Line(pair);
    same += pair.same ? 1 : 0;
    for (const WrittenPerson* person : {&pair.left, &pair.right}) {
      EXPECT_TRUE(!person->number.empty() || !person->bis.empty() || !person->foreign.empty());
      EXPECT_EQ(person->country.empty(), person->foreign.empty());
    }
  }
  EXPECT_EQ(lines.size(), 71u);
  EXPECT_EQ(same, 26);
  const auto groups = Groups(NumberPairs());
  for (const char* trap : {"bis_two", "bis_twins", "bis_mixed_up", "family_number",
                           "family_namesakes", "placeholder", "filler", "placeholder_strangers"}) {
    EXPECT_GE(groups.contains(trap) ? groups.at(trap) : 0, 3) << trap;
  }
}

TEST(IdentityPairsTest, HeldOutPairsAreTheSameForTheSameSeedAndHaveEveryGroup) {
  const auto once = HeldOutPairs(1, 400, 400), again = HeldOutPairs(1, 400, 400);
  ASSERT_EQ(once.size(), 800u);
  for (size_t i = 0; i < once.size(); ++i) EXPECT_EQ(Line(once[i]), Line(again[i]));
  EXPECT_NE(Line(HeldOutPairs(2, 1, 0)[0]), Line(once[0]));
  EXPECT_EQ(Groups(once).size(), 8u + 5u);
}

TEST(IdentityPairsTest, HeldOutNamesAreNotThoseOfTheList) {
  std::set<std::string> surnames;
  for (const IdentityPair& pair : LabelledPairs()) surnames.insert(pair.left.surname);
  for (const IdentityPair& pair : HeldOutPairs(1, 400, 400)) {
    EXPECT_FALSE(surnames.contains(pair.left.surname)) << pair.left.surname;
  }
}

}  // namespace
}  // namespace sluis::tests
