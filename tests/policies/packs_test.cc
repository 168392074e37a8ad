// The packs that are shipped: they load, which runs their tests and checks their invariants, and
// they keep to what no single pack can promise about itself.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "policies/evaluate.h"
#include "policies/given_values.h"
#include "tests/support/shipped_packs.h"

namespace sluis::policies {
namespace {

TEST(ShippedPacks, LawAlonePermitsNothing) {
  const auto packs = LoadFiles({kStatutoryPack});
  ASSERT_TRUE(packs.ok()) << packs.status();
  for (const Rule& rule : packs->rules()) EXPECT_NE(rule.effect, Effect::kPermit) << rule.id;
}

TEST(ShippedPacks, PartnershipLoads) {
  const auto packs = LoadFiles({kStatutoryPack, kPartnershipPack});
  ASSERT_TRUE(packs.ok()) << packs.status();
}

TEST(ShippedPacks, OtherPartnershipsLoad) {
  for (const std::string_view path : kOtherPartnershipPacks) {
    const auto packs = LoadFiles({kStatutoryPack, path});
    EXPECT_TRUE(packs.ok()) << packs.status();
  }
}

// The packs for what the law does not allow today, or what two people must confirm first: refused,
// and good in everything else.
TEST(ShippedPacks, ThoseThatWaitAreRefusedForTheirBasisAlone) {
  const std::pair<std::string_view, std::string_view> waiting[] = {
      {kWaitingPacks[0], "113:5: legal basis \"gedeeld-beroepsgeheim\""},
      {kWaitingPacks[1], "21:5: legal basis \"verbrede-finaliteit\""},
      {kWaitingPacks[2], "18:5: legal basis \"vraag-tussen-tafels\""},
      {kWaitingPacks[3], "110:5: legal basis \"norm-veilig-huis\""}};
  for (const auto& [path, why] : waiting) {
    const auto packs = LoadFiles({kStatutoryPack, path});
    EXPECT_EQ(packs.status(),
              absl::InvalidArgumentError(std::string(path) + ":" + std::string(why) +
                                         " is not in force on every day of this pack"));
    const auto in_force = LoadTexts({{"s", ReadSourceFile(kStatutoryPack)}, {"p", InForce(path)}});
    EXPECT_TRUE(in_force.ok()) << in_force.status();
  }
}

std::vector<PackSet> EveryPartnership() {
  std::vector<std::string> texts = {ReadSourceFile(kPartnershipPack)};
  for (const std::string_view path : kOtherPartnershipPacks) texts.push_back(ReadSourceFile(path));
  for (const std::string_view path : kWaitingPacks) texts.push_back(InForce(path));
  std::vector<PackSet> all;
  for (const std::string& text : texts) {
    auto packs = LoadTexts({{"s", ReadSourceFile(kStatutoryPack)}, {"p", text}});
    EXPECT_TRUE(packs.ok()) << packs.status();
    if (packs.ok()) all.push_back(*std::move(packs));
  }
  EXPECT_EQ(all.size(), texts.size());
  return all;
}

// Parties put an agreement together out of several packs: what has one name says one thing.
TEST(ShippedPacks, RulesOfOneNameSayTheSame) {
  std::map<std::string, std::pair<crypto::Bytes, std::string>> known;
  std::size_t shared = 0;
  for (const PackSet& packs : EveryPartnership()) {
    const Pack& pack = packs.layers()[1];
    for (const YamlNode& rule : pack.tree.Find("rules")->items) {
      const auto [first, fresh] =
          known.try_emplace(rule.Find("id")->word.text, CanonicalBytes(rule), pack.id);
      shared += fresh ? 0 : 1;
      EXPECT_EQ(first->second.first, CanonicalBytes(rule))
          << first->first << " of " << pack.id << " and of " << first->second.second;
    }
  }
  EXPECT_GE(shared, 50U);
}

// The texts of law change: packs name them by word.
TEST(ShippedPacks, CiteLawByWord) {
  std::size_t cited = 0;
  for (const PackSet& packs : EveryPartnership()) {
    for (const Rule& rule : packs.rules()) {
      EXPECT_EQ(rule.because.citation, "") << rule.id;
      cited += rule.because.cites.size();
    }
  }
  EXPECT_GE(cited, 10U);
}

TEST(ShippedPacks, EveryOneIsExplainedInDutch) {
  std::vector<Pack> packs = {*ParsePack("s", ReadSourceFile(kStatutoryPack)),
                             *ParsePack("n", ReadSourceFile(kNodePack))};
  for (const PackSet& set : EveryPartnership()) packs.push_back(set.layers()[1]);
  for (const Pack& pack : packs) {
    const std::string page = ReadSourceFile("policies/packs/" + pack.id + ".md");
    for (const char* heading : {"## Wat kan", "## Wat niet kan", "## Waarom", "## Wat u invult"}) {
      EXPECT_NE(page.find(heading), std::string::npos) << pack.id << ": " << heading;
    }
    EXPECT_LE(std::count(page.begin(), page.end(), '\n'), 70) << pack.id << ": one page";
  }
}

TEST(ShippedPacks, NodeLoads) {
  const auto packs = LoadFiles({kStatutoryPack, kPartnershipPack, kNodePack});
  ASSERT_TRUE(packs.ok()) << packs.status();
}

TEST(ExamplePack, ItsTestsAndInvariantsHold) {
  const auto packs = LoadFiles({kAboveExample, kExamplePack});
  ASSERT_TRUE(packs.ok()) << packs.status();
  EXPECT_EQ(packs->layers()[1].tree.Find("tests")->items.size(), 8U);
}

class Vaartland : public ::testing::Test {
 protected:
  void SetUp() override {
    auto packs = LoadFiles({kStatutoryPack, kPartnershipPack, kNodePack});
    ASSERT_TRUE(packs.ok()) << packs.status();
    packs_.emplace(*std::move(packs));
  }
  const Vocabulary& Words(std::string_view name) const {
    return *packs_->schema().FindVocabulary(name);
  }
  std::optional<PackSet> packs_;
};

// No rule may be met by a role at an organisation that cannot give that role: checked as invariants
// made from what the roles declare.
TEST_F(Vaartland, RolesActOnlyAtTheirOrganisations) {
  std::string invariants = "\ninvariants:\n";
  int count = 0;
  for (const VocabularyValue& role : Words("role").values) {
    for (const VocabularyValue& kind : Words("kind").values) {
      if (packs_->RoleAllowedAt(role.name, kind.name)) continue;
      invariants += "  - {id: I-" + std::to_string(++count) +
                    ", never: {decision: permit, where: {actor.role: " + role.name +
                    ", from.kind: " + kind.name + "}}}\n";
    }
  }
  EXPECT_GE(count, 9);
  std::string node =
      "sluis: 1\npack: {id: n, layer: node, version: 1, extends: [{id: livc-r.vaartland, version: "
      "1}], valid: {from: 2026-09-01, until: 2027-08-31}}" +
      invariants;
  const auto packs = LoadTexts({{"s", ReadSourceFile(kStatutoryPack)},
                                {"p", ReadSourceFile(kPartnershipPack)},
                                {"n", node}});
  EXPECT_TRUE(packs.ok()) << packs.status();
}

TEST(ShippedPacks, HaveNoWordsForReligionOpinionOrHealth) {
  for (const PackSet& packs : EveryPartnership()) {
    for (const VocabularyValue& category : packs.schema().FindVocabulary("category")->values) {
      for (const char* word : {"levensbeschouw", "religie", "geloof", "overtuiging", "politiek",
                               "gezondheid", "ideolog", "etni", "afkomst"}) {
        EXPECT_EQ(category.name.find(word), std::string::npos) << category.name;
      }
    }
  }
}

// GDPR article 38(6): who supervises does not take part. A promise of the law, also of a pack
// below.
TEST_F(Vaartland, ThePrivacyOfficerNeverApproves) {
  const std::string node =
      "sluis: 1\npack: {id: n, layer: node, version: 1, extends: [{id: livc-r.vaartland, version: "
      "1}], valid: {from: 2026-09-01, until: 2027-08-31}}\nrules: [{id: R-N, effect: require, "
      "obligations: {approval: {role: [casemanager, privacy-officer], count: 1}}, because: {nl: "
      "x}}]\n";
  const auto packs = LoadTexts({{"s", ReadSourceFile(kStatutoryPack)},
                                {"p", ReadSourceFile(kPartnershipPack)},
                                {"n", node}});
  EXPECT_NE(packs.status().message().find("rule R-N names privacy-officer as approver; invariant: "
                                          "\"I-GOEDKEURING-TOEZICHT\""),
            std::string::npos)
      << packs.status();
}

// Both approve, and neither stands in for the other.
TEST_F(Vaartland, AMinorIsSharedAfterTheYouthOfficerAndALineManager) {
  const auto base = BaseOf(packs_->layers(), packs_->schema());
  ASSERT_TRUE(base.ok());
  GivenValues asked = *base;
  const auto set = [&](std::string_view name, std::string_view word) {
    const AttributeId id = *packs_->FindAttribute(name);
    asked[id] = *packs_->FindValue(id, word);
  };
  set("side", "release");
  set("action", "refer");
  set("purpose", "doorverwijzing-hulp");
  set("record.client_agrees", "yes");
  set("subject.minor", "true");
  const Decision decision = Decide(*packs_, RequestFrom(*packs_, asked));
  ASSERT_EQ(decision.outcome, Outcome::kPermit);
  const auto* approval = decision.Find<Approval>();
  ASSERT_NE(approval, nullptr);
  for (const char* role : {"jeugdreferent", "lijnverantwoordelijke"}) {
    EXPECT_TRUE(approval->count_by_roles.contains({role})) << role;
  }
  const auto* notify = decision.Find<Notify>();
  ASSERT_NE(notify, nullptr);
  EXPECT_TRUE(notify->days_by_party.contains("dpo"));
}

TEST_F(Vaartland, EveryForbidSaysWhyInTheWordsOfTheUsers) {
  for (const Rule& rule : packs_->rules()) {
    EXPECT_LE(rule.because.nl.size(), 140U) << rule.id;
    if (rule.effect != Effect::kForbid) continue;
    EXPECT_TRUE(rule.because.nl.starts_with("dit kan niet omdat ") ||
                rule.because.nl.starts_with("dit kan nog niet omdat "))
        << rule.id;
  }
}

TEST_F(Vaartland, FieldsAreThoseOfASignal) {
  // SignalContent and RecordBody.recorded_by in proto/sluis/record/v1/signal.proto.
  const std::string proto = ReadSourceFile("proto/sluis/record/v1/signal.proto");
  for (const Field& field : packs_->schema().fields) {
    EXPECT_NE(proto.find(" " + field.name + " = "), std::string::npos) << field.name;
  }
}

// Every permit is the reason for some decision: none is dead under the forbids. An invariant that
// says a permit never permits must therefore be refused, with that permit named.
TEST_F(Vaartland, EveryPermitCanBeReached) {
  const auto upper = LoadFiles({kStatutoryPack, kPartnershipPack});
  ASSERT_TRUE(upper.ok());
  const Schema& schema = upper->schema();
  for (const Rule& rule : upper->rules()) {
    if (rule.effect != Effect::kPermit) continue;
    std::string where;
    for (const ValueTest& test : rule.tests) {
      const Attribute& attribute = schema.attributes[test.attribute];
      std::string values;
      if (test.integer) {
        values = "{min: " + std::to_string(test.minimum) +
                 ", max: " + std::to_string(test.maximum) + "}";
      } else {
        for (ValueId value = kNone; value < 60; ++value) {
          if (!schema.InRange(attribute, value) || !test.Passes(value)) continue;
          values +=
              (values.empty() ? "[" : ", ") + ("\"" + schema.ValueName(attribute, value) + "\"");
        }
        values += "]";
      }
      where += (where.empty() ? "" : ", ") + attribute.name + ": " + values;
    }
    std::string node =
        "sluis: 1\npack: {id: n, layer: node, version: 1, extends: [{id: livc-r.vaartland, "
        "version: 1}], valid: {from: 2026-09-01, until: 2027-08-31}}\ninvariants:\n  - {id: I-1, "
        "never: {decision: permit, where: {" +
        where + "}}}\n";
    const auto packs = LoadTexts({{"s", ReadSourceFile(kStatutoryPack)},
                                  {"p", ReadSourceFile(kPartnershipPack)},
                                  {"n", node}});
    ASSERT_FALSE(packs.ok()) << rule.id;
    EXPECT_NE(std::string(packs.status().message()).find("breaks it for"), std::string::npos)
        << packs.status();
  }
}

}  // namespace
}  // namespace sluis::policies
