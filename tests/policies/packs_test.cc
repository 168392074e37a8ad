// The packs that are shipped: they load, which runs their tests and checks their invariants, and
// they keep to what no single pack can promise about itself.
#include <gtest/gtest.h>

#include <set>

#include "policies/evaluate.h"
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

TEST_F(Vaartland, HasNoWordsForReligionOpinionOrHealth) {
  for (const VocabularyValue& category : Words("category").values) {
    for (const char* word : {"levensbeschouw", "religie", "geloof", "overtuiging", "politiek",
                             "gezondheid", "ideolog", "etni", "afkomst"}) {
      EXPECT_EQ(category.name.find(word), std::string::npos) << category.name;
    }
  }
}

// GDPR article 38(6): who supervises does not take part.
TEST_F(Vaartland, ThePrivacyOfficerNeverApproves) {
  for (const Rule& rule : packs_->rules()) {
    for (const Obligation& obligation : rule.obligations) {
      const auto* approval = std::get_if<Approval>(&obligation);
      if (approval == nullptr) continue;
      for (const auto& [roles, count] : approval->count_by_roles) {
        EXPECT_FALSE(roles.contains("privacy-officer")) << rule.id;
      }
    }
  }
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
