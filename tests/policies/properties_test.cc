// What must hold for every pack and every request, on random packs and all requests of a small
// world.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "policies/evaluate.h"
#include "tests/policies/random_pack.h"
#include "tests/policies/small_packs.h"
#include "tests/support/shipped_packs.h"

namespace sluis::policies {
namespace {

const std::vector<std::string> kAnyEffect = {"permit", "permit", "forbid", "require"};
const std::vector<std::string> kNarrowing = {"forbid", "require"};

PackSet LoadWorld(const std::vector<RandomRule>& rules) {
  auto packs = LoadTexts({{"world.yaml", WorldPack(rules)}});
  if (!packs.ok()) RC_FAIL(packs.status().ToString() + "\n" + WorldPack(rules));
  return *std::move(packs);
}

PackSet LoadWorldWithNode(const std::vector<RandomRule>& rules,
                          const std::vector<RandomRule>& node_rules) {
  auto packs = LoadTexts({{"world.yaml", WorldPack(rules)},
                          {"node.yaml", LowerPack("node", "world", RulesText(node_rules))}});
  if (!packs.ok()) RC_FAIL(packs.status().ToString());
  return *std::move(packs);
}

std::set<std::string> Granted(const Decision& decision) {
  std::set<std::string> fields;
  for (const GrantedField& field : decision.granted) fields.insert(field.name);
  return fields;
}

// The decision, said a second time.
struct Expected {
  bool permit = false;
  std::set<std::string> permits, forbids, required, granted;
};

Expected Expect(const std::vector<RandomRule>& rules, const World& world) {
  Expected expected;
  std::set<std::string> removed;
  for (const RandomRule& rule : rules) {
    if (!rule.Matches(world)) continue;
    if (rule.effect == "permit") {
      expected.permits.insert(rule.id);
      expected.granted.insert(rule.grants.begin(), rule.grants.end());
    } else if (rule.effect == "forbid") {
      expected.forbids.insert(rule.id);
    } else {
      expected.required.insert(rule.id);
    }
    removed.insert(rule.removes.begin(), rule.removes.end());
  }
  expected.permit = !expected.permits.empty() && expected.forbids.empty();
  if (!expected.permit) {
    expected.granted.clear();
    expected.required.clear();
  }
  for (const std::string& field : removed) expected.granted.erase(field);
  return expected;
}

RC_GTEST_PROP(Properties, TotalAndAsSaidASecondTime, ()) {
  const auto rules = AnyRules("R", 8, kAnyEffect);
  const PackSet packs = LoadWorld(rules);
  for (const World& world : AllWorlds()) {
    const Decision decision = Decide(packs, RequestFor(packs, world));
    const Expected expected = Expect(rules, world);
    RC_ASSERT(decision.outcome == (expected.permit ? Outcome::kPermit : Outcome::kDeny));
    RC_ASSERT(std::set<std::string>(decision.permits.begin(), decision.permits.end()) ==
              expected.permits);
    RC_ASSERT(std::set<std::string>(decision.forbids.begin(), decision.forbids.end()) ==
              expected.forbids);
    RC_ASSERT(std::set<std::string>(decision.requires_.begin(), decision.requires_.end()) ==
              expected.required);
    RC_ASSERT(Granted(decision) == expected.granted);
    RC_ASSERT(!decision.because.empty());
    RC_ASSERT(decision.outcome == Outcome::kPermit || decision.obligations.empty());
  }
}

RC_GTEST_PROP(Properties, DefaultDeny, ()) {
  const PackSet packs = LoadWorld(AnyRules("R", 8, kNarrowing));
  for (const World& world : AllWorlds()) {
    RC_ASSERT(Decide(packs, RequestFor(packs, world)).outcome == Outcome::kDeny);
  }
}

RC_GTEST_PROP(Properties, AForbidOnlyTakesAway, ()) {
  auto rules = AnyRules("R", 8, kAnyEffect);
  const PackSet before = LoadWorld(rules);
  rules.push_back(AnyRule("NEW", {"forbid"}));
  const PackSet after = LoadWorld(rules);
  for (const World& world : AllWorlds()) {
    const Decision was = Decide(before, RequestFor(before, world));
    Decision now = Decide(after, RequestFor(after, world));
    RC_ASSERT((now.outcome == Outcome::kPermit) ==
              (was.outcome == Outcome::kPermit && !rules.back().Matches(world)));
    now.packs = was.packs;
    if (now.outcome == Outcome::kPermit) RC_ASSERT(now == was);
  }
}

// What is not known must not permit: neither by a permit that it might meet nor by a forbid that it
// might miss.
RC_GTEST_PROP(Properties, WhatIsUnknownPermitsOnlyWhatEveryValueWould, ()) {
  const PackSet packs = LoadWorld(AnyRules("R", 8, kAnyEffect));
  const std::vector<std::string> unknown = {"a", "r"};
  for (const World& world : AllWorlds()) {
    const Request request = RequestFor(packs, world);
    RC_ASSERT(DecideWithout(packs, request, {}) == Decide(packs, request));
    const Decision unknowing = DecideWithout(packs, request, unknown);
    for (const World& other : AllWorlds()) {
      if (other.b != world.b || other.n != world.n) continue;
      const Request meant = RequestFor(packs, other);
      const Decision knowing = Decide(packs, meant);
      RC_ASSERT(DecideWithout(packs, meant, unknown).outcome == unknowing.outcome);
      if (unknowing.outcome != Outcome::kPermit) continue;
      RC_ASSERT(knowing.outcome == Outcome::kPermit);
      RC_ASSERT(unknowing.obligations.size() >= knowing.obligations.size());
    }
  }
}

RC_GTEST_PROP(Properties, ANodeLayerOnlyNarrows, ()) {
  const auto rules = AnyRules("R", 8, kAnyEffect);
  const PackSet above = LoadWorld(rules);
  const PackSet below = LoadWorldWithNode(rules, AnyRules("N", 5, kNarrowing));
  for (const World& world : AllWorlds()) {
    const Decision wide = Decide(above, RequestFor(above, world));
    const Decision narrow = Decide(below, RequestFor(below, world));
    if (narrow.outcome != Outcome::kPermit) continue;
    RC_ASSERT(wide.outcome == Outcome::kPermit);
    const std::set<std::string> wide_fields = Granted(wide), narrow_fields = Granted(narrow);
    RC_ASSERT(std::includes(wide_fields.begin(), wide_fields.end(), narrow_fields.begin(),
                            narrow_fields.end()));
    for (const JoinedObligation& joined : wide.obligations) {
      const auto found = std::find_if(
          narrow.obligations.begin(), narrow.obligations.end(), [&](const JoinedObligation& other) {
            return KindOf(other.obligation) == KindOf(joined.obligation);
          });
      RC_ASSERT(found != narrow.obligations.end());
      // At least as strict: joining the wider one adds nothing.
      RC_ASSERT(Join(found->obligation, joined.obligation) == found->obligation);
    }
  }
}

RC_GTEST_PROP(Properties, OrderOfRulesDoesNotMatter, ()) {
  auto rules = AnyRules("R", 8, kAnyEffect);
  const PackSet one = LoadWorld(rules);
  std::shuffle(rules.begin(), rules.end(), std::minstd_rand(*rc::gen::arbitrary<unsigned>()));
  const PackSet other = LoadWorld(rules);
  for (const World& world : AllWorlds()) {
    const Decision first = Decide(one, RequestFor(one, world));
    Decision second = Decide(other, RequestFor(other, world));
    second.packs = first.packs;
    RC_ASSERT(first == second);
  }
}

// The invariant check is exact: it agrees with asking every question.
RC_GTEST_PROP(Properties, InvariantsAgreeWithBruteForce, ()) {
  const auto rules = AnyRules("R", 8, kAnyEffect);
  const PackSet packs = LoadWorld(rules);
  std::vector<RandomTest> where;
  std::string where_text;
  for (char attribute : std::string("abmnr")) {
    if (*rc::gen::inRange(0, 3) != 0) continue;
    where.push_back(AnyTestOf(attribute));
    where_text += (where_text.empty() ? "" : ", ") + where.back().text;
  }
  const int kind = *rc::gen::inRange(0, 3);
  const std::string promise = kind == 0   ? "never: {decision: permit"
                              : kind == 1 ? "never: {field: f"
                                          : "always: {obligation: retention";
  const std::string invariant =
      "invariants: [{id: I-X, " + promise + ", where: {" + where_text + "}}}]\n";
  bool holds = true;
  for (const World& world : AllWorlds()) {
    const bool asked = std::all_of(where.begin(), where.end(),
                                   [&](const RandomTest& test) { return test.passes(world); });
    const Decision decision = Decide(packs, RequestFor(packs, world));
    if (!asked || decision.outcome != Outcome::kPermit) continue;
    if (kind == 0) holds = false;
    if (kind == 1 && Granted(decision).contains("f")) holds = false;
    if (kind == 2 && decision.Find<Retention>() == nullptr) holds = false;
  }
  RC_TAG(holds);
  const auto loaded = LoadTexts({{"world.yaml", WorldPack(rules, invariant)}});
  RC_ASSERT(loaded.ok() == holds);
}

}  // namespace
}  // namespace sluis::policies
