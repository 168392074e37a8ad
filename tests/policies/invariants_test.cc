// The corners of the invariant check that random packs seldom meet.
#include "policies/invariants.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <string>

#include "tests/policies/small_packs.h"
#include "tests/support/shipped_packs.h"

namespace sluis::policies {
namespace {

constexpr std::string_view kNever = "invariants: [{id: I-X, never: {decision: permit}}]\n";

std::string LoadError(const std::string& text) {
  const auto packs = LoadTexts({{"p", text}});
  return packs.ok() ? "ok" : std::string(packs.status().message());
}

std::string PermitAllButForbidden(std::string_view when) {
  return SmallPack(
      "rules:\n  - {id: P-X, effect: permit, grants: [], because: {nl: x}}\n"
      "  - {id: F-X, effect: forbid, when: {" +
      std::string(when) + "}, because: {nl: x}}\n" + std::string(kNever));
}

TEST(Invariants, NoneAloneIsEnoughToBreakOne) {
  EXPECT_NE(LoadError(PermitAllButForbidden("colour: [red, green, blue]")).find("colour=none"),
            std::string::npos);
  EXPECT_EQ(LoadError(PermitAllButForbidden("colour: [red, green, blue, none]")), "ok");
}

TEST(Invariants, EachBoundOfARangeCounts) {
  EXPECT_NE(LoadError(PermitAllButForbidden("days: {min: 1}")).find("days=0"), std::string::npos);
  EXPECT_NE(LoadError(PermitAllButForbidden("days: {max: 99}")).find("days=100"),
            std::string::npos);
  EXPECT_EQ(LoadError(PermitAllButForbidden("days: {min: 0, max: 100}")), "ok");
}

TEST(Invariants, TheLastOfSixtyValuesCounts) {
  std::string values, all_but_last;
  for (int i = 0; i < 60; ++i) {
    const std::string value = (i == 0 ? "x" : ", x") + std::to_string(i);
    values += value;
    if (i < 59) all_but_last += value;
  }
  const auto pack = [&values](const std::string& forbidden) {
    return "sluis: 1\npack: {id: a, layer: statutory, version: 1, valid: {from: 2026-01-01, until: "
           "2026-12-31}}\nvocab: {v: [" +
           values +
           "]}\nattributes: {a: {type: v, source: node}}\nrules:\n"
           "  - {id: P-X, effect: permit, grants: [], because: {nl: x}}\n"
           "  - {id: F-X, effect: forbid, when: {a: [" +
           forbidden + "]}, because: {nl: x}}\n" + std::string(kNever);
  };
  EXPECT_NE(LoadError(pack(all_but_last)).find("a=x59"), std::string::npos);
  EXPECT_EQ(LoadError(pack(values)), "ok");
}

TEST(Invariants, NoRuleOfAnyLayerNamesAnApproverThatIsRuledOut) {
  const std::string statutory = SmallPack(
      "rules: [{id: P-X, effect: permit, grants: [text], because: {nl: x}}]\n"
      "invariants: [{id: I-X, never: {approver: cook, where: {colour: red}}}]\n");
  const auto below = [&statutory](std::string_view rule) {
    const auto packs =
        LoadTexts({{"s", statutory},
                   {"n", LowerPack("node", "small",
                                   "rules:\n  - {id: R-X, effect: require, because: {nl: x}, " +
                                       std::string(rule) + "}\n")}});
    return packs.ok() ? "ok" : std::string(packs.status().message());
  };
  const std::string both = "obligations: {approval: {role: [drummer, cook], count: 1}}";
  EXPECT_EQ(below("when: {colour: green}, " + both), "ok");
  EXPECT_EQ(below("obligations: {approval: {role: [drummer], count: 1}}"), "ok");
  for (const std::string& rule : {both, "when: {colour: [red, green]}, " + both}) {
    EXPECT_NE(below(rule).find("rule R-X names cook as approver; invariant: \"I-X\""),
              std::string::npos)
        << below(rule);
  }
  EXPECT_NE(LoadError(SmallPack("invariants: [{id: I-X, never: {approver: coo}}]\n"))
                .find("unknown role: \"coo\" (nearest: \"cook\")"),
            std::string::npos);
}

// Every edge of a graph is on or off; at one place an odd number of them would have to be on, at
// all others an even number. That cannot be, and takes exponentially many cases to see.
TEST(Invariants, SayWhenTheyAreTooHard) {
  constexpr int kPlaces = 28;
  const auto edge = [](int from, int step) {
    return "e" + std::to_string(step) + "." + std::to_string(from % kPlaces);
  };
  std::string attributes, rules;
  for (int place = 0; place < kPlaces; ++place) {
    attributes += "  " + edge(place, 1) + ": {type: bool, source: node}\n";
    attributes += "  " + edge(place, 5) + ": {type: bool, source: node}\n";
    const std::array<std::string, 4> here = {edge(place, 1), edge(place + kPlaces - 1, 1),
                                             edge(place, 5), edge(place + kPlaces - 5, 5)};
    for (unsigned on = 0; on < 16; ++on) {
      const bool odd = std::popcount(on) % 2 == 1;
      if (odd == (place == 0)) continue;
      std::string when;
      for (unsigned i = 0; i < 4; ++i) {
        when += (i > 0 ? ", " : "") + here[i] + (((on >> i) & 1) != 0 ? ": true" : ": false");
      }
      rules += "  - {id: F-" + std::to_string(place) + "-" + std::to_string(on) +
               ", effect: forbid, when: {" + when + "}, because: {nl: x}}\n";
    }
  }
  const std::string text =
      "sluis: 1\npack: {id: a, layer: statutory, version: 1, valid: {from: 2026-01-01, until: "
      "2026-12-31}}\nattributes:\n" +
      attributes + "rules:\n  - {id: P-X, effect: permit, grants: [], because: {nl: x}}\n" + rules +
      std::string(kNever);
  EXPECT_NE(LoadError(text).find("more than 2000000 steps"), std::string::npos) << LoadError(text);
}

}  // namespace
}  // namespace sluis::policies
