// What a rule cites, as it stands on a day.
#include "policies/citation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/evaluate.h"
#include "policies/given_values.h"
#include "tests/support/shipped_packs.h"

namespace sluis::policies {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kPack[] = R"(sluis: 1
pack: {id: cited, layer: statutory, version: 1, valid: {from: 2026-01-01, until: 2026-12-31}}
vocab:
  basis:
    values:
      law:
        citations:
          - {cite: "art. 1 van de oude wet", until: 2026-06-30}
          - {cite: "art. 9 van de nieuwe wet", from: 2026-07-01}
      both: {citations: [{cite: "art. 9 van de nieuwe wet"}]}
  norm: {values: {later: {citations: [{cite: "decreet", from: 2026-09-01, until: 2026-09-30}]}}}
attributes: {basis: {type: basis, source: caller}}
fields: [text]
rules:
  - {id: F-LAW, effect: forbid, because: {nl: x, cite: [law, later, both]}}
  - {id: F-OWN, effect: forbid, because: {nl: x, cite: "protocol, art. 4"}}
  - {id: F-NOT, effect: forbid, because: {nl: x}}
base: {basis: law}
)";

class CitationTest : public ::testing::Test {
 protected:
  std::vector<std::string> Texts(const std::string& rule, std::string_view day) const {
    for (const Rule& one : packs_->rules()) {
      if (one.id == rule) return TextsOn(packs_->schema(), one.because, day);
    }
    ADD_FAILURE() << rule;
    return {};
  }
  const VocabularyValue& Law() const { return packs_->schema().FindVocabulary("basis")->values[0]; }
  absl::StatusOr<PackSet> packs_ = LoadTexts({{"cited", kPack}});
};

TEST_F(CitationTest, OnlyTextsThatStandOnTheDayAreSaidAndEachOnce) {
  ASSERT_TRUE(packs_.ok()) << packs_.status();
  EXPECT_THAT(Texts("F-LAW", "2026-06-30"),
              ElementsAre("art. 1 van de oude wet", "art. 9 van de nieuwe wet"));
  EXPECT_THAT(Texts("F-LAW", "2026-07-01"), ElementsAre("art. 9 van de nieuwe wet"));
  EXPECT_THAT(Texts("F-LAW", "2026-09-01"), ElementsAre("art. 9 van de nieuwe wet", "decreet"));
  EXPECT_THAT(Texts("F-LAW", "2026-10-01"), ElementsAre("art. 9 van de nieuwe wet"));
  EXPECT_THAT(Texts("F-OWN", "2031-01-01"), ElementsAre("protocol, art. 4"));
  EXPECT_THAT(Texts("F-NOT", "2026-07-01"), IsEmpty());
}

TEST_F(CitationTest, ADecisionNamesTheWordsAndNoDay) {
  ASSERT_TRUE(packs_.ok()) << packs_.status();
  const auto base = BaseOf(packs_->layers(), packs_->schema());
  ASSERT_TRUE(base.ok());
  const Decision decision = Decide(*packs_, RequestFrom(*packs_, *base));
  ASSERT_EQ(decision.because.size(), 3U);
  EXPECT_THAT(decision.because[0].cites, ElementsAre("law", "later", "both"));
  EXPECT_EQ(decision.because[0].citation, "");
}

TEST_F(CitationTest, ADecisionIsKeptWithTheTextsOfItsDay) {
  ASSERT_TRUE(packs_.ok()) << packs_.status();
  Decision decision;
  for (const Rule& rule : packs_->rules()) {
    if (rule.id != "F-NOT") decision.because.push_back(rule.because);
  }
  decision.outcome = Outcome::kDeny;
  const std::vector<CitedText> june = {{"law", "art. 1 van de oude wet"},
                                       {"both", "art. 9 van de nieuwe wet"},
                                       {"", "protocol, art. 4"}};
  EXPECT_EQ(CitedBy(packs_->schema(), decision, "both", "2026-06-30"), june);
  // Of a permit, what it was asked under as well; each text once, under the first word that has it.
  decision.because.clear();
  EXPECT_THAT(CitedBy(packs_->schema(), decision, "law", "2026-07-01"), IsEmpty());
  decision.outcome = Outcome::kPermit;
  EXPECT_THAT(CitedBy(packs_->schema(), decision, "law", "2026-07-01"),
              ElementsAre(CitedText{"law", "art. 9 van de nieuwe wet"}));
  EXPECT_THAT(CitedBy(packs_->schema(), decision, "no such word", "2026-07-01"), IsEmpty());
  EXPECT_THAT(CitedBy(packs_->schema(), decision, "", "2026-07-01"), IsEmpty());
}

TEST_F(CitationTest, AWordStandsWhileOneOfItsTextsDoes) {
  ASSERT_TRUE(packs_.ok()) << packs_.status();
  EXPECT_TRUE(StandsOn(Law(), "2026-06-30"));
  EXPECT_TRUE(StandsThroughout(Law(), "2020-01-01", "2030-12-31"));
  VocabularyValue gap = Law();
  gap.citations[1].from = "2026-07-02";
  EXPECT_FALSE(StandsOn(gap, "2026-07-01"));
  EXPECT_FALSE(StandsThroughout(gap, "2026-06-30", "2026-07-02"));
  EXPECT_TRUE(StandsThroughout(gap, "2026-07-02", "2026-07-02"));
  gap.citations.clear();
  EXPECT_FALSE(StandsThroughout(gap, "2026-07-02", "2026-07-02"));
}

}  // namespace
}  // namespace sluis::policies
