// Text and packs say the same, or what they do not agree on is told with a request that shows it.
#include "policies/protocol_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "policies/evaluate.h"
#include "policies/given_values.h"
#include "policies/protocol_template.h"
#include "tests/support/example_protocol.h"

namespace sluis::policies {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<std::string> Texts(const std::vector<absl::Status>& faults) {
  std::vector<std::string> texts;
  for (const absl::Status& fault : faults) texts.emplace_back(fault.message());
  return texts;
}

class ProtocolCheck : public testing::Test {
 protected:
  // Once for all tests, which only ask: with a sanitizer the sum takes seconds.
  static void SetUpTestSuite() {
    auto packs = LoadFiles({kStatutoryPack, kPartnershipPack});
    ASSERT_TRUE(packs.ok()) << packs.status();
    packs_.emplace(*std::move(packs));
    rules_.emplace(*RuleSpace::Of(*packs_));
    flows_.emplace(*DisclosureFlows::Of(*rules_));
  }

  static Protocol Read(const std::string& text) {
    const ProtocolReading reading = ReadProtocol("p.yaml", text);
    EXPECT_THAT(Texts(reading.faults), IsEmpty());
    return reading.protocol.value_or(Protocol{});
  }

  // "kind purpose from>to word clause" of each gap of the example with one part replaced.
  std::vector<std::string> GapsWith(const std::string& from, const std::string& to) {
    const std::string text = Edited(ExampleProtocolText(), from, to);
    EXPECT_NE(text, "?") << from;
    const auto gaps = CoverageGaps(Read(text), *flows_);
    EXPECT_TRUE(gaps.ok()) << gaps.status();
    std::vector<std::string> lines;
    for (const CoverageGap& gap : *gaps) {
      lines.push_back(std::string(GapKindName(gap.kind)) + " " + gap.purpose + " " + gap.from +
                      ">" + gap.to + " " + gap.word + " " + gap.clause);
      last_ = gap;
    }
    gaps_ = *gaps;
    return lines;
  }

  // The outcome of the request that the last gap showed.
  Outcome Decided() { return DecisionOfLast().outcome; }

  Decision DecisionOfLast() {
    GivenValues values;
    std::istringstream pairs(last_.example);
    std::string pair;
    while (std::getline(pairs >> std::ws, pair, ',')) {
      const size_t equals = pair.find('=');
      const auto id = packs_->FindAttribute(pair.substr(0, equals));
      EXPECT_TRUE(id.has_value()) << pair;
      if (!id || packs_->schema().attributes[*id].derivation) continue;
      const auto value = packs_->FindValue(*id, pair.substr(equals + 1));
      EXPECT_TRUE(value.has_value()) << pair;
      if (value) values[*id] = *value;
    }
    return Decide(*packs_, RequestFrom(*packs_, values));
  }

  static inline std::optional<PackSet> packs_;
  static inline std::optional<RuleSpace> rules_;
  static inline std::optional<DisclosureFlows> flows_;
  CoverageGap last_;
  std::vector<CoverageGap> gaps_;
};

// With SLUIS_WRITE_GOLDEN=1 the example gets the digests of the packs as they are.
TEST_F(ProtocolCheck, TheExampleIsTheTextOfTheShippedPacks) {
  std::string text = ExampleProtocolText();
  if (std::getenv("SLUIS_WRITE_GOLDEN") != nullptr) {
    const Protocol protocol = Read(text);
    const auto put = [&](const ProtocolPack& named, const Pack& pack) {
      text = Edited(text, named.digest.text, crypto::HexEncode(crypto::View(pack.digest)));
    };
    put(protocol.statutory, packs_->layers()[0]);
    put(protocol.partnership, packs_->layers()[1]);
    std::ofstream(tests::InSources("/") + std::string(kExampleProtocol)) << text;
  }
  const Protocol protocol = Read(text);
  EXPECT_THAT(Texts(CheckAgainstPacks(protocol, *packs_)), IsEmpty());
  const auto gaps = CoverageGaps(protocol, *flows_);
  ASSERT_TRUE(gaps.ok()) << gaps.status();
  for (const CoverageGap& gap : *gaps) {
    ADD_FAILURE() << GapKindName(gap.kind) << " " << gap.purpose << " " << gap.word << " "
                  << gap.example;
  }
}

TEST_F(ProtocolCheck, OtherPacksAndWordsAreRefused) {
  const auto faults = [&](const char* from, const char* to) {
    return Texts(CheckAgainstPacks(Read(Edited(ExampleProtocolText(), from, to)), *packs_));
  };
  EXPECT_THAT(
      faults("id: statutory.be", "id: statutory.nl"),
      ElementsAre(AllOf(HasSubstr("p.yaml:12:19"), HasSubstr("nearest: \"statutory.be\""))));
  EXPECT_THAT(faults("livc-r.vaartland, versie: 1", "livc-r.vaartland, versie: 2"),
              ElementsAre(AllOf(HasSubstr("p.yaml:13:47"), HasSubstr("has version 1: \"2\""))));
  EXPECT_THAT(faults("id: prot-vaartland-2026-01", "id: prot-vaartland-2026-02"),
              ElementsAre(HasSubstr("machine form of another protocol")));
  EXPECT_THAT(faults("van: 2026-09-01", "van: 2026-08-31"),
              ElementsAre(HasSubstr("valid from 2026-09-01")));
  EXPECT_THAT(faults("tot: 2027-08-31", "tot: 2027-09-01"),
              ElementsAre(HasSubstr("valid until 2027-08-31")));
  EXPECT_THAT(faults("rol: casemanager", "rol: casemanagers"),
              ElementsAre(HasSubstr("nearest: \"casemanager\"")));
  EXPECT_THAT(faults("      grond: vl-livc-2021\n      toelichting: \"Het",
                     "      grond: vl-livc-2012\n      toelichting: \"Het"),
              ElementsAre(HasSubstr("nearest: \"vl-livc-2021\"")));
}

TEST_F(ProtocolCheck, ADigestOfAnotherTextIsRefused) {
  Protocol protocol = Read(ExampleProtocolText());
  protocol.partnership.digest.text[0] = protocol.partnership.digest.text[0] == '0' ? '1' : '0';
  EXPECT_THAT(Texts(CheckAgainstPacks(protocol, *packs_)),
              ElementsAre(HasSubstr("has another digest")));
}

TEST_F(ProtocolCheck, WhatThePacksPermitAndTheTextDoesNotSay) {
  EXPECT_THAT(GapsWith("doel: terugkoppeling-politie\n    van: [municipality]",
                       "doel: terugkoppeling-politie\n    van: [lindervaart.example]"),
              Each(HasSubstr("not_in_text terugkoppeling-politie zandrode.example>pz-")));
  EXPECT_EQ(Decided(), Outcome::kPermit);
  EXPECT_THAT(GapsWith("van: [municipality, welfare]", "van: [municipality]"),
              ElementsAre("not_in_text doorverwijzing-hulp welfare>municipality  "));
  EXPECT_EQ(last_.categories.size(), 7U) << "told once for all its categories";
  EXPECT_EQ(Decided(), Outcome::kPermit);
  EXPECT_THAT(GapsWith("gronden: [vl-livc-2021, vl-prev-2024]", "gronden: [vl-livc-2021]"),
              Contains("basis_not_in_text doorverwijzing-hulp welfare>municipality vl-prev-2024 "));
  EXPECT_EQ(Decided(), Outcome::kPermit);
  EXPECT_THAT(GapsWith("velden: [statements, risk_factors, protective",
                       "velden: [risk_factors, protective"),
              ElementsAre("field_not_in_text terugkoppeling-politie municipality>police-zone "
                          "statements "));
  EXPECT_EQ(Decided(), Outcome::kPermit);
}

// A ground in one clause and a field in another counted as covered, and no clause covered both.
TEST_F(ProtocolCheck, AGroundAndAFieldOfTwoClausesAreNotCoveredTogether) {
  const std::vector<std::string> gaps = GapsWith(
      "gronden: [vl-livc-2021, vl-prev-2024]",
      "gronden: [vl-prev-2024]\n"
      "    categorieen: [gedrag-offline, gedrag-online, risicofactor, beschermende-factor, "
      "gezinscontext, positieve-ontwikkeling, contactpunt]\n"
      "    velden: [statements]\n"
      "  - nummer: M-5\n"
      "    doel: doorverwijzing-hulp\n"
      "    van: [municipality, welfare]\n"
      "    naar: [municipality, welfare]\n"
      "    gronden: [vl-livc-2021]");
  EXPECT_THAT(gaps, Contains("field_not_in_text doorverwijzing-hulp welfare>municipality "
                             "category (vl-prev-2024) "));
  EXPECT_THAT(gaps, Not(Contains(HasSubstr("vl-livc-2021"))));
  EXPECT_THAT(gaps, Not(Contains(HasSubstr("statements"))));
}

// One clause says all that is shown, as the node asks; two of one ground do not say it together.
TEST_F(ProtocolCheck, FieldsOfTwoClausesOfOneGroundAreNotCoveredTogether) {
  const std::string grounds =
      "    gronden: [vl-livc-2021, vl-prev-2024]\n"
      "    categorieen: [gedrag-offline, gedrag-online, risicofactor, "
      "beschermende-factor, gezinscontext, positieve-ontwikkeling, "
      "contactpunt]\n";
  const std::vector<std::string> gaps = GapsWith(grounds + "    velden: [statements, category",
                                                 grounds +
                                                     "    velden: [statements]\n"
                                                     "  - nummer: M-5\n"
                                                     "    doel: doorverwijzing-hulp\n"
                                                     "    van: [municipality, welfare]\n"
                                                     "    naar: [municipality, welfare]\n" +
                                                     grounds + "    velden: [category");
  EXPECT_THAT(gaps, Contains("field_not_in_text doorverwijzing-hulp welfare>municipality "
                             "statements (vl-livc-2021) "));
  EXPECT_THAT(gaps, Each(HasSubstr(" statements (vl-")));
  ASSERT_FALSE(gaps_.empty());
  EXPECT_EQ(gaps_[0].categories.size(), 7U);
  for (const CoverageGap& gap : gaps_) {
    last_ = gap;
    EXPECT_EQ(Decided(), Outcome::kPermit) << gap.example;
  }
}

TEST_F(ProtocolCheck, WhatTheTextSaysAndThePacksNeverPermit) {
  EXPECT_THAT(GapsWith("doel: terugkoppeling-politie\n    van: [municipality]",
                       "doel: terugkoppeling-politie\n    van: [municipality, welfare]"),
              ElementsAre("not_in_packs terugkoppeling-politie welfare>police-zone  M-3"));
  EXPECT_THAT(last_.example, HasSubstr("from.kind=welfare"));
  EXPECT_NE(Decided(), Outcome::kPermit);
  EXPECT_THAT(GapsWith("gronden: [be-livc-2018]\n    categorieen",
                       "gronden: [be-livc-2018, vl-prev-2024]\n    categorieen"),
              ElementsAre("basis_not_in_packs terugkoppeling-politie municipality>police-zone "
                          "vl-prev-2024 M-3"));
  EXPECT_THAT(GapsWith("velden: [statements, risk_factors, protective",
                       "velden: [statements, age_band, risk_factors, protective"),
              ElementsAre("field_not_in_packs terugkoppeling-politie municipality>police-zone "
                          "age_band M-3"));
  EXPECT_THAT(
      GapsWith("  - nummer: M-4",
               "  - {nummer: M-5, doel: doorverwijzing-hulp, van: [caw-de-overzet.example], "
               "naar: [caw-de-overzet.example], gronden: [vl-livc-2021], categorieen: "
               "[none], velden: []}\n  - nummer: M-4"),
      ElementsAre("not_in_packs doorverwijzing-hulp "
                  "caw-de-overzet.example>caw-de-overzet.example  M-5"));
}

// What is told about a ground or a field is shown by a request on that ground, with that field.
TEST_F(ProtocolCheck, TheRequestIsOfThatGroundAndField) {
  const auto expect = [&](const std::string& from, const std::string& to, const char* line,
                          const char* holds) {
    ASSERT_THAT(GapsWith(from, to), Contains(HasSubstr(line)));
    for (const CoverageGap& gap : gaps_) {
      if (gap.kind == GapKind::kInNoClause || gap.word.find(holds) == std::string::npos) continue;
      EXPECT_THAT(gap.example, HasSubstr("basis=" + std::string(holds) + ","));
    }
  };
  for (const char* basis : {"be-livc-2018", "be-458ter", "vl-livc-2021"}) {
    std::string without = "gronden: [be-livc-2018, be-458ter, vl-livc-2021]";
    without.erase(without.find(basis), std::string(basis).size() + 2);
    if (without.back() != ']') without += ']';
    if (without.find(", ]") != std::string::npos) without.replace(without.find(", ]"), 3, "]");
    expect("gronden: [be-livc-2018, be-458ter, vl-livc-2021]", without, "basis_not_in_text", basis);
    for (const CoverageGap& gap : gaps_) {
      if (gap.kind != GapKind::kBasisNotInText) continue;
      last_ = gap;
      EXPECT_EQ(Decided(), Outcome::kPermit) << gap.example;
    }
  }
  expect("gronden: [be-livc-2018]\n    categorieen",
         "gronden: [be-livc-2018, vl-prev-2024]\n    categorieen", "basis_not_in_packs",
         "vl-prev-2024");
  EXPECT_NE(Decided(), Outcome::kPermit);
  // A field: what is shown under that request has it.
  for (const char* field : {"place", "observed_on", "age_band", "minor"}) {
    const std::string fields = "observed_on, place, normative_border, age_band, minor]";
    std::string without = fields;
    without.erase(without.find(field), std::string(field).size() + 2);
    if (without.back() != ']') without = without.substr(0, without.rfind(',')) + "]";
    ASSERT_THAT(GapsWith(fields, without),
                Contains(HasSubstr("field_not_in_text casusoverleg-458ter")));
    for (const CoverageGap& gap : gaps_) {
      if (gap.word != field) continue;
      last_ = gap;
      const Decision decision = DecisionOfLast();
      EXPECT_TRUE(std::any_of(decision.granted.begin(), decision.granted.end(),
                              [&](const GrantedField& one) { return one.name == field; }))
          << gap.example;
    }
  }
}

// Named in the text and used by no clause: readers think that it can be disclosed.
TEST_F(ProtocolCheck, WhatNoClauseUsesIsTold) {
  EXPECT_THAT(GapsWith("  categorieen:\n    - {",
                       "  categorieen:\n    - {categorie: veiligheidscontext, "
                       "omschrijving: \"x\"}\n    - {"),
              ElementsAre("in_no_clause  > veiligheidscontext "));
  EXPECT_THAT(GapsWith("  velden:\n    - {",
                       "  velden:\n    - {veld: channel, evenredigheid: \"x\"}\n    - {"),
              ElementsAre("in_no_clause  > channel "));
  EXPECT_THAT(GapsWith("  mededeling:\n    - grond: be-livc-2018",
                       "  mededeling:\n    - {grond: be-ter-2024, toelichting: x}\n"
                       "    - grond: be-livc-2018"),
              ElementsAre("in_no_clause  > be-ter-2024 "));
  std::string text = Edited(ExampleProtocolText(), "doeleinden:\n",
                            "doeleinden:\n  - {doel: evaluatie, omschrijving: x, verenigbaarheid: "
                            "x}\n");
  text = Edited(text, "bewaring:\n",
                "bewaring:\n  - {doel: evaluatie, termijn: P30D, toelichting: x}\n");
  const auto gaps = CoverageGaps(Read(text), *flows_);
  ASSERT_TRUE(gaps.ok());
  ASSERT_EQ(gaps->size(), 1U);
  EXPECT_EQ((*gaps)[0].kind, GapKind::kInNoClause);
  EXPECT_EQ((*gaps)[0].word, "evaluatie");
}

TEST_F(ProtocolCheck, RolesAreThoseOfTheRules) {
  EXPECT_THAT(GapsWith("  functies:\n", "  functies:\n    - {rol: beheerder, toelichting: x}\n"),
              ElementsAre("role_not_in_packs  > beheerder "));
  EXPECT_THAT(GapsWith("    - {rol: jeugdreferent, toelichting: \"Volgt op wat minderjarigen "
                       "betreft.\"}\n",
                       ""),
              ElementsAre("role_not_in_text  > jeugdreferent "));
  // Sits in at the table, and reads nothing.
  EXPECT_THAT(GapsWith("    - {rol: burgemeester, toelichting: \"Zit het overleg voor en beslist "
                       "over de casuslijst.\"}\n",
                       ""),
              IsEmpty());
}

TEST_F(ProtocolCheck, WhatIsKeptLongerThanTheTextSays) {
  EXPECT_THAT(GapsWith("{doel: doorverwijzing-hulp, termijn: P180D",
                       "{doel: doorverwijzing-hulp, termijn: P179D"),
              Contains("kept_longer doorverwijzing-hulp municipality>welfare P179D "));
  EXPECT_EQ(Decided(), Outcome::kPermit);
}

TEST_F(ProtocolCheck, FlowsAreGroupedWithWhatTheyComeWith) {
  const auto flows = flows_->Between(KindsBetween(Read(ExampleProtocolText())));
  ASSERT_TRUE(flows.ok()) << flows.status();
  const auto groups = flows_->Grouped(*flows);
  ASSERT_TRUE(groups.ok()) << groups.status();
  const auto found = std::find_if(groups->begin(), groups->end(), [](const FlowGroup& group) {
    return group.purpose == "doorverwijzing-hulp";
  });
  ASSERT_NE(found, groups->end());
  EXPECT_EQ(found->retention_days, 180);
  EXPECT_EQ(found->to, (std::vector<std::string>{"municipality", "welfare"}));
  std::map<std::string, bool> always;
  for (const FlowCondition& condition : found->conditions) {
    always[condition.rule + " " + ObligationText(condition.obligation)] = condition.always;
  }
  EXPECT_TRUE(always.at("P-HULP retention=P180D"));
  ASSERT_TRUE(always.contains("R-MINDERJARIG retention=P90D")) << "only of minors";
  EXPECT_FALSE(always.at("R-MINDERJARIG retention=P90D"));
}

TEST_F(ProtocolCheck, PacksWithoutTheWordsHaveNoFlows) {
  const auto packs = LoadFiles({kAboveExample, kExamplePack});
  ASSERT_TRUE(packs.ok());
  const auto rules = RuleSpace::Of(*packs);
  const auto flows = DisclosureFlows::Of(*rules);
  EXPECT_THAT(std::string(flows.status().message()), HasSubstr("from.kind"));
}

TEST_F(ProtocolCheck, ATemplateLeavesOpenOnlyWhatThePartiesMustSay) {
  const std::set<KindPair> kinds = {{"welfare", "municipality"}, {"municipality", "welfare"}};
  const auto groups = flows_->Grouped(*flows_->Between(kinds));
  ASSERT_TRUE(groups.ok());
  for (const std::string name : {"a.example", ""}) {
    const std::string text = ProtocolTemplate(
        "prot-vaartland-2026-01", *packs_,
        {{name, "Een \"naam\"", "welfare"}, {"b.example", "", "municipality"}}, *groups);
    const ProtocolReading reading = ReadProtocol("p.yaml", text);
    EXPECT_THAT(Texts(reading.faults), Each(HasSubstr("still to be filled in")));
    // The title, and every heading but mededelingen, which the packs know.
    EXPECT_EQ(reading.faults.size(), 22U);
    for (const ProtocolHeading& heading : ProtocolHeadings()) {
      EXPECT_THAT(text, HasSubstr("# " + std::string(heading.title))) << heading.key;
    }
  }
}

}  // namespace
}  // namespace sluis::policies
