#include "server/envelope/joined_conditions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "server/envelope/terms.h"

namespace sluis::envelope {
namespace {

using peer::v1::Conditions;
using ::testing::ElementsAre;

std::set<std::string> Some(const std::vector<std::string>& words) {
  std::set<std::string> some;
  for (const std::string& word : words) {
    if (*rc::gen::arbitrary<bool>()) some.insert(word);
  }
  return some;
}

Conditions AnyConditions() {
  Conditions conditions;
  auto& marks = *conditions.mutable_marks();
  marks.set_tlp(static_cast<record::v1::Tlp>(*rc::gen::inRange(1, 6)));
  marks.set_secret(*rc::gen::arbitrary<bool>());
  marks.set_no_evidence(*rc::gen::arbitrary<bool>());
  marks.set_no_onward(*rc::gen::arbitrary<bool>());
  for (const std::string& text :
       Some({"log=full", "no_evidence=true", "notify=contributor:P14D", "notify=contributor:P7D",
             "retention=P180D", "retention=P90D", "retention=P9D"})) {
    conditions.add_obligations(text);
  }
  conditions.set_retention_until(
      *rc::gen::element<std::string>("2026-12-01", "2027-01-03", "2027-02-28"));
  if (*rc::gen::arbitrary<bool>()) {
    auto& onward = *conditions.mutable_onward();
    onward.set_none(*rc::gen::arbitrary<bool>());
    onward.set_originator_consent(*rc::gen::arbitrary<bool>());
    onward.set_tlp_max(static_cast<record::v1::Tlp>(*rc::gen::inRange(0, 6)));
  }
  for (const std::string& field : Some({"category", "observed_on", "onlife", "place"})) {
    conditions.add_fields(field);
  }
  for (const std::string& reduced :
       Some({"observed_on:generalise=month", "observed_on:generalise=year", "place:remove"})) {
    conditions.add_reduced_fields(reduced);
  }
  return conditions;
}

RC_GTEST_PROP(JoinedConditions, HoldWhateverEitherSideAsks, ()) {
  const Conditions a = AnyConditions();
  const Conditions b = AnyConditions();
  RC_PRE(AreConditions(a) && AreConditions(b));
  const auto joined = JoinConditions(a, b);
  RC_ASSERT(joined.has_value());
  RC_ASSERT(AreConditions(*joined));
  RC_ASSERT(AtLeastAsStrict(*joined, a));
  RC_ASSERT(AtLeastAsStrict(*joined, b));
  // Every obligation of either is there in its own words, but for a longer retention.
  for (const Conditions* side : {&a, &b}) {
    for (const std::string& text : side->obligations()) {
      RC_ASSERT(text.starts_with("retention=") ||
                std::count(joined->obligations().begin(), joined->obligations().end(), text) == 1);
    }
    for (const std::string& text : side->reduced_fields()) {
      RC_ASSERT(
          std::count(joined->reduced_fields().begin(), joined->reduced_fields().end(), text) == 1);
    }
  }
}

RC_GTEST_PROP(JoinedConditions, DoNotDependOnWhoAsksFirstAndAreTheirOwnJoin, ()) {
  const Conditions a = AnyConditions();
  const Conditions b = AnyConditions();
  const auto joined = JoinConditions(a, b);
  RC_ASSERT(joined.has_value());
  RC_ASSERT(JoinConditions(b, a)->SerializeAsString() == joined->SerializeAsString());
  RC_ASSERT(JoinConditions(*joined, b)->SerializeAsString() == joined->SerializeAsString());
}

TEST(JoinedConditionsTest, OfTwoRetentionsTheShorterStays) {
  Conditions a, b;
  for (Conditions* side : {&a, &b}) {
    side->mutable_marks()->set_tlp(record::v1::TLP_AMBER);
    side->set_retention_until("2027-01-03");
  }
  a.add_obligations("retention=P180D");
  b.add_obligations("retention=P90D");
  EXPECT_THAT(JoinConditions(a, b)->obligations(), ElementsAre("retention=P90D"));
}

TEST(JoinedConditionsTest, WhatConditionsCannotHoldIsNotJoined) {
  Conditions a, b;
  for (Conditions* side : {&a, &b}) {
    side->mutable_marks()->set_tlp(record::v1::TLP_AMBER);
    side->set_retention_until("2027-01-03");
  }
  for (char letter = 'a'; letter < 'a' + 16; ++letter) {
    a.add_obligations(std::string(1, letter));
    b.add_obligations(std::string(2, letter));
  }
  EXPECT_TRUE(AreConditions(a) && AreConditions(b));
  EXPECT_FALSE(JoinConditions(a, b).has_value());
}

}  // namespace
}  // namespace sluis::envelope
