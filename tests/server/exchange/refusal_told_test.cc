// What a partner is told when the rules here refuse what it offers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server/core/question.h"
#include "server/exchange/compose.h"
#include "tests/support/protocol_between.h"
#include "tests/support/receiving_node.h"

namespace sluis::exchange {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;

struct Told {
  absl::Status status;
  std::string owed;
  std::string refusal;             // the leaf that travels
  std::vector<std::string> rules;  // known here only, as is what follows
  std::string code;
};

enum class About { kMinor, kAdult };

// A referral at a node that is otherwise as `own` makes it; of a minor no node can take it.
Told TellOf(const std::function<void(core::Terms&)>& own, About about = About::kMinor) {
  tests::ReceivingNode node;
  EXPECT_EQ(node.PutStatus(7), absl::OkStatus());
  const auto permitted = node.world.edit_terms;
  node.world.edit_terms = [permitted, about](peer::v1::Terms& terms) {
    permitted(terms);
    if (about == About::kAdult) return;
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
  if (told.owed != "refusal") return told;
  const auto refusal = ComposeRefusal(*row, node.world.manifest.version);
  EXPECT_TRUE(refusal.ok()) << refusal.status();
  if (refusal.ok()) told.refusal = refusal->SerializeAsString();
  const tests::Opened entry = node.h.Last();
  told.rules.assign(entry.act.rule_ids().begin(), entry.act.rule_ids().end());
  told.code = entry.act.refusal();
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

// An adult, whom this node takes: refused for what its protocol says, it is told as for its rules.
TEST(RefusalToldTest, WhatTheProtocolHereCoversChangesNoByteOfIt) {
  const Told taken = TellOf([](core::Terms&) {}, About::kAdult);
  ASSERT_NE(taken.owed, "refusal") << "it is the protocol that refuses the others";
  const Told by_rule =
      TellOf([](core::Terms& terms) { terms.kind = "police-zone"; }, About::kAdult);
  const auto under = [](const std::function<void(policies::Protocol&)>& edit,
                        const std::string& unsigned_by = {}) {
    return TellOf(
        [&](core::Terms& terms) {
          policies::Protocol text = terms.protocol->protocol();
          edit(text);
          terms.protocol = tests::SignedByAll(std::move(text), unsigned_by);
        },
        About::kAdult);
  };
  const Told no_clause = under([](policies::Protocol& text) { text.clauses.clear(); });
  const Told one_field_less = under([](policies::Protocol& text) {
    for (policies::ProtocolClause& clause : text.clauses) {
      std::erase_if(clause.fields, [](const policies::Word& one) { return one.text == "onlife"; });
    }
  });
  const Told not_signed = under([](policies::Protocol&) {}, "lindervaart.example");
  // Reasons that only this node knows.
  EXPECT_THAT(by_rule.rules, Contains("F-HULP-POLITIE"));
  EXPECT_EQ(no_clause.code, core::kNotInProtocol);
  EXPECT_EQ(one_field_less.code, core::kNotInProtocol);
  EXPECT_THAT(no_clause.rules, IsEmpty());
  EXPECT_THAT(not_signed.rules, Contains("F-PROTOCOL"));
  EXPECT_EQ(by_rule.owed, "refusal");
  ASSERT_FALSE(by_rule.refusal.empty());
  for (const Told* told : {&no_clause, &one_field_less, &not_signed}) {
    EXPECT_EQ(told->status, by_rule.status);
    EXPECT_EQ(told->owed, by_rule.owed);
    EXPECT_EQ(told->refusal, by_rule.refusal);
  }
}

}  // namespace
}  // namespace sluis::exchange
