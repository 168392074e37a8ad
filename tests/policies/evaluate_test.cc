#include "policies/evaluate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/policies/small_packs.h"
#include "tests/support/shipped_packs.h"

namespace sluis::policies {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kRules = R"(
rules:
  - id: P-RED
    effect: permit
    when: {colour: red, role: cook}
    grants: [text, place]
    obligations: {retention: P90D}
    because: {nl: "rood mag", en: "red may", cite: "art. 1"}
  - {id: P-NONE, effect: permit, when: {colour: none}, grants: [text], because: {nl: "zonder kleur"}}
  - {id: F-SECRET, effect: forbid, when: {secret: true}, because: {nl: "dit kan niet omdat het geheim is"}}
  - id: R-OLD
    effect: require
    when: {days: {min: 30}}
    obligations: {retention: P30D, fields: {text: remove, place: {generalise: town}}, log: full}
    because: {nl: "oud"}
)";

class Evaluate : public ::testing::Test {
 protected:
  void SetUp() override {
    auto packs = LoadTexts({{"small.yaml", SmallPack(kRules)}});
    ASSERT_TRUE(packs.ok()) << packs.status();
    packs_.emplace(*std::move(packs));
  }

  RequestBuilder Builder(std::string_view colour, std::string_view secret, std::string_view days,
                         std::string_view role) const {
    RequestBuilder builder(*packs_);
    builder.Set("colour", colour, Source::kRecord)
        .Set("secret", secret, Source::kLedger)
        .Set("days", days, Source::kNode)
        .Set("role", role, Source::kMandate);
    return builder;
  }
  Decision Ask(std::string_view colour, std::string_view secret, std::string_view days,
               std::string_view role) const {
    return Decide(*packs_, Builder(colour, secret, days, role).Build());
  }

  std::optional<PackSet> packs_;
};

TEST_F(Evaluate, PermitGrantsAndExplains) {
  const Decision decision = Ask("red", "false", "1", "cook");
  EXPECT_EQ(decision.outcome, Outcome::kPermit);
  EXPECT_THAT(decision.permits, ElementsAre("P-RED"));
  EXPECT_THAT(decision.forbids, IsEmpty());
  EXPECT_THAT(decision.requires_, IsEmpty());
  EXPECT_THAT(decision.granted, ElementsAre(GrantedField{"text", {}}, GrantedField{"place", {}}));
  EXPECT_THAT(decision.because,
              ElementsAre(Because{"P-RED", "rood mag", "red may", "", {}, "art. 1"}));
  EXPECT_EQ(decision.nearest_permit, std::nullopt);
  EXPECT_EQ(decision.packs, packs_->digests());
  EXPECT_EQ(decision.engine_version, kEngineVersion);
  ASSERT_NE(decision.Find<Retention>(), nullptr);
  EXPECT_EQ(decision.Find<Retention>()->days, 90);
  EXPECT_EQ(decision.Find<LogDepth>(), nullptr);
}

TEST_F(Evaluate, RequireAddsObligationsAndRemovesFields) {
  const Decision decision = Ask("red", "false", "30", "cook");
  EXPECT_EQ(decision.outcome, Outcome::kPermit);
  EXPECT_THAT(decision.requires_, ElementsAre("R-OLD"));
  EXPECT_THAT(decision.granted,
              ElementsAre(GrantedField{"place", {Treatment::Kind::kGeneralise, 1, "town"}}));
  EXPECT_THAT(decision.removed, ElementsAre("text"));
  ASSERT_NE(decision.Find<Retention>(), nullptr);
  EXPECT_EQ(decision.Find<Retention>()->days, 30);
  ASSERT_EQ(decision.obligations.size(), 3U);
  EXPECT_EQ(KindOf(decision.obligations[1].obligation), ObligationKind::kRetention);
  EXPECT_THAT(decision.obligations[1].rules, ElementsAre("P-RED", "R-OLD"));
}

TEST_F(Evaluate, RequireAloneGrantsNothing) {
  const Decision decision = Ask("blue", "false", "50", "cook");
  EXPECT_EQ(decision.outcome, Outcome::kDeny);
  EXPECT_THAT(decision.requires_, IsEmpty());
  EXPECT_THAT(decision.obligations, IsEmpty());
}

TEST_F(Evaluate, ForbidWins) {
  const Decision decision = Ask("red", "true", "1", "cook");
  EXPECT_EQ(decision.outcome, Outcome::kDeny);
  EXPECT_THAT(decision.permits, ElementsAre("P-RED"));
  EXPECT_THAT(decision.forbids, ElementsAre("F-SECRET"));
  EXPECT_THAT(decision.granted, IsEmpty());
  ASSERT_EQ(decision.because.size(), 1U);
  EXPECT_EQ(decision.because[0].nl, "dit kan niet omdat het geheim is");
  ASSERT_TRUE(decision.nearest_permit.has_value());
  EXPECT_EQ(*decision.nearest_permit, (NearestPermit{"P-RED", {"secret"}}));
}

TEST_F(Evaluate, DefaultDenyNamesTheNearestPermit) {
  const Decision decision = Ask("red", "false", "1", "drummer");
  EXPECT_EQ(decision.outcome, Outcome::kDeny);
  EXPECT_THAT(decision.forbids, IsEmpty());
  ASSERT_TRUE(decision.nearest_permit.has_value());
  // P-NONE and P-RED both fail one test; the first by id is named.
  EXPECT_EQ(*decision.nearest_permit, (NearestPermit{"P-NONE", {"colour"}}));
  ASSERT_EQ(decision.because.size(), 1U);
  EXPECT_EQ(decision.because[0].rule, "");
}

TEST_F(Evaluate, NoneMatchesOnlyTestsThatNameIt) {
  EXPECT_THAT(Ask("none", "false", "1", "cook").permits, ElementsAre("P-NONE"));
  auto packs = LoadTexts({{"small.yaml", SmallPack(R"(
rules:
  - {id: P-ALL, effect: permit, grants: [text], because: {nl: "x"}}
  - {id: F-NOT-RED, effect: forbid, when: {colour: {not_in: [red]}}, because: {nl: "x"}}
)")}});
  ASSERT_TRUE(packs.ok()) << packs.status();
  packs_.emplace(*std::move(packs));
  EXPECT_EQ(Ask("blue", "false", "1", "cook").outcome, Outcome::kDeny);
  EXPECT_EQ(Ask("red", "false", "1", "cook").outcome, Outcome::kPermit);
  EXPECT_EQ(Ask("none", "false", "1", "cook").outcome, Outcome::kPermit);
}

TEST_F(Evaluate, IncompleteRequestsAreRefusedByName) {
  RequestBuilder missing(*packs_);
  missing.Set("colour", "red", Source::kRecord).Set("secret", "false", Source::kLedger);
  const Decision decision = Decide(*packs_, missing.Build());
  EXPECT_EQ(decision.outcome, Outcome::kRefused);
  EXPECT_EQ(decision.refusal, "attribute \"days\" is missing");
  EXPECT_THAT(decision.permits, IsEmpty());
  EXPECT_EQ(decision.packs, packs_->digests());
  EXPECT_EQ(decision.because.size(), 1U);
}

TEST_F(Evaluate, DefectsNeverQuoteTheValue) {
  const Decision decision = Ask("vermilion", "false", "1", "cook");
  EXPECT_EQ(decision.outcome, Outcome::kRefused);
  EXPECT_EQ(decision.refusal, "attribute \"colour\" has a value that these packs do not declare");
}

TEST_F(Evaluate, EveryDefectIsRefused) {
  const auto defect = [&](auto change) {
    RequestBuilder builder = Builder("red", "false", "1", "cook");
    change(builder);
    const Request request = builder.Build();
    EXPECT_EQ(Decide(*packs_, request).outcome, Outcome::kRefused);
    return request.defect();
  };
  using Kind = RequestDefect::Kind;
  EXPECT_EQ(defect([](auto& b) { b.Set("shape", "round", Source::kNode); }),
            (RequestDefect{"shape", Kind::kUnknownAttribute}));
  EXPECT_EQ(defect([](auto& b) { b.Set(77, 0, Source::kNode); }),
            (RequestDefect{"#77", Kind::kUnknownAttribute}));
  EXPECT_EQ(defect([](auto& b) { b.Set("role", "cook", Source::kMandate); }),
            (RequestDefect{"role", Kind::kGivenTwice}));
  const auto ask = [&](std::string_view days, std::string_view secret, Source source) {
    RequestBuilder builder(*packs_);
    builder.Set("colour", "red", Source::kRecord)
        .Set("secret", secret, source)
        .Set("days", days, Source::kNode)
        .Set("role", "cook", Source::kMandate);
    return builder.Build().defect();
  };
  EXPECT_EQ(ask("1", "false", Source::kLedger), std::nullopt);
  EXPECT_EQ(ask("101", "false", Source::kLedger), (RequestDefect{"days", Kind::kUnknownValue}));
  EXPECT_EQ(ask("many", "false", Source::kLedger), (RequestDefect{"days", Kind::kUnknownValue}));
  EXPECT_EQ(ask("1", "none", Source::kLedger), (RequestDefect{"secret", Kind::kUnknownValue}));
  EXPECT_EQ(ask("1", "false", Source::kCaller), (RequestDefect{"secret", Kind::kWrongSource}));
}

TEST_F(Evaluate, RequestsOfOtherPacksAreRefused) {
  auto other = LoadTexts({{"small.yaml", SmallPack("")}});
  ASSERT_TRUE(other.ok()) << other.status();
  const Decision decision = Decide(*other, Builder("red", "false", "1", "cook").Build());
  EXPECT_EQ(decision.outcome, Outcome::kRefused);
  EXPECT_EQ(decision.packs, other->digests());
}

TEST_F(Evaluate, UnknownObligationRefuses) {
  const Decision decision = Ask("red", "false", "30", "cook");
  EXPECT_EQ(RefuseUnlessEnforceable(decision, ObligationKinds::All()), decision);
  const auto known =
      ObligationKinds().With(ObligationKind::kFields).With(ObligationKind::kRetention);
  const Decision refused = RefuseUnlessEnforceable(decision, known);
  EXPECT_EQ(refused.outcome, Outcome::kRefused);
  EXPECT_EQ(refused.refusal, "obligation \"log\" cannot be carried out");
  EXPECT_THAT(refused.granted, IsEmpty());
  const Decision denied = Ask("blue", "false", "30", "cook");
  EXPECT_EQ(RefuseUnlessEnforceable(denied, ObligationKinds()), denied);
}

TEST(DerivedAttribute, FollowsItsBase) {
  auto packs =
      LoadTexts({{"small.yaml", SmallPack("")}, {"lower.yaml", LowerPack("partnership", "small", R"(
vocab: {role: {values: {singer: {mode: loud}}}}
attributes: {mode: {type: mode, source: mandate, derived: {from: role, property: mode}}}
rules:
  - {id: P-CALM, effect: permit, when: {mode: calm}, grants: [], because: {nl: "x"}}
)")}});
  ASSERT_TRUE(packs.ok()) << packs.status();
  const auto ask = [&packs](std::string_view role) {
    RequestBuilder builder(*packs);
    builder.Set("colour", "none", Source::kRecord)
        .Set("secret", "false", Source::kLedger)
        .Set("days", "0", Source::kNode)
        .Set("role", role, Source::kMandate);
    return Decide(*packs, builder.Build());
  };
  EXPECT_EQ(ask("cook").outcome, Outcome::kPermit);
  EXPECT_EQ(ask("singer").outcome, Outcome::kDeny);
  RequestBuilder given(*packs);
  given.Set("mode", "calm", Source::kMandate);
  EXPECT_EQ(given.Build().defect(), (RequestDefect{"mode", RequestDefect::Kind::kDerived}));
  EXPECT_TRUE(packs->RoleAllowedAt("cook", "inn"));
  EXPECT_FALSE(packs->RoleAllowedAt("cook", "stage"));
  EXPECT_FALSE(packs->RoleAllowedAt("singer", "inn"));
  EXPECT_FALSE(packs->RoleAllowedAt("dancer", "inn"));
}

}  // namespace
}  // namespace sluis::policies
