// The analysis is exact: it agrees with asking every request, on generated packs small enough for
// that and on the frozen example.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/class_count.h"
#include "policies/pack_diff.h"
#include "policies/rule_findings.h"
#include "policies/visibility.h"
#include "tests/policies/every_request.h"
#include "tests/policies/small_packs.h"
#include "tests/support/generated_pack.h"
#include "tests/support/shipped_packs.h"

namespace sluis::policies {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr uint64_t kPacks = 150;
constexpr std::size_t kMostClasses = 4'000;

std::size_t ClassesOf(const std::map<std::string, std::vector<std::string>>& representatives) {
  std::size_t classes = 1;
  for (const auto& [attribute, words] : representatives) classes *= words.size();
  return classes;
}

// Visits generated packs of which every request can be asked.
void ForEachSmallPack(const std::function<void(const PackSet&, uint64_t seed)>& visit) {
  std::size_t visited = 0;
  for (uint64_t seed = 1; visited < kPacks; ++seed) {
    Draw draw(seed);
    const auto packs = GeneratedPack(9, draw);
    ASSERT_TRUE(packs.ok()) << packs.status();
    if (ClassesOf(Representatives({&*packs})) > kMostClasses) continue;
    ++visited;
    visit(*packs, seed);
  }
}

TEST(Analysis, CountsWhatAskingEveryRequestCounts) {
  ForEachSmallPack([](const PackSet& packs, uint64_t seed) {
    const auto representatives = Representatives({&packs});
    std::size_t permitted = 0;
    ForEachClass(representatives, [&](const Words& words) {
      if (Ask(packs, words)->permitted) ++permitted;
    });
    const auto rules = RuleSpace::Of(packs);
    ASSERT_TRUE(rules.ok()) << rules.status();
    const auto count = CountClasses(*rules);
    ASSERT_TRUE(count.ok()) << count.status();
    EXPECT_EQ(count->classes, ClassesOf(representatives)) << "seed " << seed;
    EXPECT_EQ(count->permitted, permitted) << "seed " << seed;
  });
}

TEST(Analysis, CountsTheExample) {
  const auto packs = LoadFiles({kAboveExample, kExamplePack});
  ASSERT_TRUE(packs.ok()) << packs.status();
  const auto rules = RuleSpace::Of(*packs);
  ASSERT_TRUE(rules.ok()) << rules.status();
  const auto count = CountClasses(*rules);
  ASSERT_TRUE(count.ok()) << count.status();
  EXPECT_EQ(count->classes, 5'419'008);
  EXPECT_EQ(count->permitted, 13'902);
}

// What a rule is found to be, said again by asking every request with and without it.
std::optional<FindingKind> FindingOf(const PackSet& packs, std::size_t rule) {
  const Effect effect = packs.rules()[rule].effect;
  bool met = false, needed = false, under_a_permit = false;
  ForEachClass(Representatives({&packs}), [&](const Words& words) {
    const std::set<std::size_t> matching = Matching(packs, words);
    if (!matching.contains(rule)) return;
    const Outcomes with = *Ask(packs, words);
    met = met || with.permitted;
    needed = needed || with != *Ask(packs, words, rule);
    for (const std::size_t i : matching) {
      under_a_permit = under_a_permit || packs.rules()[i].effect == Effect::kPermit;
    }
  });
  if (effect == Effect::kForbid && !under_a_permit) return FindingKind::kVacuous;
  if (effect != Effect::kForbid && !met) return FindingKind::kDead;
  if (!needed) return FindingKind::kRedundant;
  return std::nullopt;
}

// Whether the request of a finding shows what is found, by asking it.
bool ShowsIt(const PackSet& packs, std::size_t rule, const RuleFinding& finding) {
  const Words words = RequestOf(finding.example);
  const std::set<std::size_t> matching = Matching(packs, words);
  const Effect effect = packs.rules()[rule].effect;
  const auto others = std::count_if(matching.begin(), matching.end(), [&](std::size_t i) {
    return i != rule && packs.rules()[i].effect == effect;
  });
  const bool under_a_permit = std::any_of(matching.begin(), matching.end(), [&](std::size_t i) {
    return packs.rules()[i].effect == Effect::kPermit;
  });
  if (!matching.contains(rule)) return false;
  const bool permitted = Ask(packs, words)->permitted;
  switch (finding.kind) {
    case FindingKind::kDead:
      return !permitted;
    case FindingKind::kVacuous:
      return !under_a_permit;
    case FindingKind::kRedundant:
      return effect == Effect::kForbid   ? under_a_permit && others > 0
             : effect == Effect::kPermit ? permitted && others > 0
                                         : permitted;
  }
  return false;
}

TEST(Analysis, FindsIdleRulesAsAskingEveryRequestDoes) {
  std::map<FindingKind, int> seen;
  ForEachSmallPack([&seen](const PackSet& packs, uint64_t seed) {
    std::vector<RuleFinding> expected;
    for (std::size_t i = 0; i < packs.rules().size(); ++i) {
      const auto kind = FindingOf(packs, i);
      if (!kind) continue;
      expected.push_back({packs.rules()[i].id, *kind, {}});
      ++seen[*kind];
    }
    const auto rules = RuleSpace::Of(packs);
    ASSERT_TRUE(rules.ok()) << rules.status();
    auto found = FindIdleRules(*rules);
    ASSERT_TRUE(found.ok()) << found.status();
    for (RuleFinding& finding : *found) {
      std::size_t rule = 0;
      while (packs.rules()[rule].id != finding.rule) ++rule;
      if (finding.example.empty()) {
        // Only when no request at all matches the rule.
        ForEachClass(Representatives({&packs}), [&](const Words& words) {
          EXPECT_FALSE(Matching(packs, words).contains(rule)) << "seed " << seed;
        });
      } else {
        EXPECT_TRUE(ShowsIt(packs, rule, finding)) << "seed " << seed << ": " << finding.example;
      }
      finding.example.clear();
    }
    EXPECT_EQ(*found, expected) << "seed " << seed;
  });
  EXPECT_GT(seen[FindingKind::kDead], 10);
  EXPECT_GT(seen[FindingKind::kVacuous], 10);
  EXPECT_GT(seen[FindingKind::kRedundant], 10);
}

TEST(Analysis, TheExampleHasNoIdleRule) {
  const auto packs = LoadFiles({kAboveExample, kExamplePack});
  ASSERT_TRUE(packs.ok()) << packs.status();
  const auto found = FindIdleRules(*RuleSpace::Of(*packs));
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_THAT(*found, IsEmpty());
}

// The best sight of each field among requests with this role, by asking every one of them.
std::vector<Sight> SightsOf(const PackSet& packs, const std::string& role) {
  std::vector<Sight> sights(packs.schema().fields.size(), Sight::kNever);
  auto representatives = Representatives({&packs});
  representatives["r"] = {role};
  ForEachClass(representatives, [&](const Words& words) {
    const Outcomes outcomes = *Ask(packs, words);
    for (std::size_t i = 0; i < sights.size(); ++i) {
      const auto shown = outcomes.fields.find(packs.schema().fields[i].name);
      if (shown == outcomes.fields.end()) continue;
      sights[i] = std::max(sights[i], shown->second == "keep" ? Sight::kAsIs : Sight::kCoarser);
    }
  });
  return sights;
}

// How many fields of the row this request shows as the row says.
std::size_t ShownOf(const PackSet& packs, const Words& request, const MatrixRow& row) {
  const auto outcomes = Ask(packs, request);
  std::size_t count = 0;
  if (!outcomes->permitted) return count;
  for (std::size_t i = 0; i < row.fields.size(); ++i) {
    const auto shown = outcomes->fields.find(packs.schema().fields[i].name);
    if (shown == outcomes->fields.end()) continue;
    const Sight sight = shown->second == "keep" ? Sight::kAsIs : Sight::kCoarser;
    count += static_cast<std::size_t>(sight == row.fields[i]);
  }
  return count;
}

TEST(Analysis, TheMatrixIsWhatAskingEveryRequestShows) {
  std::map<Sight, int> seen;
  ForEachSmallPack([&seen](const PackSet& packs, uint64_t seed) {
    const auto rules = RuleSpace::Of(packs);
    ASSERT_TRUE(rules.ok()) << rules.status();
    const auto matrix = AccessMatrix(*rules, {"r"}, rules->Where({}));
    ASSERT_TRUE(matrix.ok()) << matrix.status();
    std::set<std::string> rows;
    for (const MatrixRow& row : *matrix) {
      rows.insert(row.values[0]);
      EXPECT_EQ(row.fields, SightsOf(packs, row.values[0])) << "seed " << seed;
      for (const Sight sight : row.fields) ++seen[sight];
      const Words example = RequestOf(row.example);
      EXPECT_EQ(example.at("r"), row.values[0]);
      EXPECT_TRUE(Ask(packs, example)->permitted) << "seed " << seed << ": " << row.example;
      std::size_t most = 0;
      auto representatives = Representatives({&packs});
      representatives["r"] = {row.values[0]};
      ForEachClass(representatives,
                   [&](const Words& words) { most = std::max(most, ShownOf(packs, words, row)); });
      EXPECT_EQ(ShownOf(packs, example, row), most) << "seed " << seed << ": " << row.example;
      for (std::size_t i = 0; i < row.fields.size(); ++i) {
        EXPECT_EQ(row.examples[i].empty(), row.fields[i] == Sight::kNever);
        if (row.examples[i].empty()) continue;
        const auto shown = Ask(packs, RequestOf(row.examples[i]))->fields;
        EXPECT_TRUE(shown.contains(packs.schema().fields[i].name)) << "seed " << seed;
      }
    }
    std::set<std::string> expected;
    ForEachClass(Representatives({&packs}), [&](const Words& words) {
      for (const char* role : {"p", "q", "s"}) {
        Words as = words;
        as["r"] = role;
        if (Ask(packs, as)->permitted) expected.insert(role);
      }
    });
    EXPECT_EQ(rows, expected) << "seed " << seed;
  });
  EXPECT_GT(seen[Sight::kCoarser], 5);
  EXPECT_GT(seen[Sight::kAsIs], 50);
}

TEST(Analysis, EveryFieldThatIsSeenComesWithARequest) {
  const auto packs = LoadFiles({kAboveExample, kExamplePack});
  ASSERT_TRUE(packs.ok()) << packs.status();
  const auto rules = RuleSpace::Of(*packs);
  ASSERT_TRUE(rules.ok()) << rules.status();
  const auto see = [&](std::string_view field) {
    return *SeeField(*rules, *packs->schema().FindField(field), rules->Where({}));
  };
  EXPECT_EQ(see("reporter"), Seen{});
  const Seen detail = see("detail");
  EXPECT_EQ(detail.sight, Sight::kAsIs);
  EXPECT_THAT(detail.example, HasSubstr("purpose=casusoverleg-458ter"));
  EXPECT_TRUE(Ask(*packs, RequestOf(detail.example))->fields.contains("detail"));
}

TEST(Analysis, AnAxisMustBeAGivenAttributeWithWords) {
  const auto packs = LoadTexts({{"small.yaml", SmallPack("")}});
  ASSERT_TRUE(packs.ok()) << packs.status();
  const auto rules = RuleSpace::Of(*packs);
  ASSERT_TRUE(rules.ok()) << rules.status();
  for (const char* axis : {"days", "hour"}) {
    const auto matrix = AccessMatrix(*rules, {axis}, rules->Where({}));
    EXPECT_EQ(matrix.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(matrix.status().message()), HasSubstr(axis));
  }
}

// Five pigeons in four holes: every request is forbidden, and showing it takes many steps.
TEST(Analysis, AQuestionOfMoreStepsThanAllowedIsAnErrorAndNoGuess) {
  constexpr int kPigeons = 5, kHoles = 4;
  const auto in = [](int pigeon, int hole) {
    return "b" + std::to_string(pigeon) + "." + std::to_string(hole);
  };
  std::string attributes = "attributes:\n", rules = "rules:\n";
  auto forbid = [&rules, count = 0](const std::string& when) mutable {
    rules += "  - {id: F-" + std::to_string(++count) + ", effect: forbid, when: {" + when +
             "}, because: {nl: x}}\n";
  };
  for (int pigeon = 0; pigeon < kPigeons; ++pigeon) {
    std::string nowhere;
    for (int hole = 0; hole < kHoles; ++hole) {
      attributes += "  " + in(pigeon, hole) + ": {type: bool, source: node}\n";
      nowhere += (hole > 0 ? ", " : "") + in(pigeon, hole) + ": false";
      for (int other = 0; other < pigeon; ++other) {
        forbid(in(pigeon, hole) + ": true, " + in(other, hole) + ": true");
      }
    }
    forbid(nowhere);
  }
  rules += "  - {id: P-ALL, effect: permit, when: {}, grants: [f], because: {nl: x}}\n";
  const auto packs = LoadTexts(
      {{"pigeons.yaml",
        "sluis: 1\npack: {id: pigeons, layer: statutory, version: 1, valid: {from: 2026-01-01, "
        "until: 2026-12-31}}\n" +
            attributes + "fields: [f]\n" + rules}});
  ASSERT_TRUE(packs.ok()) << packs.status();
  const auto few = RuleSpace::Of(*packs, 50);
  ASSERT_TRUE(few.ok()) << few.status();
  EXPECT_EQ(SeeField(*few, 0, few->Where({})).status().code(),
            absl::StatusCode::kResourceExhausted);
  const auto enough = RuleSpace::Of(*packs);
  ASSERT_TRUE(enough.ok()) << enough.status();
  const auto seen = SeeField(*enough, 0, enough->Where({}));
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_EQ(*seen, Seen{});
  EXPECT_EQ(CountClasses(*enough)->permitted, 0);
}

TEST(PermitsWithoutBasis, NamesThoseWhoseCitationHasEnded) {
  const auto packs = LoadFiles({kAboveExample, kExamplePack});
  ASSERT_TRUE(packs.ok()) << packs.status();
  EXPECT_THAT(*PermitsWithoutBasis(*RuleSpace::Of(*packs), "2026-11-22"), IsEmpty());
  const auto small = LoadTexts({{"basis.yaml", R"(sluis: 1
pack: {id: basis, layer: statutory, version: 1, valid: {from: 2026-01-01, until: 2026-12-31}}
vocab:
  basis:
    values:
      decree: {citations: [{cite: "decreet"}]}
      law: {citations: [{cite: "wet", from: 2025-01-01, until: 2027-06-30}]}
attributes: {basis: {type: basis, source: caller}}
fields: [f]
rules:
  - {id: P-LAW, effect: permit, why: {basis: [decree, law]}, grants: [f], because: {nl: x}}
)"}});
  ASSERT_TRUE(small.ok()) << small.status();
  const auto rules = RuleSpace::Of(*small);
  ASSERT_TRUE(rules.ok()) << rules.status();
  EXPECT_THAT(*PermitsWithoutBasis(*rules, "2027-06-30"), IsEmpty());
  EXPECT_THAT(*PermitsWithoutBasis(*rules, "2027-07-01"),
              ::testing::ElementsAre(MissingBasis{"P-LAW", "law", "basis=law"}));
}

}  // namespace
}  // namespace sluis::policies
