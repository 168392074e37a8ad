// Comparing two versions agrees with asking every request of both.
#include "policies/pack_diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <sstream>
#include <string_view>
#include <utility>

#include "policies/class_count.h"
#include "tests/policies/every_request.h"
#include "tests/policies/small_packs.h"
#include "tests/support/generated_pack.h"
#include "tests/support/shipped_packs.h"

namespace sluis::policies {
namespace {

using ::testing::HasSubstr;

constexpr uint64_t kPairs = 150;
constexpr std::size_t kMostClasses = 3'000;

// Nothing that a version does not know is permitted by it.
Outcomes OutcomesOf(const PackSet& packs, const Words& words) {
  return Ask(packs, words).value_or(Outcomes{});
}

std::optional<DifferenceKind> KindOfDifference(const Outcomes& before, const Outcomes& after) {
  if (before.permitted != after.permitted) {
    return after.permitted ? DifferenceKind::kNewlyPermitted : DifferenceKind::kNoLongerPermitted;
  }
  if (before.fields != after.fields) return DifferenceKind::kFields;
  if (before.obligations != after.obligations) return DifferenceKind::kObligations;
  return std::nullopt;
}

// The rules of `text`, each with its chance to stay.
std::string Some(const std::string& text, Draw& draw) {
  std::istringstream lines(text);
  std::string kept;
  for (std::string line; std::getline(lines, line);) {
    if (line == "rules:" || !draw.OneIn(4)) kept += line + "\n";
  }
  return kept == "rules:\n" ? "" : kept;
}

// A word less in one of the vocabularies, when there is one to spare and nothing tests it.
std::string WithoutAWord(std::string words, Draw& draw) {
  const std::size_t list = words.find("w1, w0]");
  if (list != std::string::npos && draw.OneIn(2)) words.erase(list, 4);
  return words;
}

// What a rule says otherwise in the other version: each of these now and then.
std::string Otherwise(std::string rules, Draw& draw) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kChanges = {
      {{"[true]", "[false]"},
       {"log: standard", "log: full"},
       {": remove", ": keep"},
       {"generalise: near", "generalise: far"},
       {"{not_in: [w0]}", "[w0]"},
       {"retention: P", "retention: P1"}}};
  for (const auto& [from, to] : kChanges) {
    const std::size_t at = rules.find(from);
    if (at != std::string::npos && draw.OneIn(3)) rules.replace(at, from.size(), to);
  }
  return rules;
}

// Rules that only one version has, under names of their own.
std::string New(const Schema& schema, Draw& draw) {
  std::string rules = GeneratedRules(schema, 1 + draw.Below(2), {}, draw);
  rules.erase(0, std::string_view("rules:\n").size());
  for (std::size_t at = rules.find("id: G-"); at != std::string::npos; at = rules.find("id: G-")) {
    rules.replace(at, 6, "id: N-");
  }
  return rules;
}

// Words that are there in one version only: one more, or `none` where there was always a value.
std::string WithOtherWords(std::string words, Draw& draw) {
  const std::size_t list = words.find("w0]");
  if (list != std::string::npos && draw.OneIn(3)) words.replace(list, 3, "w0, w9]");
  const std::size_t attribute = words.find("source: record}");
  if (attribute != std::string::npos && draw.OneIn(3)) {
    words.replace(attribute, 15, "source: record, optional: true}");
  }
  return words;
}

TEST(ComparePacks, CountsWhatAskingEveryRequestCounts) {
  std::array<int, kDifferenceKinds> seen{};
  uint64_t compared = 0;
  int words_differ = 0;
  for (uint64_t seed = 1; compared < kPairs; ++seed) {
    Draw draw(seed);
    const std::string words = GeneratedWords(draw);
    const auto schema = LoadTexts({{"words.yaml", words}});
    ASSERT_TRUE(schema.ok()) << schema.status();
    const std::string rules = GeneratedRules(schema->schema(), 1 + draw.Below(8), {}, draw);
    // Either version may be the one that has more words.
    const bool more_before = draw.OneIn(2);
    const std::string own = more_before ? WithOtherWords(words, draw) : words;
    const auto before = LoadTexts({{"before.yaml", own + Some(rules, draw)}});
    ASSERT_TRUE(before.ok()) << before.status();
    std::string other = WithoutAWord(words, draw);
    if (!more_before) other = WithOtherWords(std::move(other), draw);
    std::string changed = Otherwise(Some(rules, draw), draw);
    if (!changed.empty() && draw.OneIn(2)) changed += New(schema->schema(), draw);
    const auto after = LoadTexts({{"after.yaml", other + changed}});
    if (!after.ok()) continue;  // a rule tests the word that went
    const auto representatives = Representatives({&*before, &*after});
    std::size_t classes = 1;
    for (const auto& [attribute, all] : representatives) classes *= all.size();
    if (classes > kMostClasses) continue;
    ++compared;
    words_differ += own == other ? 0 : 1;

    std::array<absl::uint128, kDifferenceKinds> expected{};
    ForEachClass(representatives, [&](const Words& request) {
      const auto kind = KindOfDifference(OutcomesOf(*before, request), OutcomesOf(*after, request));
      if (kind) ++expected[static_cast<std::size_t>(*kind)];
    });
    const auto diff = ComparePacks(*before, *after);
    ASSERT_TRUE(diff.ok()) << diff.status();
    EXPECT_EQ(diff->classes, classes) << "seed " << seed;
    for (std::size_t kind = 0; kind < kDifferenceKinds; ++kind) {
      const Difference& difference = diff->by_kind[kind];
      EXPECT_EQ(difference.classes, expected[kind]) << "seed " << seed << ", kind " << kind;
      EXPECT_EQ(difference.example.empty(), expected[kind] == 0) << "seed " << seed;
      if (difference.example.empty()) continue;
      ++seen[kind];
      const Words example = RequestOf(difference.example);
      EXPECT_EQ(KindOfDifference(OutcomesOf(*before, example), OutcomesOf(*after, example)),
                static_cast<DifferenceKind>(kind))
          << "seed " << seed << ": " << difference.example;
    }
  }
  for (const int times : seen) EXPECT_GT(times, 10);
  EXPECT_GT(words_differ, 10);
}

TEST(ComparePacks, APackIsLikeItself) {
  const auto packs = LoadFiles({kStatutoryPack, kPartnershipPack, kNodePack});
  ASSERT_TRUE(packs.ok()) << packs.status();
  const auto diff = ComparePacks(*packs, *packs);
  ASSERT_TRUE(diff.ok()) << diff.status();
  EXPECT_FALSE(diff->any());
}

// What the organisation CAW De Overzet adds only takes away.
TEST(ComparePacks, ANodeLayerPermitsNothingNew) {
  const auto before = LoadFiles({kStatutoryPack, kPartnershipPack});
  const auto after = LoadFiles({kStatutoryPack, kPartnershipPack, kNodePack});
  ASSERT_TRUE(before.ok() && after.ok());
  const auto diff = ComparePacks(*before, *after);
  ASSERT_TRUE(diff.ok()) << diff.status();
  EXPECT_EQ(diff->Of(DifferenceKind::kNewlyPermitted).classes, 0);
  EXPECT_GT(diff->Of(DifferenceKind::kNoLongerPermitted).classes, 0);
  EXPECT_GT(diff->Of(DifferenceKind::kObligations).classes, 0);
}

// Rules of the same words were taken to mean the same, whatever the words stand for.
TEST(ComparePacks, AScaleInAnotherOrderIsADifference) {
  const std::string rules = R"(
rules:
  - {id: P-A, effect: permit, grants: [place], obligations: {fields: {place: {generalise: street}}}, because: {nl: x}}
  - {id: R-B, effect: require, obligations: {fields: {place: {generalise: town}}}, because: {nl: x}}
)";
  std::string text = SmallPack(rules);
  const auto before = LoadTexts({{"before.yaml", text}});
  const std::string was = "[street, town]";
  text.replace(text.find(was), was.size(), "[town, street]");
  const auto after = LoadTexts({{"after.yaml", text}});
  ASSERT_TRUE(before.ok() && after.ok()) << before.status() << after.status();
  const auto diff = ComparePacks(*before, *after);
  ASSERT_TRUE(diff.ok()) << diff.status();
  EXPECT_EQ(diff->Of(DifferenceKind::kFields).classes, 1);
}

// 2^128 classes and more came out as few, or none.
TEST(ComparePacks, MoreClassesThanCanBeCountedAreAnErrorAndNotFew) {
  std::string vocab = "vocab:\n  v: [", attributes = "attributes:\n", rules = "rules:\n";
  for (int i = 0; i < 60; ++i) vocab += (i > 0 ? ", w" : "w") + std::to_string(i);
  for (int i = 0; i < 23; ++i) {
    const std::string name = "a" + std::to_string(i);
    attributes += "  " + name + ": {type: v, source: node}\n";
    rules += "  - {id: P-" + std::to_string(i) + ", effect: permit, when: {" + name +
             ": w1}, grants: [], because: {nl: x}}\n";
  }
  const std::string words =
      "sluis: 1\npack: {id: wide, layer: statutory, version: 1, valid: {from: 2026-01-01, until: "
      "2026-12-31}}\n" +
      vocab + "]\n" + attributes + "fields: [f]\n";
  const auto before = LoadTexts({{"before.yaml", words}});
  const auto after = LoadTexts({{"after.yaml", words + rules}});
  ASSERT_TRUE(before.ok() && after.ok()) << before.status() << after.status();
  EXPECT_EQ(ComparePacks(*before, *after).status().code(), absl::StatusCode::kResourceExhausted);
  const auto space = RuleSpace::Of(*after);
  ASSERT_TRUE(space.ok()) << space.status();
  EXPECT_EQ(CountClasses(*space).status().code(), absl::StatusCode::kResourceExhausted);
}

TEST(ComparePacks, AnAttributeOfAnotherTypeCannotBeCompared) {
  const auto before = LoadTexts({{"before.yaml", SmallPack("")}});
  std::string text = SmallPack("");
  const std::string was = "secret: {type: bool,";
  text.replace(text.find(was), was.size(), "secret: {type: colour,");
  const auto after = LoadTexts({{"after.yaml", text}});
  ASSERT_TRUE(before.ok() && after.ok()) << after.status();
  const auto diff = ComparePacks(*before, *after);
  EXPECT_EQ(diff.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(diff.status().message()), HasSubstr("\"secret\""));
}

}  // namespace
}  // namespace sluis::policies
