// What the text of a protocol covers, asked of rules made for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "policies/protocol_check.h"
#include "tests/support/example_protocol.h"

namespace sluis::policies {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kLaw[] = R"(sluis: 1
pack: {id: w, layer: statutory, version: 1, valid: {from: 2026-01-01, until: 2026-12-31}}
vocab:
  side: [local, release, accept]
  purpose: [p]
  basis: {values: {a: {citations: [{cite: c}]}, b: {citations: [{cite: d}]}}}
  category: [c]
  kind: [municipality, welfare]
attributes:
  side: {type: side, source: node}
  purpose: {type: purpose, source: caller}
  basis: {type: basis, source: caller}
  record.category: {type: category, source: record}
  from.kind: {type: kind, source: node}
  to.kind: {type: kind, source: node}
fields: [f, g]
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

// From welfare to the municipality.
std::string Permit(const std::string& id, const std::string& basis, const std::string& fields,
                   const std::string& side = "[release, accept]") {
  return "  - {id: " + id + ", effect: permit, why: {purpose: p, basis: " + basis +
         "}, when: {side: " + side + ", from.kind: welfare, to.kind: municipality}, grants: [" +
         fields + "], because: {nl: \"dit kan omdat het een proef is\"}}\n";
}

class CoverageTest : public ::testing::Test {
 protected:
  void Rules(const std::string& rules) {
    auto packs = LoadTexts({{"w.yaml", kLaw}, {"p.yaml", kPartners + rules}});
    ASSERT_TRUE(packs.ok()) << packs.status();
    packs_.emplace(*std::move(packs));
    rules_.emplace(*RuleSpace::Of(*packs_));
    auto flows = DisclosureFlows::Of(*rules_);
    ASSERT_TRUE(flows.ok()) << flows.status();
    flows_.emplace(*std::move(flows));
  }

  static ProtocolClause Clause(const char* id, std::initializer_list<const char*> bases,
                               std::initializer_list<const char*> fields) {
    const auto words = [](std::initializer_list<const char*> texts) {
      std::vector<Word> out;
      for (const char* text : texts) out.emplace_back().text = text;
      return out;
    };
    ProtocolClause made;
    made.id.text = id;
    made.purpose.text = "p";
    made.from = words({"welfare"});
    made.to = words({"municipality"});
    made.bases = words(bases);
    made.categories = words({"c"});
    made.fields = words(fields);
    return made;
  }

  // "kind word clause" of each gap of a text that has these clauses.
  std::vector<std::string> GapsOf(std::vector<ProtocolClause> clauses) {
    Protocol protocol = *ReadProtocol("p.yaml", ExampleProtocolText()).protocol;
    std::erase_if(protocol.parties, [](const auto& party) {
      return party.kind.text != "welfare" && party.kind.text != "municipality";
    });
    protocol.clauses = std::move(clauses);
    std::vector<std::string> out;
    const auto gaps = CoverageGaps(protocol, *flows_);
    EXPECT_TRUE(gaps.ok()) << gaps.status();
    if (!gaps.ok()) return out;
    for (const CoverageGap& gap : *gaps) {
      if (gap.purpose != "p") continue;
      EXPECT_NE(gap.example, "");
      example_ = gap.example;
      out.push_back(std::string(GapKindName(gap.kind)) + " " + gap.word + " " + gap.clause);
    }
    return out;
  }

  std::optional<PackSet> packs_;
  std::optional<RuleSpace> rules_;
  std::optional<DisclosureFlows> flows_;
  std::string example_;  // of the last gap
};

// A clause says each field on each ground; the packs may show one of them on another ground only.
TEST_F(CoverageTest, AFieldThatThePacksShowOnAnotherGroundOnlyIsTold) {
  Rules(Permit("P-A", "a", "f") + Permit("P-B", "b", "g"));
  EXPECT_THAT(GapsOf({Clause("M-1", {"a", "b"}, {"f", "g"})}),
              ElementsAre("field_not_in_packs f (b) M-1", "field_not_in_packs g (a) M-1"));
  EXPECT_THAT(GapsOf({Clause("M-1", {"a"}, {"f"}), Clause("M-2", {"b"}, {"g"})}), IsEmpty());
}

// On each ground by itself: what one clause says on another one is no help.
TEST_F(CoverageTest, OneClauseSaysAllThatIsGrantedOnAGround) {
  Rules(Permit("P-A", "a", "f, g") + Permit("P-B", "b", "f, g"));
  EXPECT_THAT(GapsOf({Clause("M-1", {"a", "b"}, {"f", "g"})}), IsEmpty());
  EXPECT_THAT(GapsOf({Clause("M-1", {"a"}, {"f", "g"}), Clause("M-2", {"b"}, {"g"})}),
              ElementsAre("field_not_in_text f (b) "));
  EXPECT_NE(example_.find("basis=b"), std::string::npos) << example_;
  EXPECT_THAT(GapsOf({Clause("M-1", {"a", "b"}, {"f"}), Clause("M-2", {"a", "b"}, {"g"})}),
              ElementsAre("field_not_in_text g (a) ", "field_not_in_text g (b) "));
}

// The node asks at either side with what the rules grant there, whatever the other one takes.
TEST_F(CoverageTest, WhatOneSideGrantsHasToBeSaidAsWell) {
  for (const char* side : {"release", "accept"}) {
    Rules(Permit("P-A", "a", "f") + Permit("P-SIDE", "a", "g", side));
    EXPECT_THAT(GapsOf({Clause("M-1", {"a"}, {"f"})}), ElementsAre("field_not_in_text g (a) "));
    EXPECT_NE(example_.find(std::string("side=") + side), std::string::npos) << example_;
    EXPECT_THAT(GapsOf({Clause("M-1", {"a"}, {"f", "g"})}), IsEmpty());
  }
}

}  // namespace
}  // namespace sluis::policies
