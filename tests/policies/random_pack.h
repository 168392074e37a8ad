// Random small packs together with what they must mean, said a second time without the engine.
//
// The world is small enough to ask every question: attribute a (x, y, z or none), b (truth value),
// n (0 to 5), role r (p, q, s) from which m (u, v) follows: 4 * 2 * 6 * 3 = 144 requests.
#ifndef SLUIS_TESTS_POLICIES_RANDOM_PACK_H_
#define SLUIS_TESTS_POLICIES_RANDOM_PACK_H_

#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "policies/request.h"

namespace sluis::policies {

struct World {
  std::string a, b, r;
  int n = 0;

  std::string m() const { return r == "s" ? "v" : "u"; }
};

inline std::vector<World> AllWorlds() {
  std::vector<World> worlds;
  for (const char* a : {"x", "y", "z", "none"}) {
    for (const char* b : {"true", "false"}) {
      for (const char* r : {"p", "q", "s"}) {
        for (int n = 0; n <= 5; ++n) worlds.push_back({a, b, r, n});
      }
    }
  }
  return worlds;
}

inline Request RequestFor(const PackSet& packs, const World& world) {
  return RequestBuilder(packs)
      .Set("a", world.a, Source::kRecord)
      .Set("b", world.b, Source::kLedger)
      .Set("n", std::to_string(world.n), Source::kNode)
      .Set("r", world.r, Source::kMandate)
      .Build();
}

struct RandomTest {
  std::string text;
  std::function<bool(const World&)> passes;
};

inline RandomTest AnyTestOf(char attribute) {
  const auto words = [](std::vector<std::string> from) {
    const auto count = *rc::gen::inRange<std::size_t>(1, from.size());
    std::shuffle(from.begin(), from.end(), std::minstd_rand(*rc::gen::arbitrary<unsigned>()));
    from.resize(count);
    return from;
  };
  const auto list = [](const std::vector<std::string>& chosen) {
    std::string text;
    for (const std::string& word : chosen) text += (text.empty() ? "[" : ", ") + word;
    return text + "]";
  };
  const auto has = [](const std::vector<std::string>& chosen, const std::string& word) {
    return std::find(chosen.begin(), chosen.end(), word) != chosen.end();
  };
  switch (attribute) {
    case 'a': {
      const bool excluded = *rc::gen::arbitrary<bool>();
      const auto chosen = words(excluded ? std::vector<std::string>{"x", "y", "z"}
                                         : std::vector<std::string>{"x", "y", "z", "none"});
      if (excluded) {
        return {"a: {not_in: " + list(chosen) + "}",
                [=](const World& w) { return w.a != "none" && !has(chosen, w.a); }};
      }
      return {"a: " + list(chosen), [=](const World& w) { return has(chosen, w.a); }};
    }
    case 'b': {
      const std::string value = *rc::gen::arbitrary<bool>() ? "true" : "false";
      return {"b: " + value, [=](const World& w) { return w.b == value; }};
    }
    case 'm': {
      const std::string value = *rc::gen::arbitrary<bool>() ? "u" : "v";
      return {"m: " + value, [=](const World& w) { return w.m() == value; }};
    }
    case 'n': {
      const int low = *rc::gen::inRange(0, 6), high = *rc::gen::inRange(low, 6);
      return {"n: {min: " + std::to_string(low) + ", max: " + std::to_string(high) + "}",
              [=](const World& w) { return w.n >= low && w.n <= high; }};
    }
    default: {
      const auto chosen = words({"p", "q", "s"});
      return {"r: " + list(chosen), [=](const World& w) { return has(chosen, w.r); }};
    }
  }
}

struct RandomRule {
  std::string id, effect;
  std::vector<RandomTest> tests;
  std::set<std::string> grants, removes;
  std::string obligations;  // the rest of them, as YAML

  bool Matches(const World& world) const {
    return std::all_of(tests.begin(), tests.end(),
                       [&world](const RandomTest& test) { return test.passes(world); });
  }

  std::string Text() const {
    std::string text = "  - {id: " + id + ", effect: " + effect + ", because: {nl: x}, when: {";
    for (std::size_t i = 0; i < tests.size(); ++i) text += (i > 0 ? ", " : "") + tests[i].text;
    text += "}";
    if (effect == "permit") {
      text += ", grants: [";
      for (const std::string& field : grants) text += (text.back() == '[' ? "" : ", ") + field;
      text += "]";
    }
    if (effect != "forbid") {
      text += ", obligations: {fields: {";
      for (const std::string& field : removes) {
        text += (text.back() == '{' ? "" : ", ") + field + ": remove";
      }
      text += "}" + obligations + "}";
    }
    return text + "}\n";
  }
};

inline RandomRule AnyRule(const std::string& id, const std::vector<std::string>& effects) {
  RandomRule rule;
  rule.id = id;
  rule.effect = *rc::gen::elementOf(effects);
  for (char attribute : std::string("abmnr")) {
    if (*rc::gen::inRange(0, 3) == 0) rule.tests.push_back(AnyTestOf(attribute));
  }
  for (const char* field : {"f", "g", "h"}) {
    if (*rc::gen::arbitrary<bool>()) rule.grants.insert(field);
    if (rule.effect != "forbid" && *rc::gen::inRange(0, 6) == 0) rule.removes.insert(field);
  }
  const std::vector<std::string> more = {
      "",
      ", retention: P9D",
      ", retention: P7D, log: full",
      ", cooling_off: P1D",
      ", cooling_off: PT5H, onward: {none: true}",
      ", approval: {role: p, count: 1}",
      ", approval: {role: [p, q], count: 2}, notify: {near: P3D}",
      ", k_anonymity: {k: 5, over: d}"};
  if (rule.effect != "forbid") rule.obligations = *rc::gen::elementOf(more);
  return rule;
}

inline std::vector<RandomRule> AnyRules(const std::string& prefix, int most,
                                        const std::vector<std::string>& effects) {
  std::vector<RandomRule> rules;
  for (int i = *rc::gen::inRange(0, most + 1); i > 0; --i) {
    rules.push_back(AnyRule(prefix + "-" + std::to_string(i), effects));
  }
  return rules;
}

inline std::string RulesText(const std::vector<RandomRule>& rules) {
  if (rules.empty()) return "";
  std::string text = "rules:\n";
  for (const RandomRule& rule : rules) text += rule.Text();
  return text;
}

inline std::string WorldPack(const std::vector<RandomRule>& rules, const std::string& more = "") {
  return R"(sluis: 1
pack: {id: world, layer: statutory, version: 1, valid: {from: 2026-01-01, until: 2026-12-31}}
vocab:
  a: [x, y, z]
  m: [u, v]
  role: {values: {p: {m: u}, q: {m: u}, s: {m: v}}}
  party: [near]
  dimension: [d]
attributes:
  a: {type: a, source: record, optional: true}
  b: {type: bool, source: ledger}
  n: {type: {int: [0, 5]}, source: node}
  r: {type: role, source: mandate}
  m: {type: m, source: mandate, derived: {from: r, property: m}}
fields: [f, g, h]
)" + RulesText(rules) +
         more;
}

}  // namespace sluis::policies

#endif  // SLUIS_TESTS_POLICIES_RANDOM_PACK_H_
