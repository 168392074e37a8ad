#include "server/identity/result_class.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <initializer_list>

namespace sluis::identity {
namespace {

using enum KeyKind;

ResultClass Of(std::initializer_list<KeyKind> equal,
               std::initializer_list<KeyKind> different = {}) {
  KeyComparison compared;
  for (const KeyKind kind : equal) compared.Set(kind, KeyOutcome::kEqual);
  for (const KeyKind kind : different) compared.Set(kind, KeyOutcome::kDifferent);
  return Classify(compared);
}

TEST(ResultClassTest, NothingIsNothing) {
  EXPECT_EQ(Of({}), ResultClass::kNone);
  EXPECT_EQ(Of({}, {kNationalNumber, kNameAndDate, kSkeleton}), ResultClass::kNone);
}

TEST(ResultClassTest, ANumberMatches) {
  EXPECT_EQ(Of({kNationalNumber}), ResultClass::kMatch);
  EXPECT_EQ(Of({kNationalNumber}, {kNameAndDate, kSkeleton}), ResultClass::kMatch);
  EXPECT_EQ(Of({kBisNumber}), ResultClass::kMatch);
  EXPECT_EQ(Of({kNationalNumber}, {kBisNumber}), ResultClass::kMatch);
}

TEST(ResultClassTest, TheNationalNumberDecidesOverTheBisNumber) {
  EXPECT_EQ(Of({kBisNumber, kNameAndDate}, {kNationalNumber}), ResultClass::kConflict);
  EXPECT_EQ(Of({kBisNumber}, {kNationalNumber}), ResultClass::kNone);
}

TEST(ResultClassTest, SameNameAndDateWithTwoNumbersAreTwoPersons) {
  EXPECT_EQ(Of({kNameAndDate}, {kNationalNumber}), ResultClass::kConflict);
  EXPECT_EQ(Of({kNameAndDate}, {kBisNumber}), ResultClass::kConflict);
  EXPECT_EQ(Of({kSkeleton, kSwappedDate}, {kNationalNumber}), ResultClass::kConflict);
  EXPECT_EQ(Of({kForeignNumber, kNameAndDate}, {kNationalNumber}), ResultClass::kConflict);
  EXPECT_EQ(Of({kSwappedDate}, {kNationalNumber}), ResultClass::kNone);
}

TEST(ResultClassTest, NamesAndSoundsAreCandidates) {
  EXPECT_EQ(Of({kNameAndDate}), ResultClass::kCandidate);
  EXPECT_EQ(Of({kSkeleton}), ResultClass::kCandidate);
  EXPECT_EQ(Of({kSwappedDate, kChangedSurname}), ResultClass::kCandidate);
}

TEST(ResultClassTest, OneOfTheRestIsWeak) {
  EXPECT_EQ(Of({kSwappedDate}), ResultClass::kWeak);
  EXPECT_EQ(Of({kChangedSurname}), ResultClass::kWeak);
}

TEST(ResultClassTest, AForeignNumberIsACandidateWhateverElseIsTheSame) {
  EXPECT_EQ(Of({kForeignNumber}), ResultClass::kCandidate);
  EXPECT_EQ(Of({kForeignNumber, kSkeleton, kSwappedDate, kChangedSurname}),
            ResultClass::kCandidate);
  EXPECT_EQ(Of({kForeignNumber, kNameAndDate}), ResultClass::kCandidate);
  EXPECT_EQ(Of({kForeignNumber, kNameAndDate, kSkeleton, kSwappedDate, kChangedSurname}),
            ResultClass::kCandidate);
  EXPECT_EQ(Of({kForeignNumber, kBisNumber}), ResultClass::kMatch);
  // Papers are renewed under other numbers.
  EXPECT_EQ(Of({kNameAndDate}, {kForeignNumber}), ResultClass::kCandidate);
}

TEST(ResultClassTest, EveryClassHasAWord) {
  EXPECT_EQ(ResultWord(ResultClass::kNone), "none");
  EXPECT_EQ(ResultWord(ResultClass::kWeak), "weak");
  EXPECT_EQ(ResultWord(ResultClass::kCandidate), "candidate");
  EXPECT_EQ(ResultWord(ResultClass::kMatch), "match");
  EXPECT_EQ(ResultWord(ResultClass::kConflict), "conflict");
}

RC_GTEST_PROP(ResultClassProperty, NoMatchWithoutANationalOrBisNumber, ()) {
  KeyComparison compared;
  bool number = false;
  for (const KeyKind kind : kKeyKinds) {
    const auto outcome =
        *rc::gen::element(KeyOutcome::kNotCompared, KeyOutcome::kEqual, KeyOutcome::kDifferent);
    compared.Set(kind, outcome);
    number = number || (kind <= kBisNumber && outcome == KeyOutcome::kEqual);
  }
  if (!number) RC_ASSERT(Classify(compared) != ResultClass::kMatch);
}

}  // namespace
}  // namespace sluis::identity
