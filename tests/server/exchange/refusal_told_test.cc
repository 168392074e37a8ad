// What a partner is told when the rules here refuse what it offers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/exchange/compose.h"
#include "tests/support/receiving_node.h"

namespace sluis::exchange {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;

struct Told {
  absl::Status status;
  std::string owed;
  std::string refusal;             // the leaf that travels
  std::vector<std::string> rules;  // known here only
};

// A referral of a minor, which no node can take, at a node that is otherwise as `own` makes it.
Told TellOf(const std::function<void(core::Terms&)>& own) {
  tests::ReceivingNode node;
  EXPECT_EQ(node.PutStatus(7), absl::OkStatus());
  const auto permitted = node.world.edit_terms;
  node.world.edit_terms = [permitted](peer::v1::Terms& terms) {
    permitted(terms);
    for (auto& attribute : *terms.mutable_attributes()) {
      if (attribute.name() == "subject.minor") attribute.set_value("true");
    }
  };
  node.Change(own);
  const auto offers = node.world.Offers(1);
  Told told;
  told.status = node.Collect(offers);
  const std::string& id = offers[0].offer.binding().exchange_id();
  told.owed = node.OwedFor(id);
  const auto row = node.Received(id);
  EXPECT_TRUE(row.has_value()) << told.status;
  if (!row) return told;
  const auto refusal = ComposeRefusal(*row, node.world.manifest.version);
  EXPECT_TRUE(refusal.ok()) << refusal.status();
  if (refusal.ok()) told.refusal = refusal->SerializeAsString();
  const tests::Opened entry = node.h.Last();
  told.rules.assign(entry.act.rule_ids().begin(), entry.act.rule_ids().end());
  return told;
}

void PutZone(core::Terms& terms, const std::string& zone) {
  auto changed = std::make_shared<partnership::SignedManifest>(*terms.manifest);
  for (partnership::Member& member : changed->manifest.members) {
    if (member.organisation == terms.organisation) member.zone = zone;
  }
  terms.manifest = std::move(changed);
}

TEST(RefusalToldTest, WhatTheNodeKnowsOfItselfChangesNoByteOfIt) {
  const Told as_is = TellOf([](core::Terms&) {});
  const Told other_zone = TellOf([](core::Terms& terms) { PutZone(terms, "heidezoom"); });
  const Told other_kind = TellOf([](core::Terms& terms) { terms.kind = "police-zone"; });
  // Three reasons that only this node knows.
  EXPECT_THAT(as_is.rules, IsEmpty()) << "permitted, and nobody here approves it";
  EXPECT_THAT(other_zone.rules, Contains("F-MINDERJARIG-ZONE"));
  EXPECT_THAT(other_kind.rules, Contains("F-HULP-POLITIE"));
  EXPECT_EQ(as_is.owed, "refusal");
  ASSERT_FALSE(as_is.refusal.empty());
  for (const Told* told : {&other_zone, &other_kind}) {
    EXPECT_EQ(told->status, as_is.status);
    EXPECT_EQ(told->owed, as_is.owed);
    EXPECT_EQ(told->refusal, as_is.refusal);
  }
}

}  // namespace
}  // namespace sluis::exchange
