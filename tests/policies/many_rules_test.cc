// Packs as large as a pack may be: they load, they decide as the plain evaluator does, and what is
// proved and tried while they load comes to an end.
#include <gtest/gtest.h>

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/evaluate.h"
#include "policies/pack_format.h"
#include "policies/pack_yaml.h"
#include "policies/plain_evaluate.h"
#include "policies/rule_bits.h"
#include "tests/policies/small_packs.h"
#include "tests/support/generated_pack.h"
#include "tests/support/shipped_packs.h"

namespace sluis::policies {
namespace {

// Far above what it takes (seconds on an idle machine) and below what anything
// quadratic in ten thousand rules took.
constexpr std::chrono::seconds kEnough{60};

class Watch {
 public:
  std::chrono::duration<double> passed() const { return std::chrono::steady_clock::now() - begun_; }

 private:
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

// What loading the text as a partnership pack says.
absl::StatusOr<PackSet> LoadBelowExample(const std::string& text) {
  return LoadTexts({{"above.yaml", ReadSourceFile(kAboveExample)}, {"many.yaml", text}});
}

TEST(ManyRules, TenThousandOfOnePackLoadAndDecideAsThePlainOnes) {
  Draw draw(4);
  const auto text = ExampleTextWithRules(kMaxRules, draw);
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(kMaxRules, 10'000U);
  const Watch watch;
  const auto packs = LoadBelowExample(*text);
  ASSERT_TRUE(packs.ok()) << packs.status();
  EXPECT_LT(watch.passed(), kEnough);
  EXPECT_EQ(packs->rules().size(), kMaxRules);
  std::size_t permits = 0, denials = 0;
  for (int i = 0; i < 300; ++i) {
    const Request request = GeneratedRequest(*packs, draw);
    const Decision decision = Decide(*packs, request);
    ASSERT_EQ(decision, DecidePlainly(*packs, request)) << i;
    ++(decision.outcome == Outcome::kPermit ? permits : denials);
  }
  EXPECT_GT(permits + denials, 0U);
}

TEST(ManyRules, AreLaidOutAndStayTheSamePack) {
  Draw draw(5);
  const auto text = ExampleTextWithRules(kMaxRules, draw);
  ASSERT_TRUE(text.ok()) << text.status();
  const Watch watch;
  const auto laid = FormatPack("many.yaml", *text);
  ASSERT_TRUE(laid.ok()) << laid.status();
  EXPECT_EQ(*FormatPack("many.yaml", *laid), *laid);
  EXPECT_LT(watch.passed(), kEnough);
}

// "ok", or what refuses these packs.
std::string LoadError(std::initializer_list<std::pair<std::string_view, std::string>> texts) {
  const absl::StatusOr<PackSet> packs = LoadTexts(texts);
  return packs.ok() ? "ok" : std::string(packs.status().message());
}

std::string Forbids(std::size_t count, const std::string& prefix) {
  std::string rules = "rules:\n";
  for (std::size_t i = 0; i < count; ++i) {
    rules += "- {id: " + prefix + std::to_string(i) + ", effect: forbid, because: {nl: x}}\n";
  }
  return rules;
}

TEST(ManyRules, AreCountedOverAllLayers) {
  const std::string node =
      "sluis: 1\npack: {id: mine, layer: node, version: 1, extends: [{id: small, version: 1}], "
      "valid: {from: 2026-01-01, until: 2026-12-31}}\n";
  const std::string upper = SmallPack(Forbids(kMaxRules - 1, "U-"));
  EXPECT_EQ(LoadError({{"u", upper}, {"n", node + Forbids(1, "N-")}}), "ok");
  EXPECT_NE(LoadError({{"u", upper}, {"n", node + Forbids(2, "N-")}})
                .find("rules holds more than 1 items"),
            std::string::npos);
  EXPECT_NE(LoadError({{"u", upper}, {"n", node + Forbids(1, "U-")}})
                .find("this rule id is already used: \"U-0\""),
            std::string::npos);
}

// Every rule matches every request and asks for the approval of another set of roles: the largest
// joined obligation there can be, joined for each of as many tests as a pack may have.
TEST(ManyRules, TestsOfTheLargestDecisionsComeToAnEnd) {
  constexpr std::size_t kRoles = 40;
  std::string roles = "vocab:\n  role: [r0";
  for (std::size_t i = 1; i < kRoles; ++i) roles += ", r" + std::to_string(i);
  std::string rules = "rules:\n- {id: P-0, effect: permit, grants: [], because: {nl: x}}\n";
  for (std::size_t i = 0; i + 1 < kMaxRules; ++i) {
    rules += "- {id: R-" + std::to_string(i) + ", effect: require, because: {nl: x}, " +
             "obligations: {approval: {role: [r" + std::to_string(i % kRoles);
    std::size_t left = i / kRoles;
    for (std::size_t role = 0; left != 0; ++role, left /= 2) {
      if (left % 2 == 1 && role != i % kRoles) rules += ", r" + std::to_string(role);
    }
    rules += "], count: 1}}}\n";
  }
  std::string tests = "tests:\n";
  for (int i = 0; i < 20; ++i) {
    tests += "- {name: t" + std::to_string(i) + ", given: base, expect: {decision: permit}}\n";
  }
  const Watch watch;
  EXPECT_EQ(LoadError({{"p",
                        "sluis: 1\npack: {id: p, layer: statutory, version: 1, valid: {from: "
                        "2026-01-01, until: 2026-12-31}}\n" +
                            roles + "]\nattributes: {a: {type: bool, source: node}}\n" +
                            "base: {a: true}\n" + rules + tests}}),
            "ok");
  EXPECT_LT(watch.passed(), kEnough);
}

// Setting up a proof for each of thousands of permits is work as well, and counts.
TEST(ManyRules, ProofsThatTakeTooMuchAreRefused) {
  Draw draw(6);
  auto text = ExampleTextWithRules(kMaxRules, draw);
  ASSERT_TRUE(text.ok()) << text.status();
  *text += "- {id: F-ALL, effect: forbid, because: {nl: x}}\n";
  text->erase(text->find("- {id: G-0,"), text->find("- {id: G-1,") - text->find("- {id: G-0,"));
  const auto promising = [&](int count) {
    std::string promises = "invariants:\n";
    for (int i = 0; i < count; ++i) {
      promises += "- {id: I-" + std::to_string(i) + ", never: {decision: permit}}\n";
    }
    return LoadBelowExample(*text + promises).status();
  };
  EXPECT_TRUE(promising(1).ok()) << promising(1);
  const Watch watch;
  const absl::Status status = promising(200);
  EXPECT_NE(std::string(status.message()).find("the invariants need more than 2000000 steps"),
            std::string::npos)
      << status;
  EXPECT_LT(watch.passed(), kEnough);
}

// An integer is cut into so many intervals before any set is made for them.
TEST(ManyRules, ThatCutAnIntegerTooOftenAreRefused) {
  std::string rules = "rules:\n";
  for (std::size_t i = 0; i < kMaxRules; ++i) {
    rules += "- {id: F-" + std::to_string(i) + ", effect: forbid, when: {n: " + std::to_string(i) +
             "}, because: {nl: x}}\n";
  }
  const Watch watch;
  EXPECT_NE(LoadError({{"p",
                        "sluis: 1\npack: {id: p, layer: statutory, version: 1, valid: {from: "
                        "2026-01-01, until: 2026-12-31}}\nattributes: {n: {type: {int: [0, "
                        "20000]}, source: node}}\n" +
                            rules}})
                .find("attribute n is cut into more than 60 intervals"),
            std::string::npos);
  EXPECT_LT(watch.passed(), kEnough);
}

// A million of one thing: whatever it is, reading it comes to an end.
TEST(ManyBytes, OfAnythingAreReadInBoundedTime) {
  const std::size_t most = kPackBounds.kibibytes * 1024 / 4;
  const Watch watch;
  for (const char* piece : {"[",   "{", "- ",  "a: ", "? ",  "\"", "'",   "a\n", "- a\n", "[],",
                            "{},", "!", "&a ", "*a ", "#\n", "\n", "|\n", "%\n", "---\n", "\\"}) {
    std::string text;
    while (text.size() + 8 < most) text += piece;
    EXPECT_FALSE(ParsePack("many.yaml", text).ok()) << piece;
  }
  std::string keys;
  for (std::size_t i = 0; keys.size() + 40 < most; ++i) {
    if (i % 900 == 0) keys += "- ";
    keys += (i % 900 == 0 ? "k" : "  k") + std::to_string(i) + ": a\n";
  }
  EXPECT_FALSE(ParsePack("many.yaml", keys).ok());
  EXPECT_LT(watch.passed(), kEnough);
}

TEST(RuleBits, AreSetsWhateverTheirLength) {
  RuleBits few, many;
  few.Add(3);
  many.Add(3);
  EXPECT_EQ(few, many);
  many.Add(kMaxRules - 1);
  EXPECT_FALSE(few == many);
  EXPECT_TRUE(few.Within(many));
  EXPECT_FALSE(many.Within(few));
  EXPECT_EQ((few | many), many);
  EXPECT_EQ((few & many), few);
  EXPECT_EQ((many & few), few);
  EXPECT_TRUE(many.Has(kMaxRules - 1));
  EXPECT_FALSE(few.Has(kMaxRules - 1));
  RuleBits rest = many;
  rest.Remove(few);
  EXPECT_EQ(rest.first(), kMaxRules - 1);
  EXPECT_EQ(rest.count(), 1U);
  RuleBits differing = few;
  differing ^= many;
  EXPECT_EQ(differing, rest);
  EXPECT_FALSE(rest.Intersects(few));
  rest = RuleBits();
  EXPECT_FALSE(rest.any());
  // Grown again, it holds nothing of what it held.
  rest.Add(0);
  rest.Add(kMaxRules - 2);
  EXPECT_EQ(rest.count(), 2U);
  // Nor does a shorter set say anything of rules that were in it before.
  RuleBits stale;
  stale.Add(kMaxRules - 2);
  stale = few;
  RuleBits all = many;
  all.Add(kMaxRules - 2);
  EXPECT_EQ((all & stale), few);
  EXPECT_EQ((all & stale).count(), 1U);
  std::vector<uint64_t> short_one, long_one;
  few.AppendTo(short_one);
  (many & few).AppendTo(long_one);
  EXPECT_EQ(short_one, long_one);
}

}  // namespace
}  // namespace sluis::policies
