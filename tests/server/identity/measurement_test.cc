// Recall and precision on pairs whose truth is known; docs/identity.md has the figures. Floors are
// what was measured, so that a change which finds less or shows more wrongly is seen.
#include "tests/server/identity/measurement.h"

#include <gtest/gtest.h>

#include <cstdio>

namespace sluis::tests {
namespace {

using identity::KeyKind;
using identity::KeyKinds;
using identity::ResultClass;

const KeyKinds kWithoutNumbers;
const KeyKinds kWithNumbers = KeyKinds::All();

const Measurement& Labelled(const KeyKinds& kinds) {
  static const Measurement without = Measure(LabelledPairs(), kWithoutNumbers);
  static const Measurement with = Measure(LabelledPairs(), kWithNumbers);
  return kinds == kWithNumbers ? with : without;
}

const Measurement& HeldOut() {
  static const Measurement measured = Measure(HeldOutPairs(1, 2000, 2000), kWithoutNumbers);
  return measured;
}

const Measurement& Numbers() {
  static const Measurement measured = Measure(NumberPairs(), kWithNumbers);
  return measured;
}

Count Of(const Measurement& measured, ResultClass result) {
  const auto found = measured.results.find(result);
  return found == measured.results.end() ? Count{} : found->second;
}

// In tenths of a percent.
struct Floor {
  KeyKind kind;
  int recall, precision;
};

void ExpectAtLeast(const Measurement& measured, const Count& found, int recall, int precision,
                   std::string_view name) {
  EXPECT_GE(measured.Recall(found), recall) << name;
  EXPECT_GE(Measurement::Precision(found), precision) << name;
}

void ExpectAtLeast(const Measurement& measured, std::initializer_list<Floor> floors) {
  for (const auto& [kind, recall, precision] : floors) {
    ExpectAtLeast(measured, measured.equal.at(kind), recall, precision, IdType(kind));
  }
}

TEST(IdentityMeasurementTest, LabelledPairsWithoutNumbers) {
  const Measurement& measured = Labelled(kWithoutNumbers);
  std::fputs(Report("labelled, without numbers", measured).c_str(), stdout);
  ExpectAtLeast(measured, {{KeyKind::kNameAndDate, 251, 870},
                           {KeyKind::kSkeleton, 652, 868},
                           {KeyKind::kSwappedDate, 708, 810},
                           {KeyKind::kChangedSurname, 804, 931}});
  ExpectAtLeast(measured, measured.Shown(), 689, 874, "shown");
}

TEST(IdentityMeasurementTest, LabelledPairsWithNumbers) {
  const Measurement& measured = Labelled(kWithNumbers);
  std::fputs(Report("labelled, with numbers", measured).c_str(), stdout);
  ExpectAtLeast(measured, {{KeyKind::kNationalNumber, 82, 1000}});
  ExpectAtLeast(measured, measured.Shown(), 711, 956, "shown");
}

TEST(IdentityMeasurementTest, HeldOutPairs) {
  const Measurement& measured = HeldOut();
  std::fputs(Report("held out", measured).c_str(), stdout);
  ExpectAtLeast(measured, {{KeyKind::kNameAndDate, 378, 1000},
                           {KeyKind::kSkeleton, 637, 1000},
                           {KeyKind::kSwappedDate, 783, 982},
                           {KeyKind::kChangedSurname, 772, 1000}});
  ExpectAtLeast(measured, measured.Shown(), 681, 1000, "shown");
}

// The condition on which all of this may be used at all. It is found of pairs with numbers; without
// numbers the rule knows no match, so that the second half holds the rule and measures nothing.
TEST(IdentityMeasurementTest, NoFalseMatch) {
  EXPECT_EQ(Of(Numbers(), ResultClass::kMatch).other, 0);
  EXPECT_EQ(Of(Labelled(kWithNumbers), ResultClass::kMatch).other, 0);
  EXPECT_EQ(Of(Labelled(kWithNumbers), ResultClass::kMatch).same, 31);  // and true ones are found
  for (const Measurement* without : {&Labelled(kWithoutNumbers), &HeldOut()}) {
    EXPECT_EQ(Of(*without, ResultClass::kMatch).same, 0) << "a name alone is never a match";
    EXPECT_EQ(Of(*without, ResultClass::kMatch).other, 0);
  }
}

TEST(IdentityMeasurementTest, NamesakesAreNotEvenCandidates) {
  for (const KeyKinds& kinds : {kWithoutNumbers, kWithNumbers}) {
    for (const char* group : {"namesakes", "father_son", "siblings", "strangers"}) {
      const auto& results = Labelled(kinds).groups.at(group);
      ASSERT_EQ(results.size(), 1u) << group;
      EXPECT_EQ(results.begin()->first, ResultClass::kNone) << group;
    }
  }
  for (const char* group : {"namesakes", "parent", "family", "strangers"}) {
    EXPECT_EQ(HeldOut().groups.at(group).begin()->first, ResultClass::kNone) << group;
    EXPECT_EQ(HeldOut().groups.at(group).size(), 1u) << group;
  }
}

// Papers that a family shares, numbers that were filled in, bis numbers of two persons and of one.
TEST(IdentityMeasurementTest, BisAndForeignNumbers) {
  const Measurement& measured = Numbers();
  std::fputs(Report("bis and foreign numbers", measured).c_str(), stdout);
  EXPECT_EQ(Of(measured, ResultClass::kMatch).other, 0);
  EXPECT_EQ(Of(measured, ResultClass::kMatch).same, 11);
  EXPECT_EQ(measured.Shown().same, 26);
  EXPECT_LE(measured.Shown().other, 30);
  EXPECT_EQ(measured.refused, 34);
  const auto all = [&](const char* group, ResultClass result) {
    const auto& results = measured.groups.at(group);
    return results.size() == 1 && results.begin()->first == result;
  };
  for (const char* group : {"bis_one", "bis_then_national"}) {
    EXPECT_TRUE(all(group, ResultClass::kMatch)) << group;
  }
  for (const char* group : {"bis_two", "bis_twins", "bis_mixed_up"}) {
    EXPECT_TRUE(all(group, ResultClass::kConflict)) << group;
  }
  for (const char* group : {"family_number", "family_namesakes", "filler", "placeholder",
                            "foreign_one", "foreign_renewed", "bis_or_national"}) {
    EXPECT_TRUE(all(group, ResultClass::kCandidate)) << group;
  }
  EXPECT_TRUE(all("placeholder_strangers", ResultClass::kNone));
}

// Two numbers tell two persons apart, whatever else is the same.
TEST(IdentityMeasurementTest, NumbersTurnFalseCandidatesIntoConflicts) {
  const auto& groups = Labelled(kWithNumbers).groups;
  EXPECT_EQ(groups.at("same_name_and_date"),
            (std::map<ResultClass, int>{{ResultClass::kConflict, 14}}));
  for (const IdentityPair& pair : LabelledPairs()) {
    if (pair.same || pair.left.number.empty() || pair.right.number.empty()) continue;
    const ResultClass result = Classify(Compare(pair.left, pair.right, kWithNumbers));
    EXPECT_TRUE(result == ResultClass::kConflict || result == ResultClass::kNone) << pair.group;
  }
  EXPECT_EQ(Of(Labelled(kWithNumbers), ResultClass::kConflict).same, 0);
}

}  // namespace
}  // namespace sluis::tests
