#include "policies/disclosure_flows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/shipped_packs.h"

namespace sluis::policies {
namespace {

using ::testing::ElementsAre;

// What leaves and is never accepted does not go.
TEST(DisclosureFlowsTest, TakesASenderAndAReceiver) {
  const std::string law = R"(sluis: 1
pack: {id: w, layer: statutory, version: 1, valid: {from: 2026-01-01, until: 2026-12-31}}
vocab:
  side: [local, release, accept]
  purpose: [p]
  basis: {values: {b: {citations: [{cite: c}]}}}
  category: [c]
  kind: [k, l]
attributes:
  side: {type: side, source: node}
  purpose: {type: purpose, source: caller}
  basis: {type: basis, source: caller}
  record.category: {type: category, source: record}
  from.kind: {type: kind, source: node}
  to.kind: {type: kind, source: node}
fields: [f]
rules: []
)";
  for (const bool both : {true, false}) {
    const std::string sides = both ? "[release, accept]" : "release";
    const auto packs = LoadTexts({{"w.yaml", law}, {"p.yaml", R"(sluis: 1
pack:
  id: q
  layer: partnership
  version: 1
  extends: [{id: w, version: 1}]
  valid: {from: 2026-01-01, until: 2026-12-31}
rules:
  - id: P-A
    effect: permit
    why: {purpose: p, basis: b}
    when: {side: )" + sides + R"(, from.kind: k, to.kind: l}
    grants: [f]
    because: {nl: "dit kan omdat het een proef is"}
)"}});
    ASSERT_TRUE(packs.ok()) << packs.status();
    const auto rules = RuleSpace::Of(*packs);
    const auto flows = DisclosureFlows::Of(*rules);
    ASSERT_TRUE(flows.ok()) << flows.status();
    const auto found = flows->Between({{"k", "l"}, {"l", "k"}});
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_EQ(found->size(), both ? 1U : 0U);
  }
}

// What was received is read under whatever purpose: who does is somebody to whom it goes.
TEST(DisclosureFlowsTest, WhoReadsWhatWasReceivedSeesIt) {
  const auto roles = [](const std::string& attribute, const std::string& received) {
    const auto packs =
        LoadTexts({{"w.yaml", R"(sluis: 1
pack: {id: w, layer: statutory, version: 1, valid: {from: 2026-01-01, until: 2026-12-31}}
vocab:
  side: [local, release, accept]
  purpose: [p, q]
  basis: {values: {b: {citations: [{cite: c}]}}}
  category: [c]
  kind: [k, l]
  lifted: [nothing, table]
  role: [under-p, receives, counts, own-only, sees-nothing]
  action: [read, export]
attributes:
  side: {type: side, source: node}
  purpose: {type: purpose, source: caller}
  basis: {type: basis, source: caller}
  record.category: {type: category, source: record}
  action: {type: action, source: node}
)" + attribute + R"(
  actor.role: {type: role, source: mandate}
  from.kind: {type: kind, source: node}
  to.kind: {type: kind, source: node}
fields: [f]
rules:
  - {id: P-P, effect: permit, when: {side: local, purpose: p, basis: b, actor.role: under-p}, grants: [f], because: {nl: "dit kan omdat"}}
  - {id: P-Q, effect: permit, when: {side: local, purpose: q, basis: b, action: read, actor.role: receives, )" +
                                  received +
                                  R"(: table}, grants: [f], because: {nl: "dit kan omdat"}}
  - {id: P-OUT, effect: permit, when: {side: local, purpose: q, basis: b, action: export, actor.role: counts}, grants: [f], because: {nl: "dit kan omdat"}}
  - {id: P-OWN, effect: permit, when: {side: local, purpose: q, basis: b, action: read, actor.role: own-only, )" +
                                  received +
                                  R"(: none}, grants: [f], because: {nl: "dit kan omdat"}}
  - {id: P-NO, effect: permit, when: {side: local, purpose: q, basis: b, action: read, actor.role: sees-nothing, )" +
                                  received +
                                  R"(: table}, grants: [], because: {nl: "dit kan omdat"}}
)"}});
    EXPECT_TRUE(packs.ok()) << packs.status();
    if (!packs.ok()) return DisclosureFlows::Roles();
    const auto rules = RuleSpace::Of(*packs);
    const auto flows = DisclosureFlows::Of(*rules);
    EXPECT_TRUE(flows.ok()) << flows.status();
    const auto found = flows->RolesUnder({"p"}, {"k", "l"});
    EXPECT_TRUE(found.ok()) << found.status();
    return *found;
  };
  const auto told = roles("  record.received_under: {type: lifted, optional: true, source: record}",
                          "record.received_under");
  EXPECT_THAT(told.seeing, ElementsAre("under-p", "receives"));
  EXPECT_THAT(told.acting, ElementsAre("under-p", "receives"));
  // Packs that do not tell what was received apart.
  const auto without =
      roles("  record.other: {type: lifted, optional: true, source: record}", "record.other");
  EXPECT_THAT(without.seeing, ElementsAre("under-p"));
  EXPECT_THAT(without.acting, ElementsAre("under-p"));
}

}  // namespace
}  // namespace sluis::policies
