// What the types allow. Most of it holds when this compiles; compile_fail/ has what must not.
#include "server/identity/key_input.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <type_traits>

#include "server/identity/person_keys.h"

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

// Nobody makes an input but KeysOf, which asks what the partnership uses.
template <typename Input>
concept MadeByAnybody = std::is_constructible_v<Input, KeyKind, const KeyScope&, const WipedText&>;
static_assert(!MadeByAnybody<FreeInput> && !MadeByAnybody<GrantedInput>);
static_assert(!MadeByAnybody<OwnNodeInput>);
static_assert(!std::is_default_constructible_v<FreeInput>);
static_assert(!std::is_aggregate_v<FreeInput>);

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

PersonKeys KeysWith(KeyKind kind) {
  const auto person = Person::From({.surname = "Maes",
                                    .given = "Lien",
                                    .born = "1985-03-14",
                                    .national_number = "85.07.30-033.28"});
  return KeysOf(*person, *KeyScope::Of("p", "q"), KeyKinds::None().With(kind));
}

TEST(KeyInputTest, WhatCrossesHasTheBytesOfTheInput) {
  PersonKeys keys = KeysWith(KeyKind::kNationalNumber);
  ASSERT_EQ(keys.free.size(), 1u);
  const CrossNodeInput crossing = CrossNodeInput::Of(std::move(keys.free[0]));
  EXPECT_EQ(crossing.kind(), KeyKind::kNationalNumber);
  EXPECT_EQ(crossing.expose(), crypto::BytesView("PSN1\0\x06"
                                                 "be-nrn\0\1p\0\1q\0\x0b"
                                                 "85073003328",
                                                 31));
}

TEST(KeyInputTest, ANumberThatThePartnershipDoesNotUseIsInNoInput) {
  const PersonKeys keys = KeysWith(KeyKind::kNameAndDate);
  ASSERT_EQ(keys.free.size(), 1u);
  EXPECT_EQ(keys.free[0].kind(), KeyKind::kNameAndDate);
  EXPECT_FALSE(keys.granted);
  EXPECT_TRUE(keys.own_node.empty());
}

TEST(KeyInputTest, SoundsCrossWithAGrantOfTwoPersons) {
  crypto::Hash digest{};
  digest[0] = 7;
  const auto grant = PackGrant::Of(digest, "zoek-op-klank", "user/ann", "user/bob");
  ASSERT_TRUE(grant.ok()) << grant.status();
  EXPECT_EQ(grant->pack_digest(), digest);
  EXPECT_EQ(grant->rule(), "zoek-op-klank");
  EXPECT_EQ(grant->asker(), "user/ann");
  EXPECT_EQ(grant->approver(), "user/bob");
  PersonKeys keys = KeysWith(KeyKind::kSkeleton);
  ASSERT_TRUE(keys.granted);
  const auto crossing = CrossNodeInput::Of(*std::move(keys.granted), *grant);
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

}  // namespace
}  // namespace sluis::identity
