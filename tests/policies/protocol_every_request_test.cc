// What a text covers agrees with asking every request: on small random rules and clauses, decided
// here word by word, without the engines.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "policies/protocol_check.h"
#include "policies/protocol_cover.h"
#include "tests/support/example_protocol.h"

namespace sluis::policies {
namespace {

constexpr int kTexts = 400;

constexpr char kLaw[] = R"(sluis: 1
pack: {id: w, layer: statutory, version: 1, valid: {from: 2026-01-01, until: 2026-12-31}}
vocab:
  side: [local, release, accept]
  purpose: [pa, pb]
  basis: {values: {ba: {citations: [{cite: c}]}, bb: {citations: [{cite: d}]}}}
  category: [ca, cb]
  kind: [ka, kb]
attributes:
  side: {type: side, source: node}
  purpose: {type: purpose, source: caller}
  basis: {type: basis, source: caller}
  record.category: {type: category, source: record}
  from.kind: {type: kind, source: node}
  to.kind: {type: kind, source: node}
  flag: {type: bool, source: node}
fields: [fa, fb, fc]
rules: []
)";
constexpr char kPartners[] = R"(sluis: 1
pack:
  id: q
  layer: partnership
  version: 1
  extends: [{id: w, version: 1}]
  valid: {from: 2026-01-01, until: 2026-12-31}
rules:
)";

using Words = std::vector<std::string>;
using Fields = std::set<std::string>;
using Asked = std::map<std::string, std::string>;

const std::map<std::string, Words>& Vocabulary() {
  static const std::map<std::string, Words> words = {{"side", {"local", "release", "accept"}},
                                                     {"purpose", {"pa", "pb"}},
                                                     {"basis", {"ba", "bb"}},
                                                     {"record.category", {"ca", "cb"}},
                                                     {"from.kind", {"ka", "kb"}},
                                                     {"to.kind", {"ka", "kb"}},
                                                     {"flag", {"false", "true"}}};
  return words;
}

struct SmallRule {
  std::string effect;
  std::map<std::string, Words> when;
  Words fields;  // granted by a permit, removed by a require
};

class Drawing {
 public:
  explicit Drawing(unsigned seed) : random_(seed) {}

  bool Chance(unsigned percent) { return random_() % 100 < percent; }
  std::size_t Below(std::size_t count) { return random_() % count; }
  // At least one of them.
  Words Some(const Words& all, unsigned percent) {
    Words out;
    for (const std::string& one : all) {
      if (Chance(percent)) out.push_back(one);
    }
    if (out.empty()) out.push_back(all[Below(all.size())]);
    return out;
  }

  std::vector<SmallRule> Rules() {
    constexpr std::array<const char*, 5> kEffects = {"permit", "permit", "permit", "forbid",
                                                     "require"};
    std::vector<SmallRule> rules(1 + Below(6));
    for (SmallRule& rule : rules) {
      rule.effect = kEffects[Below(kEffects.size())];
      for (const auto& [attribute, words] : Vocabulary()) {
        const bool basis = rule.effect == "permit" && attribute == "basis";
        if (basis || Chance(40)) rule.when[attribute] = Some(words, 50);
      }
      if (rule.effect != "forbid") {
        rule.fields = Some({"fa", "fb", "fc"}, rule.effect == "permit" ? 50 : 30);
      }
    }
    return rules;
  }

  std::vector<ProtocolClause> Clauses() {
    std::vector<ProtocolClause> clauses(1 + Below(4));
    // Often one that has nearly all, so that some texts cover everything.
    const bool wide = Chance(60);
    if (wide) clauses.resize(clauses.size() + 2);
    int number = 0;
    for (ProtocolClause& clause : clauses) {
      const bool all = wide && static_cast<std::size_t>(number) + 2 >= clauses.size();
      const Words parties = {"ka", "kb", "a1.example", "a2.example", "b1.example"};
      clause.id.text = "M-" + std::to_string(++number);
      clause.purpose.text =
          all ? (clauses.size() % 2 == static_cast<std::size_t>(number) % 2 ? "pa" : "pb")
              : (Chance(50) ? "pa" : "pb");
      clause.from = Texts(all ? Words{"ka", "kb"} : Some(parties, 50));
      clause.to = Texts(all ? Words{"ka", "kb"} : Some(parties, 50));
      clause.bases = Texts(all ? Words{"ba", "bb"} : Some({"ba", "bb"}, 80));
      clause.categories = Texts(all ? Words{"ca", "cb"} : Some({"ca", "cb"}, 80));
      clause.fields = Texts(Some({"fa", "fb", "fc"}, all ? 85 : 80));
    }
    return clauses;
  }

 private:
  static std::vector<Word> Texts(const Words& words) {
    std::vector<Word> out;
    for (const std::string& word : words) out.emplace_back().text = word;
    return out;
  }

  std::mt19937 random_;
};

std::string Listed(const Words& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

std::string Yaml(const std::vector<SmallRule>& rules) {
  std::string out;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const SmallRule& rule = rules[i];
    std::string when;
    for (const auto& [attribute, words] : rule.when) {
      when += (when.empty() ? "" : ", ") + attribute + ": [" + Listed(words) + "]";
    }
    out += "  - {id: " +
           std::string(rule.effect == "permit"   ? "P"
                       : rule.effect == "forbid" ? "F"
                                                 : "R") +
           "-" + std::to_string(i) + ", effect: " + rule.effect + ", when: {" + when + "}";
    if (rule.effect == "permit") out += ", grants: [" + Listed(rule.fields) + "]";
    if (rule.effect == "require") {
      std::string removed;
      for (const std::string& field : rule.fields) {
        removed += (removed.empty() ? "" : ", ") + field + ": remove";
      }
      out += ", obligations: {fields: {" + removed + "}}";
    }
    out += ", because: {nl: \"dit kan of kan niet\"}}\n";
  }
  return out;
}

// What is granted; nothing when it is denied.
std::optional<Fields> Decided(const std::vector<SmallRule>& rules, const Asked& asked) {
  bool permitted = false;
  Fields granted;
  Fields removed;
  for (const SmallRule& rule : rules) {
    const bool matches = std::all_of(rule.when.begin(), rule.when.end(), [&](const auto& test) {
      return std::find(test.second.begin(), test.second.end(), asked.at(test.first)) !=
             test.second.end();
    });
    if (!matches) continue;
    if (rule.effect == "forbid") return std::nullopt;
    permitted |= rule.effect == "permit";
    (rule.effect == "permit" ? granted : removed).insert(rule.fields.begin(), rule.fields.end());
  }
  if (!permitted) return std::nullopt;
  for (const std::string& field : removed) granted.erase(field);
  return granted;
}

// What the decisions at one side are, whatever the flag.
std::vector<Fields> DecidedAt(const std::vector<SmallRule>& rules, Asked asked,
                              const std::string& side) {
  std::vector<Fields> out;
  asked["side"] = side;
  for (const std::string& flag : Vocabulary().at("flag")) {
    asked["flag"] = flag;
    if (auto fields = Decided(rules, asked)) out.push_back(*std::move(fields));
  }
  return out;
}

struct EveryVerdict {
  bool uncovered = false;  // some decision that no clause covers
  bool apart = false;      // all that is granted on some ground stands in no one clause
  bool strays = false;     // a ground of a flow on which only one side permits
};

void Judge(const Protocol& protocol, const Disclosure& asked, const std::vector<Fields>& granted,
           EveryVerdict* verdict) {
  Fields all;
  Disclosure disclosure = asked;
  for (const Fields& fields : granted) {
    all.insert(fields.begin(), fields.end());
    disclosure.fields.assign(fields.begin(), fields.end());
    verdict->uncovered |= CoveringClause(protocol, disclosure) == nullptr;
  }
  disclosure.fields.assign(all.begin(), all.end());
  verdict->apart |= CoveringClause(protocol, disclosure) == nullptr;
}

EveryVerdict Judged(const std::vector<SmallRule>& rules, const Protocol& protocol) {
  EveryVerdict verdict;
  const auto& words = Vocabulary();
  for (const std::string& purpose : words.at("purpose")) {
    for (const std::string& category : words.at("record.category")) {
      for (const std::string& basis : words.at("basis")) {
        for (const ProtocolParty& from : protocol.parties) {
          for (const ProtocolParty& to : protocol.parties) {
            if (&from == &to) continue;
            const Asked asked = {{"purpose", purpose},
                                 {"basis", basis},
                                 {"record.category", category},
                                 {"from.kind", from.kind.text},
                                 {"to.kind", to.kind.text}};
            const auto released = DecidedAt(rules, asked, "release");
            const auto accepted = DecidedAt(rules, asked, "accept");
            verdict.strays |= released.empty() != accepted.empty();
            if (released.empty() || accepted.empty()) continue;
            const Disclosure disclosure = {
                purpose, basis, category, from.organisation.text, to.organisation.text, {}};
            std::vector<Fields> granted = released;
            granted.insert(granted.end(), accepted.begin(), accepted.end());
            Judge(protocol, disclosure, granted, &verdict);
          }
        }
      }
    }
  }
  return verdict;
}

Protocol TextOf(std::vector<ProtocolClause> clauses) {
  Protocol protocol;
  for (const auto& [organisation, kind] :
       {std::pair("a1.example", "ka"), {"a2.example", "ka"}, {"b1.example", "kb"}}) {
    ProtocolParty& party = protocol.parties.emplace_back();
    party.organisation.text = organisation;
    party.kind.text = kind;
  }
  protocol.clauses = std::move(clauses);
  return protocol;
}

TEST(ProtocolCoverage, AgreesWithAskingEveryRequest) {
  int whole = 0;
  int lacking = 0;
  int more = 0;
  for (unsigned seed = 1; seed <= kTexts; ++seed) {
    Drawing draw(seed);
    const std::vector<SmallRule> small = draw.Rules();
    const Protocol protocol = TextOf(draw.Clauses());
    const auto packs = LoadTexts({{"w.yaml", kLaw}, {"q.yaml", kPartners + Yaml(small)}});
    ASSERT_TRUE(packs.ok()) << seed << ": " << packs.status();
    const auto rules = RuleSpace::Of(*packs);
    ASSERT_TRUE(rules.ok()) << rules.status();
    const auto flows = DisclosureFlows::Of(*rules);
    ASSERT_TRUE(flows.ok()) << flows.status();
    const auto gaps = CoverageGaps(protocol, *flows);
    ASSERT_TRUE(gaps.ok()) << gaps.status();
    const bool told = std::any_of(gaps->begin(), gaps->end(), [](const CoverageGap& gap) {
      return gap.kind == GapKind::kNotInText || gap.kind == GapKind::kBasisNotInText ||
             gap.kind == GapKind::kFieldNotInText;
    });
    const EveryVerdict verdict = Judged(small, protocol);
    EXPECT_TRUE(told || !verdict.uncovered) << "seed " << seed << "\n" << Yaml(small);
    EXPECT_TRUE(told || !verdict.apart) << "seed " << seed << "\n" << Yaml(small);
    // More is told only where sender and receiver permit on grounds apart: a flow is possible when
    // each permits some request for it.
    if (told && !verdict.apart) {
      ++more;
      EXPECT_TRUE(verdict.strays) << "seed " << seed << "\n" << Yaml(small);
    }
    ++(told ? lacking : whole);
  }
  EXPECT_GT(whole, kTexts / 10);
  EXPECT_GT(lacking, kTexts / 10);
  EXPECT_LT(more, kTexts / 50);
}

}  // namespace
}  // namespace sluis::policies
