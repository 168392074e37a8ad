#include "server/identity/person_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <string>

#include "crypto/hash.h"
#include "tests/support/places.h"

namespace sluis::identity {
namespace {

using ::testing::HasSubstr;

constexpr WrittenIdentity kLien = {.surname = "Van den Lindervaart",
                                   .given = "Lien Maria",
                                   .born = "14/03/1985",
                                   .sex = Sex::kFemale,
                                   .postal_code = "2018",
                                   .national_number = "85.07.03-996.69",
                                   .bis_number = "85.47.03-996.58",
                                   .foreign_country = "MA",
                                   .foreign_number = "AB-1234"};

KeyScope Scope(std::string_view partnership = "proef", std::string_view purpose = "signaal") {
  return *KeyScope::Of(partnership, purpose);
}

// Indexes stand for inputs: equal when these are.
std::map<KeyKind, crypto::Hash> Indexes(const WrittenIdentity& written,
                                        const KeyKinds& kinds = KeyKinds::All(),
                                        const KeyScope& scope = Scope()) {
  const auto person = Person::From(written);
  EXPECT_TRUE(person.ok()) << person.status();
  const PersonKeys keys = KeysOf(*person, scope, kinds);
  const crypto::Secret<32> node_key;
  std::map<KeyKind, crypto::Hash> indexes;
  for (const auto& input : keys.free) indexes[input.kind()] = input.LocalIndex(node_key);
  if (keys.granted) indexes[keys.granted->kind()] = keys.granted->LocalIndex(node_key);
  for (const auto& input : keys.own_node) indexes[input.kind()] = input.LocalIndex(node_key);
  return indexes;
}

std::string Lp(std::string_view text) {
  return std::string{static_cast<char>(text.size() >> 8), static_cast<char>(text.size() & 0xff)} +
         std::string(text);
}

TEST(PersonKeysTest, TheBytesOfEveryKind) {
  const std::map<KeyKind, std::string> expected = {
      {KeyKind::kNationalNumber, "85070399669"},
      {KeyKind::kBisNumber, "85470399658"},
      {KeyKind::kForeignNumber, "norm=1" + Lp("MA") + Lp("AB1234")},
      {KeyKind::kNameAndDate, "norm=1" + Lp("lien lindervaart maria") + Lp("1985-03-14")},
      {KeyKind::kSkeleton, "norm=1" + Lp("lndrvrt") + Lp("ln") + Lp("1985-03-14")},
      {KeyKind::kSwappedDate, "norm=1" + Lp("lndrvrt") + Lp("l") + Lp("1985-03-14")},
      {KeyKind::kChangedSurname, "norm=1" + Lp("ln") + Lp("1985-03-14") + Lp("f") + Lp("20")}};
  const auto indexes = Indexes(kLien);
  ASSERT_EQ(indexes.size(), expected.size());
  const crypto::Secret<32> node_key;
  for (const auto& [kind, identifier] : expected) {
    const std::string input =
        "PSN1" + Lp(IdType(kind)) + Lp("proef") + Lp("signaal") + Lp(identifier);
    EXPECT_EQ(indexes.at(kind),
              crypto::HmacSha256(crypto::View(node_key.expose()), {"sluis/identity/v1", input}))
        << IdType(kind);
  }
}

TEST(PersonKeysTest, TheInputsOfTheThresholdVectors) {
  std::ifstream file(tests::InSources("/tests/vectors/threshold-voprf.json"));
  const std::string vectors{std::istreambuf_iterator<char>(file), {}};
  const auto person = Person::From({.national_number = "85.07.30-033.28"});
  ASSERT_TRUE(person.ok()) << person.status();
  for (const char* purpose : {"A", "B"}) {
    PersonKeys keys = KeysOf(*person, Scope("demo", purpose), KeyKinds::All());
    ASSERT_EQ(keys.free.size(), 1u);
    const CrossNodeInput input = CrossNodeInput::Of(std::move(keys.free[0]));
    EXPECT_THAT(vectors, HasSubstr('"' + crypto::HexEncode(input.expose()) + '"'));
  }
}

TEST(PersonKeysTest, OnlyWhatThePartnershipUses) {
  const auto indexes = Indexes(kLien, KeyKinds());
  EXPECT_EQ(indexes.size(), 4u);
  EXPECT_FALSE(indexes.contains(KeyKind::kNationalNumber));
  EXPECT_FALSE(indexes.contains(KeyKind::kForeignNumber));
  for (const KeyKind kind : kKeyKinds) {
    const auto one = Indexes(kLien, KeyKinds::None().With(kind));
    if (kind == KeyKind::kForeignNumber) {
      EXPECT_TRUE(one.empty()) << "used beside the national number only";
      continue;
    }
    ASSERT_EQ(one.size(), 1u);
    EXPECT_EQ(one.begin()->first, kind);
  }
}

TEST(PersonKeysTest, AKeyWithAnEmptyPartIsLeftOut) {
  struct Case {
    WrittenIdentity written;
    std::set<KeyKind> left;
  };
  WrittenIdentity no_surname = kLien, no_given = kLien, no_day = kLien, no_sex = kLien,
                  no_area = kLien;
  no_surname.surname = "?";
  no_given.given = "";
  no_day.born = "03/1985";
  no_sex.sex = std::nullopt;
  no_area.postal_code = "";
  const std::set<KeyKind> numbers = {KeyKind::kNationalNumber, KeyKind::kBisNumber,
                                     KeyKind::kForeignNumber};
  const auto with = [&](std::set<KeyKind> more) {
    more.insert(numbers.begin(), numbers.end());
    return more;
  };
  for (const Case& c :
       {Case{no_surname, with({KeyKind::kChangedSurname})}, Case{no_given, numbers},
        Case{no_day, numbers},
        Case{no_sex, with({KeyKind::kNameAndDate, KeyKind::kSkeleton, KeyKind::kSwappedDate})},
        Case{no_area, with({KeyKind::kNameAndDate, KeyKind::kSkeleton, KeyKind::kSwappedDate})}}) {
    std::set<KeyKind> left;
    for (const auto& [kind, index] : Indexes(c.written)) left.insert(kind);
    EXPECT_EQ(left, c.left);
  }
  EXPECT_TRUE(Indexes({.surname = "Lindervaart"}).empty());
}

TEST(PersonKeysTest, TwoScopesNeverMeet) {
  const auto here = Indexes(kLien);
  for (const KeyScope& other :
       {Scope("proef", "toezicht"), Scope("andere", "signaal"), Scope("proe", "fsignaal")}) {
    for (const auto& [kind, index] : Indexes(kLien, KeyKinds::All(), other)) {
      EXPECT_NE(index, here.at(kind)) << IdType(kind);
    }
  }
}

TEST(PersonKeysTest, AnotherNodeKeyGivesOtherIndexes) {
  const auto person = Person::From(kLien);
  const PersonKeys keys = KeysOf(*person, Scope(), KeyKinds::All());
  crypto::Secret<32> other;
  other.mutable_span()[0] = 1;
  EXPECT_NE(keys.own_node[0].LocalIndex(other), keys.own_node[0].LocalIndex(crypto::Secret<32>()));
}

TEST(PersonKeysTest, ADateSwappedIsFoundByOneKindOnly) {
  WrittenIdentity swapped = kLien;
  swapped.born = "1985-05-04";
  WrittenIdentity other = kLien;
  other.born = "1985-04-05";
  const auto left = Indexes(swapped), right = Indexes(other);
  EXPECT_EQ(left.at(KeyKind::kSwappedDate), right.at(KeyKind::kSwappedDate));
  for (const KeyKind kind : {KeyKind::kNameAndDate, KeyKind::kSkeleton, KeyKind::kChangedSurname}) {
    EXPECT_NE(left.at(kind), right.at(kind)) << IdType(kind);
  }
}

TEST(PersonKeysTest, ScopesAreNamed) {
  EXPECT_THAT(KeyScope::Of("", "x").status().message(), HasSubstr("partnership"));
  EXPECT_THAT(KeyScope::Of(std::string(256, 'x'), "x").status().message(), HasSubstr("255"));
  EXPECT_THAT(KeyScope::Of("x", "").status().message(), HasSubstr("purpose"));
  EXPECT_TRUE(KeyScope::Of(std::string(255, 'x'), std::string(255, 'x')).ok());
}

std::string AnyWord() {
  std::string word;
  for (int i = *rc::gen::inRange(2, 9); i > 0; --i) word += *rc::gen::inRange('a', '{');
  return word;
}

RC_GTEST_PROP(PersonKeysProperty, TheOrderOfNamesDoesNotMatter, ()) {
  const std::string one = AnyWord(), two = AnyWord(), three = AnyWord();
  const auto first = Indexes({.surname = one + "-" + two, .given = three, .born = "1985-03-14"});
  const std::string turned = two + " " + one;
  const auto turned_round = Indexes({.surname = turned, .given = three, .born = "14.3.1985"});
  const auto fields = Indexes({.surname = three, .given = turned, .born = "14/3/1985"});
  // A particle alone in its field stays; among others it goes.
  RC_PRE(first.contains(KeyKind::kNameAndDate) && fields.contains(KeyKind::kNameAndDate));
  const auto kept = [](const std::string& text) { return NormaliseName(text)->size(); };
  RC_PRE(kept(one) + kept(two) == 2 && kept(turned) == 2 && kept(one + " " + two) == 2);
  RC_ASSERT(first.at(KeyKind::kNameAndDate) == fields.at(KeyKind::kNameAndDate));
  RC_ASSERT(first == turned_round);
}

}  // namespace
}  // namespace sluis::identity
