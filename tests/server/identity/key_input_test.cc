// What the types allow. Most of it holds when this compiles.
#include "server/identity/key_input.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <type_traits>

namespace sluis::identity {
namespace {

using ::testing::HasSubstr;

template <typename... Given>
concept Crosses = requires(Given... given) {
  CrossNodeInput::Of(std::move(given)...);
};

template <typename T>
concept ShowsBytes = requires(const T& value) {
  value.expose();
};

template <typename T>
concept Prints = requires(std::ostream& out, const T& value) {
  out << value;
};

// K1 and K2 alone, K3 with a grant, K4 and K5 never.
static_assert(Crosses<FreeInput>);
static_assert(!Crosses<GrantedInput>);
static_assert(Crosses<GrantedInput, PackGrant>);
static_assert(!Crosses<OwnNodeInput>);
static_assert(!Crosses<OwnNodeInput, PackGrant>);
static_assert(!Crosses<WipedText>);
static_assert(!std::is_constructible_v<CrossNodeInput, KeyKind, WipedText>);
static_assert(!std::is_convertible_v<OwnNodeInput, FreeInput>);

static_assert(ShowsBytes<CrossNodeInput>);
static_assert(!ShowsBytes<FreeInput> && !ShowsBytes<GrantedInput> && !ShowsBytes<OwnNodeInput>);

static_assert(!std::is_default_constructible_v<PackGrant>);
static_assert(!std::is_copy_constructible_v<CrossNodeInput>);
static_assert(!std::is_copy_constructible_v<OwnNodeInput>);
static_assert(std::is_nothrow_move_constructible_v<OwnNodeInput>);
static_assert(!Prints<CrossNodeInput> && !Prints<FreeInput> && !Prints<OwnNodeInput>);

WipedText Text(std::string_view text) { return {text.begin(), text.end()}; }

TEST(KeyInputTest, WhatCrossesHasTheBytesOfTheInput) {
  const KeyScope scope = *KeyScope::Of("p", "q");
  const CrossNodeInput crossing =
      CrossNodeInput::Of(FreeInput(KeyKind::kNameAndDate, scope, Text("abc")));
  EXPECT_EQ(crossing.kind(), KeyKind::kNameAndDate);
  EXPECT_EQ(crossing.expose(), crypto::BytesView("PSN1\0\x09name-date\0\1p\0\1q\0\3abc", 26));
}

TEST(KeyInputTest, SoundsCrossWithAGrantOfTwoPersons) {
  const KeyScope scope = *KeyScope::Of("p", "q");
  crypto::Hash digest{};
  digest[0] = 7;
  const auto grant = PackGrant::Of(digest, "zoek-op-klank", "user/ann", "user/bob");
  ASSERT_TRUE(grant.ok()) << grant.status();
  EXPECT_EQ(grant->pack_digest(), digest);
  EXPECT_EQ(grant->rule(), "zoek-op-klank");
  EXPECT_EQ(grant->asker(), "user/ann");
  EXPECT_EQ(grant->approver(), "user/bob");
  const auto crossing =
      CrossNodeInput::Of(GrantedInput(KeyKind::kSkeleton, scope, Text("x")), *grant);
  EXPECT_EQ(crossing.kind(), KeyKind::kSkeleton);
}

TEST(KeyInputTest, AGrantNeedsARuleAndTwoPersons) {
  const auto refusal = [](std::string_view rule, std::string_view asker, std::string_view other) {
    return std::string(PackGrant::Of({}, rule, asker, other).status().message());
  };
  EXPECT_THAT(refusal("", "a", "b"), HasSubstr("rule"));
  EXPECT_THAT(refusal("r", "", "b"), HasSubstr("who asks"));
  EXPECT_THAT(refusal("r", "a", ""), HasSubstr("who approves"));
  EXPECT_THAT(refusal("r", "a", "a"), HasSubstr("two persons"));
}

TEST(KeyInputDeathTest, AKindOfAnotherReachEndsTheProcess) {
  const KeyScope scope = *KeyScope::Of("p", "q");
  EXPECT_DEATH(FreeInput(KeyKind::kSwappedDate, scope, Text("x")), "");
  EXPECT_DEATH(FreeInput(KeyKind::kSkeleton, scope, Text("x")), "");
  EXPECT_DEATH(GrantedInput(KeyKind::kChangedSurname, scope, Text("x")), "");
}

}  // namespace
}  // namespace sluis::identity
