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
static_assert(Crosses<GrantedInput, PackGrant, std::string>);
static_assert(!Crosses<GrantedInput, PackGrant>);  // for which case?
static_assert(!Crosses<OwnNodeInput>);
static_assert(!Crosses<OwnNodeInput, PackGrant> && !Crosses<OwnNodeInput, PackGrant, std::string>);
static_assert(!Crosses<WipedText>);
static_assert(!std::is_constructible_v<CrossNodeInput, KeyKind, WipedText>);
static_assert(!std::is_convertible_v<OwnNodeInput, FreeInput>);

template <typename T>
concept ShowsIdentifier = requires(const T& value) {
  value.identifier();
};
static_assert(ShowsIdentifier<CrossNodeInput>);
static_assert(!ShowsIdentifier<FreeInput> && !ShowsIdentifier<GrantedInput>);
static_assert(!ShowsIdentifier<OwnNodeInput>);

static_assert(ShowsBytes<CrossNodeInput>);
static_assert(!ShowsBytes<FreeInput> && !ShowsBytes<GrantedInput> && !ShowsBytes<OwnNodeInput>);

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
  EXPECT_EQ(crossing.scope(), *KeyScope::Of("p", "q"));
  EXPECT_EQ(crossing.case_reference(), "");
  EXPECT_EQ(crossing.kind_word(), "be-nrn");
  EXPECT_EQ(crossing.identifier(), "85073003328");
  EXPECT_EQ(crossing.identifier().end(), crossing.expose().end()) << "the same memory";
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

PackGrant GrantFor(std::string_view partnership, std::string_view purpose) {
  crypto::Hash digest{};
  digest[0] = 7;
  return *PackGrant::Of({.pack_digest = digest,
                         .rule = "zoek-op-klank",
                         .asker = "ann",
                         .approver = "bob",
                         .scope = *KeyScope::Of(partnership, purpose),
                         .case_reference = "case-1"});
}

absl::StatusOr<CrossNodeInput> Search(PackGrant grant, std::string_view case_reference) {
  return CrossNodeInput::Of(*std::move(KeysWith(KeyKind::kSkeleton).granted), std::move(grant),
                            case_reference);
}

TEST(KeyInputTest, SoundsCrossWithAGrantForTheCase) {
  const auto crossing = Search(GrantFor("p", "q"), "case-1");
  ASSERT_TRUE(crossing.ok()) << crossing.status();
  EXPECT_EQ(crossing->kind(), KeyKind::kSkeleton);
  EXPECT_EQ(crossing->scope(), *KeyScope::Of("p", "q"));
  EXPECT_EQ(crossing->case_reference(), "case-1");
}

TEST(KeyInputTest, AGrantForAnotherScopeOrCaseIsNone) {
  EXPECT_THAT(Search(GrantFor("p2", "q"), "case-1").status().message(), HasSubstr("partnership"));
  EXPECT_THAT(Search(GrantFor("p", "q2"), "case-1").status().message(), HasSubstr("purpose"));
  EXPECT_THAT(Search(GrantFor("p", "q"), "case-2").status().message(), HasSubstr("another case"));
  EXPECT_EQ(Search(GrantFor("p", "q"), "").status().code(), absl::StatusCode::kPermissionDenied);
}

TEST(KeyInputTest, AGrantIsUsedOnceAlsoWhenItIsRefused) {
  PackGrant grant = GrantFor("p", "q");
  EXPECT_TRUE(Search(std::move(grant), "case-1").ok());
  // NOLINTNEXTLINE(bugprone-use-after-move): that is the question
  EXPECT_THAT(Search(std::move(grant), "case-1").status().message(), HasSubstr("was used"));

  PackGrant refused = GrantFor("p", "q");
  EXPECT_FALSE(Search(std::move(refused), "case-2").ok());
  // NOLINTNEXTLINE(bugprone-use-after-move)
  EXPECT_THAT(Search(std::move(refused), "case-1").status().message(), HasSubstr("was used"));
}

TEST(KeyInputTest, NoIdentifierIsLongerThanTheHeaderSays) {
  const std::string name(kMaxNameBytes, 'x');  // sounds as "ks" each time
  std::string paper(32, '7');
  paper.back() = '8';
  const auto person = Person::From({.surname = name,
                                    .given = name,
                                    .born = "1985-03-14",
                                    .national_number = "85.07.03-996.69",
                                    .bis_number = "85.47.03-996.58",
                                    .foreign_country = "MA",
                                    .foreign_number = paper});
  ASSERT_TRUE(person.ok()) << person.status();
  PersonKeys keys = KeysOf(*person, *KeyScope::Of("p", "q"), KeyKinds::All());
  EXPECT_EQ(keys.free.size() + 1, kMaxCrossingOfOnePerson);
  size_t longest = 0;
  for (FreeInput& input : keys.free) {
    const size_t bytes = CrossNodeInput::Of(std::move(input)).identifier().size();
    longest = std::max(longest, bytes);
  }
  EXPECT_EQ(longest, 821u);
  ASSERT_TRUE(keys.granted);
  const auto sound = CrossNodeInput::Of(*std::move(keys.granted), GrantFor("p", "q"), "case-1");
  ASSERT_TRUE(sound.ok()) << sound.status();
  EXPECT_EQ(sound->identifier().size(), kMaxIdentifierBytes);
}

}  // namespace
}  // namespace sluis::identity
