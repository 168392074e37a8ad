#include "server/envelope/field_commitment.h"

#include <gtest/gtest.h>

#include "crypto/hash.h"
#include "tests/support/exchange_world.h"

namespace sluis::envelope {
namespace {

using record::v1::SignalContent;

Repeated<std::string> Names(const std::vector<std::string>& names) {
  return {names.begin(), names.end()};
}

TEST(FieldCommitmentTest, ValuesOfAllFieldsMakeUpTheContentThatTravels) {
  const SignalContent content = tests::ExampleContent();
  SignalContent whole;
  for (const std::string_view name : TravellingFields()) {
    const auto value = FieldValue(content, name);
    ASSERT_TRUE(value.has_value()) << name;
    // `minor` is false in the example, and so an empty value.
    EXPECT_EQ(value->empty(), name == "minor") << name;
    ASSERT_TRUE(whole.MergeFromString(*value));
  }
  SignalContent expected = content;
  expected.clear_subject_ref();
  expected.clear_contributor();
  EXPECT_EQ(whole.SerializeAsString(), expected.SerializeAsString());
  SignalContent minor = content;
  minor.set_minor(true);
  EXPECT_EQ(FieldValue(minor, "minor"), std::string("\x80\x01\x01"));
}

TEST(FieldCommitmentTest, OnlyWhatIsNamedAndMayTravel) {
  const SignalContent only = OnlyFields(
      tests::ExampleContent(), Names({"category", "contributor", "subject_ref", "unheard_of"}));
  SignalContent expected;
  expected.set_category("gedrag-online");
  EXPECT_EQ(only.SerializeAsString(), expected.SerializeAsString());
  EXPECT_EQ(FieldValue(tests::ExampleContent(), "contributor"), std::nullopt);
  EXPECT_EQ(FieldValue(tests::ExampleContent(), "normative_border_2"), std::nullopt);
}

TEST(FieldCommitmentTest, CommitmentIsWhatThePageSays) {
  ExchangeId exchange;
  exchange.fill(0x22);
  FieldSalt salt;
  salt.fill(0x11);
  EXPECT_EQ(FieldCommitmentOf(exchange, "category", salt, "v"),
            crypto::Sha256(crypto::Lp("sluis/field/v1") + std::string(16, '\x22') +
                           crypto::Lp("category") + std::string(32, '\x11') + crypto::Lp("v")));
}

TEST(FieldCommitmentTest, SaltsAreFreshAndEverythingCounts) {
  tests::SeededRandom random(6);
  const ExchangeId a = random.Array<16>(), b = random.Array<16>();
  const std::vector<std::string> names = {"category", "contributor", "onlife"};
  const auto first = CommitFields(a, tests::ExampleContent(), names, random);
  const auto second = CommitFields(a, tests::ExampleContent(), names, random);
  ASSERT_EQ(first.fields.size(), 2u);
  ASSERT_EQ(first.salts.size(), 2u);
  EXPECT_EQ(first.fields[1].name(), "onlife");
  EXPECT_NE(first.salts[0], first.salts[1]);
  EXPECT_NE(first.fields[0].commitment(), second.fields[0].commitment());
  const FieldSalt salt = first.salts[0];
  const auto commitment = FieldCommitmentOf(a, "category", salt, "x");
  EXPECT_NE(commitment, FieldCommitmentOf(b, "category", salt, "x"));
  EXPECT_NE(commitment, FieldCommitmentOf(a, "channel", salt, "x"));
  EXPECT_NE(commitment, FieldCommitmentOf(a, "category", first.salts[1], "x"));
  EXPECT_NE(commitment, FieldCommitmentOf(a, "category", salt, "y"));
}

TEST(FieldCommitmentTest, RootCountsNamesAndOrder) {
  tests::SeededRandom random(7);
  const auto made = CommitFields(random.Array<16>(), tests::ExampleContent(),
                                 {"category", "channel", "onlife"}, random);
  const Repeated<peer::v1::FieldCommitment> fields(made.fields.begin(), made.fields.end());
  const crypto::Hash root = FieldsRoot(fields);
  auto changed = fields;
  changed.RemoveLast();
  EXPECT_NE(FieldsRoot(changed), root);
  changed = fields;
  changed.SwapElements(0, 1);
  EXPECT_NE(FieldsRoot(changed), root);
  changed = fields;
  changed[0].set_name("place");
  EXPECT_NE(FieldsRoot(changed), root);
  EXPECT_EQ(FieldsRoot({}), crypto::Sha256(""));
}

}  // namespace
}  // namespace sluis::envelope
