// What the other engine is asked: a mistake here would be found as a difference between engines, or
// would hide one.
#include "tests/cedar/cedar_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/generated_pack.h"
#include "tests/support/shipped_packs.h"

namespace sluis::policies {
namespace {

using ::testing::ElementsAre;

constexpr const char* kWords = R"(sluis: 1
pack: {id: said, layer: statutory, version: 1, valid: {from: 2026-01-01, until: 2026-12-31}}
vocab:
  tlp: [clear, amber+strict]
  mode: [helping, enforcing]
  role: {open: true, values: {nurse: {mode: helping}}}
  party: [subject]
attributes:
  actor.role: {type: role, source: mandate}
  actor.mode: {type: mode, source: mandate, derived: {from: actor.role, property: mode}}
  tlp: {type: tlp, source: record, optional: true}
  days: {type: {int: [0, 90]}, source: record}
  age: {type: {int: [0, 99]}, source: record, optional: true}
  secret: {type: bool, source: record, optional: true}
fields: [f, {place: {generalise: [street]}}]
)";

std::vector<std::string> Texts(const PackSet& packs) {
  std::vector<std::string> texts;
  for (const CedarPolicy& policy : CedarPolicies(packs)) {
    texts.push_back(policy.id + ": " + policy.text);
  }
  return texts;
}

// The condition of one forbid with this test.
std::string Said(const std::string& test) {
  const auto packs =
      LoadTexts({{"said.yaml", std::string(kWords) + "rules:\n- {id: R-1, effect: forbid, when: {" +
                                   test + "}, because: {nl: x}}\n"}});
  if (!packs.ok()) return std::string(packs.status().message());
  const std::string text = CedarPolicies(*packs)[0].text;
  constexpr std::string_view kBefore = "forbid(principal, action, resource) when { ";
  constexpr std::string_view kAfter = " };";
  EXPECT_EQ(text.substr(0, kBefore.size()), kBefore);
  return text.substr(kBefore.size(), text.size() - kBefore.size() - kAfter.size());
}

TEST(CedarPolicyTest, WordsAreStringsAndNamesArePathsInTheContext) {
  EXPECT_EQ(Said("actor.role: nurse"), R"(context["actor.role"] == "nurse")");
  EXPECT_EQ(Said("actor.mode: [helping, enforcing]"),
            R"(["helping", "enforcing"].contains(context["actor.mode"]))");
  EXPECT_EQ(Said("actor.mode: {not_in: [helping]}"), R"(!(context["actor.mode"] == "helping"))");
}

TEST(CedarPolicyTest, WholeNumbersAndTruthValuesAreNotStrings) {
  EXPECT_EQ(Said("days: 7"), R"(context["days"] == 7)");
  EXPECT_EQ(Said("days: {min: 3}"), R"(context["days"] >= 3)");
  EXPECT_EQ(Said("days: {min: 3, max: 30}"), R"(context["days"] >= 3 && context["days"] <= 30)");
  EXPECT_EQ(Said("secret: true"), R"((context has "secret" && context["secret"] == true))");
}

TEST(CedarPolicyTest, NoneIsAbsenceAndPassesOnlyATestThatNamesIt) {
  EXPECT_EQ(Said("tlp: none"), R"(!(context has "tlp"))");
  EXPECT_EQ(Said("tlp: [none, clear]"), R"((!(context has "tlp") || context["tlp"] == "clear"))");
  EXPECT_EQ(Said("tlp: amber+strict"),
            R"((context has "tlp" && context["tlp"] == "amber+strict"))");
  EXPECT_EQ(Said("tlp: {not_in: [clear]}"),
            R"((context has "tlp" && !(context["tlp"] == "clear")))");
  EXPECT_EQ(Said("tlp: {not_in: [none, clear]}"), Said("tlp: {not_in: [clear]}"));
  EXPECT_EQ(Said("age: none"), R"(!(context has "age"))");
  EXPECT_EQ(Said("age: {max: 17}"), R"((context has "age" && context["age"] <= 17))");
}

TEST(CedarPolicyTest, EachEffectSpeaksAboutItsOwnActions) {
  const auto packs = LoadTexts({{"said.yaml", std::string(kWords) + R"(rules:
- {id: P-1, effect: permit, grants: [f, place], obligations: {fields: {f: remove, place: {generalise: street}}}, because: {nl: x}}
- {id: P-2, effect: permit, grants: [], because: {nl: x}}
- {id: R-1, effect: require, who: {actor.role: nurse}, when: {days: 1}, obligations: {fields: {place: remove}, retention: P9D}, because: {nl: x}}
- {id: F-1, effect: forbid, because: {nl: x}}
)"}});
  ASSERT_TRUE(packs.ok()) << packs.status();
  const std::string when = R"( when { context["actor.role"] == "nurse" && context["days"] == 1 };)";
  EXPECT_THAT(
      Texts(*packs),
      ElementsAre(
          R"(P-1: permit(principal, action in [Action::"decide", Action::"show f", Action::"show place"], resource);)",
          R"(P-1 removes: forbid(principal, action in [Action::"show f"], resource);)",
          R"(P-2: permit(principal, action in [Action::"decide"], resource);)",
          R"(R-1: permit(principal, action in [Action::"oblige"], resource))" + when,
          R"(R-1 removes: forbid(principal, action in [Action::"show place"], resource))" + when,
          R"(F-1: forbid(principal, action, resource);)"));
}

TEST(CedarPolicyTest, TheRulesOfAllLayersAreThere) {
  const auto packs = LoadFiles({kStatutoryPack, kPartnershipPack, kNodePack});
  ASSERT_TRUE(packs.ok()) << packs.status();
  std::size_t rules = 0;
  for (const CedarPolicy& policy : CedarPolicies(*packs)) {
    if (!policy.id.ends_with(kRemovesSuffix)) ++rules;
  }
  EXPECT_EQ(rules, packs->rules().size());
}

TEST(CedarPolicyTest, AContextLeavesOutNoneAndHoldsWhatIsDerived) {
  const auto packs = LoadTexts({{"said.yaml", kWords}});
  ASSERT_TRUE(packs.ok()) << packs.status();
  const auto with = [&](const char* tlp, const char* age, const char* secret) {
    return CedarContext(*packs, RequestBuilder(*packs)
                                    .Set("actor.role", "nurse", Source::kMandate)
                                    .Set("tlp", tlp, Source::kRecord)
                                    .Set("days", "90", Source::kRecord)
                                    .Set("age", age, Source::kRecord)
                                    .Set("secret", secret, Source::kRecord)
                                    .Build());
  };
  EXPECT_EQ(
      with("none", "none", "none"),
      nlohmann::json::parse(R"({"actor.role": "nurse", "actor.mode": "helping", "days": 90})"));
  EXPECT_EQ(with("clear", "0", "false"),
            nlohmann::json::parse(R"({"actor.role": "nurse", "actor.mode": "helping", "days": 90,
                                      "tlp": "clear", "age": 0, "secret": false})"));
}

TEST(CedarPolicyTest, NoTextLeavesItsString) {
  EXPECT_EQ(CedarString("amber+strict"), R"("amber+strict")");
  EXPECT_EQ(CedarString(R"(a" || true || "b)"), R"("a\" || true || \"b")");
  EXPECT_EQ(CedarString(R"(\u{22})"), R"("\\u{22}")");
  EXPECT_EQ(CedarString(std::string("\n\0\x7f", 3)), R"("\u{a}\u{0}\u{7f}")");
  EXPECT_EQ(CedarString("caf\xc3\xa9"), "\"caf\xc3\xa9\"");
}

// Without layers the engines' comparison would not meet what a layer adds.
TEST(CedarPolicyTest, GeneratedLayersSpeakOfTheRoleThatThePartnershipAdds) {
  std::size_t named = 0, restrained = 0;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    Draw draw(seed);
    const auto packs = GeneratedLayers(6, draw);
    ASSERT_TRUE(packs.ok()) << packs.status();
    ASSERT_EQ(packs->layers().size(), kLayers);
    for (const CedarPolicy& policy : CedarPolicies(*packs)) {
      if (policy.text.find("\"t\"") != std::string::npos) ++named;
      if (policy.id.starts_with("N-")) ++restrained;
    }
  }
  EXPECT_GT(named, 10u);
  EXPECT_GT(restrained, 10u);
}

}  // namespace
}  // namespace sluis::policies
