#include "server/identity/key_kind.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string_view>
#include <vector>

namespace sluis::identity {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::StatusOr<KeyKinds> From(std::vector<std::string_view> words) {
  return KeyKinds::FromWords(words);
}

TEST(KeyKindTest, NumbersAreOffUntilAPartnershipTurnsThemOn) {
  EXPECT_THAT(KeyKinds().Words(), ElementsAre("name-date", "skeleton-date", "skeleton-swapped-date",
                                              "given-date-area"));
  EXPECT_TRUE(KeyKinds().With(KeyKind::kNationalNumber).Uses(KeyKind::kNationalNumber));
}

TEST(KeyKindTest, WordsAndBack) {
  const auto all = From(KeyKinds::All().Words());
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_EQ(*all, KeyKinds::All());
  EXPECT_EQ(*From({"name-date", "be-nrn"}),
            KeyKinds::None().With(KeyKind::kNationalNumber).With(KeyKind::kNameAndDate));
  std::set<std::string_view> words;
  for (const KeyKind kind : kKeyKinds) words.insert(IdType(kind));
  EXPECT_EQ(words.size(), kKeyKinds.size());
}

TEST(KeyKindTest, AForeignNumberIsUnderTheSwitchOfTheNationalOne) {
  const KeyKinds alone = KeyKinds().With(KeyKind::kForeignNumber);
  EXPECT_FALSE(alone.Uses(KeyKind::kForeignNumber));
  EXPECT_EQ(alone, KeyKinds());
  EXPECT_FALSE(alone.With(KeyKind::kBisNumber).Uses(KeyKind::kForeignNumber));
  EXPECT_TRUE(alone.With(KeyKind::kNationalNumber).Uses(KeyKind::kForeignNumber));
  EXPECT_FALSE(KeyKinds().With(KeyKind::kNationalNumber).Uses(KeyKind::kForeignNumber));
  EXPECT_TRUE(From({"foreign-number", "be-nrn"})->Uses(KeyKind::kForeignNumber));
  EXPECT_THAT(From({"name-date", "foreign-number"}).status().message(),
              HasSubstr("with \"be-nrn\" only"));
  EXPECT_THAT(From({"foreign-number", "foreign-number", "be-nrn"}).status().message(),
              HasSubstr("twice"));
}

TEST(KeyKindTest, RefusesWithTheWord) {
  EXPECT_THAT(From({}).status().message(), HasSubstr("at least one"));
  EXPECT_THAT(From({"be-nrn", "k2"}).status().message(),
              HasSubstr("\"k2\" is none; there are be-nrn"));
  EXPECT_THAT(From({"be-nrn", "be-nrn"}).status().message(), HasSubstr("twice"));
}

// Where each kind may go: a change here is a change to what leaves a node.
static_assert(ReachOf(KeyKind::kNationalNumber) == Reach::kAcrossNodes);
static_assert(ReachOf(KeyKind::kBisNumber) == Reach::kAcrossNodes);
static_assert(ReachOf(KeyKind::kForeignNumber) == Reach::kAcrossNodes);
static_assert(ReachOf(KeyKind::kNameAndDate) == Reach::kAcrossNodes);
static_assert(ReachOf(KeyKind::kSkeleton) == Reach::kWithGrant);
static_assert(ReachOf(KeyKind::kSwappedDate) == Reach::kOwnNode);
static_assert(ReachOf(KeyKind::kChangedSurname) == Reach::kOwnNode);

}  // namespace
}  // namespace sluis::identity
