// A protocol as a document, as an agreement and as an entry of a register.
#include "policies/protocol_exports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "policies/protocol_check.h"
#include "policies/protocol_document.h"
#include "policies/protocol_iris.h"
#include "policies/protocol_words.h"
#include "tests/support/example_protocol.h"

namespace sluis::policies {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

class ProtocolExports : public testing::Test {
 protected:
  // Once for all tests, which only ask: with a sanitizer the sum takes seconds.
  static void SetUpTestSuite() {
    auto packs = LoadFiles({kStatutoryPack, kPartnershipPack});
    ASSERT_TRUE(packs.ok()) << packs.status();
    packs_.emplace(*std::move(packs));
    rules_.emplace(*RuleSpace::Of(*packs_));
    flows_.emplace(*DisclosureFlows::Of(*rules_));
  }

  void SetUp() override { protocol_ = Read(ExampleProtocolText()); }

  static Protocol Read(const std::string& text) {
    const ProtocolReading reading = ReadProtocol("p.yaml", text);
    EXPECT_TRUE(reading.protocol.has_value())
        << (reading.faults.empty() ? absl::OkStatus() : reading.faults[0]);
    return reading.protocol.value_or(Protocol{});
  }

  ProtocolDocument Document(const std::vector<ProtocolSignature>& held = {}) const {
    const auto groups = flows_->Grouped(*flows_->Between(KindsBetween(protocol_)));
    EXPECT_TRUE(groups.ok());
    return DescribeProtocol(protocol_, *groups, packs_->schema(), held);
  }

  static inline std::optional<PackSet> packs_;
  static inline std::optional<RuleSpace> rules_;
  static inline std::optional<DisclosureFlows> flows_;
  Protocol protocol_;
};

TEST_F(ProtocolExports, TheDocumentHasEveryHeadingAndWhatTheRulesSay) {
  const ProtocolDocument document =
      Document({{"zandrode.example", "2026-08-20", crypto::Signature{}}});
  const std::string html = DocumentHtml(document);
  const std::string markdown = DocumentMarkdown(document);
  for (const ProtocolHeading& heading : ProtocolHeadings()) {
    if (heading.optional) continue;
    EXPECT_THAT(html, HasSubstr(". " + std::string(heading.title) + "</h2>"));
    EXPECT_THAT(markdown, HasSubstr(". " + std::string(heading.title) + "\n"));
  }
  EXPECT_THAT(html, Not(HasSubstr("Advies van de toezichthouder")));
  for (const std::string* text : {&html, &markdown}) {
    EXPECT_THAT(*text, HasSubstr("Belgisch recht."));
    EXPECT_THAT(*text, HasSubstr("bedenktijd van 4 uur (R-BEDENKTIJD)"));
    EXPECT_THAT(*text, HasSubstr("hoogstens 180 dagen bewaren (P-HULP)"));
    EXPECT_THAT(*text, HasSubstr("na goedkeuring door 1 burgemeester (P-FICHE)"));
    EXPECT_THAT(*text, HasSubstr("dag van vaststelling (grover)")) << "of a place, by month only";
    EXPECT_THAT(*text, HasSubstr("getekend op 20 augustus 2026"));
    EXPECT_THAT(*text, HasSubstr("nog niet getekend"));
    EXPECT_THAT(*text, HasSubstr("mededelingen na 30 juli 2027"));
    EXPECT_THAT(*text, HasSubstr(crypto::HexEncode(crypto::View(protocol_.digest))));
  }
  // Nothing is fetched or run.
  for (const char* word : {"<script", "<link", "<img", "<a ", " src=", "@import", "url("}) {
    EXPECT_THAT(html, Not(HasSubstr(word))) << word;
  }
}

// Nothing that travels outside the clauses is left unsaid: whatever the sender states to the
// receiver stands in the document, in Dutch.
TEST_F(ProtocolExports, TheDocumentSaysWhatAlwaysGoesAlong) {
  const ProtocolDocument document = Document();
  const std::string html = DocumentHtml(document);
  const std::string markdown = DocumentMarkdown(document);
  std::size_t offered = 0;
  for (const Attribute& attribute : packs_->schema().attributes) {
    const bool goes = attribute.SourceOn(Side::kAccept) == Source::kOffer;
    const std::string words = DutchAttribute(attribute.name);
    if (goes) {
      ++offered;
      EXPECT_NE(words, attribute.name) << "no Dutch for it";
    }
    EXPECT_EQ(html.find("<li>" + words + "</li>") != std::string::npos, goes) << attribute.name;
    EXPECT_EQ(markdown.find("- " + words + "\n") != std::string::npos, goes) << attribute.name;
  }
  EXPECT_GT(offered, 15U);
  EXPECT_THAT(html, Not(HasSubstr("gaat niet.")));
}

// The numbers beside a row are of the clauses that cover something of it, and of no others.
TEST_F(ProtocolExports, ClausesAreNumberedByCategoryAndGround) {
  protocol_ = Read(Edited(
      ExampleProtocolText(), "  - nummer: M-4",
      "  - {nummer: M-5, doel: doorverwijzing-hulp, van: [municipality], naar: [welfare], gronden: "
      "[vl-prev-2024], categorieen: [fenomeen], velden: []}\n"
      "  - {nummer: M-6, doel: doorverwijzing-hulp, van: [municipality], naar: [welfare], gronden: "
      "[be-458ter], categorieen: [risicofactor], velden: []}\n"
      "  - {nummer: M-7, doel: doorverwijzing-hulp, van: [municipality], naar: [welfare], gronden: "
      "[vl-prev-2024], categorieen: [risicofactor, fenomeen], velden: []}\n"
      "  - nummer: M-4"));
  const std::string markdown = DocumentMarkdown(Document());
  EXPECT_THAT(markdown, HasSubstr("| doorverwijzing-hulp | M-7, M-4 | gemeente |"));
}

TEST_F(ProtocolExports, ThePartOfTheSupervisorIsThereWhenItAdvised) {
  protocol_ = Read(Edited(ExampleProtocolText(), "\nonderwerp:",
                          "\nadvies_toezichthouder: {uitkomst: gunstig, datum: 2026-07-01, "
                          "referentie: VTC-1}\nonderwerp:"));
  EXPECT_THAT(
      DocumentHtml(Document()),
      HasSubstr("3. Advies van de toezichthouder</h2>\n<p>gunstig, VTC-1, 1 juli 2026.</p>"));
}

// A reader who is looked for learns by what, also from a text that is silent on it.
TEST_F(ProtocolExports, TheDocumentSaysByWhatPersonsAreFound) {
  constexpr char kNoNumber[] = "Geen rijksregisternummer, bisnummer of nummer van een andere staat";
  const std::string usual = DocumentHtml(Document());
  EXPECT_THAT(usual, HasSubstr(". Herkenning van betrokkenen</h2>"));
  EXPECT_THAT(usual, HasSubstr("<li>naam en geboortedatum</li>"));
  EXPECT_THAT(usual, HasSubstr(kNoNumber));
  EXPECT_THAT(usual, HasSubstr("Namen en geboortedatum volstaan"));
  const std::string silent = WithoutKey(ExampleProtocolText(), "herkenning");
  protocol_ = Read(silent);
  EXPECT_THAT(DocumentHtml(Document()), HasSubstr("<li>naam en geboortedatum</li>"));
  EXPECT_THAT(DocumentHtml(Document()), HasSubstr(kNoNumber));
  EXPECT_THAT(ProtocolRegister(protocol_, *packs_), Not(HasSubstr("be-nrn")));

  protocol_ = Read(silent + "\nherkenning: {sleutels: [be-nrn], waarom: \"Naamgenoten.\"}\n");
  for (const std::string& text : {DocumentHtml(Document()), DocumentMarkdown(Document())}) {
    EXPECT_THAT(text, HasSubstr("rijksregisternummer"));
    EXPECT_THAT(text, HasSubstr("Naamgenoten."));
    EXPECT_THAT(text, Not(HasSubstr(kNoNumber)));
    EXPECT_THAT(text, Not(HasSubstr("naam en geboortedatum")));
  }
  const Json json = Json::parse(ProtocolRegister(protocol_, *packs_));
  for (const Json& activity : json["@graph"]) {
    EXPECT_THAT(activity["dpv:hasPersonalData"].dump(), HasSubstr("urn:sluis:field:be-nrn"));
  }
  EXPECT_THAT(ProtocolRegisterCsv(protocol_, *packs_), HasSubstr("rijksregisternummer"));
}

TEST_F(ProtocolExports, EveryKindOfKeyIsSaidInDutch) {
  for (const std::string_view kind : kIdentityKinds) EXPECT_NE(DutchWord(kind), kind);
}

TEST_F(ProtocolExports, NoTextBecomesMarkup) {
  const std::string hostile = R"(<script>alert('x')</script> & "| [a](b) `c` *d* \ $e$)";
  const std::string bidi =
      "\xE2\x80\xAE"
      "om \xE2\x81\xA6";
  // No reader takes them all; whoever writes such a text into a document all the same is safe.
  protocol_.law = {hostile + bidi};
  protocol_.title = hostile + bidi;
  protocol_.parties[1].name = hostile + bidi;
  protocol_.data_subjects = {hostile + bidi};
  protocol_.retention[0].explanation = {hostile + bidi};
  const std::string html = DocumentHtml(Document());
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;|"));
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("\xE2\x80\xAE")));
  EXPECT_THAT(html, Not(HasSubstr("\xE2\x81\xA6")));
  const std::string markdown = DocumentMarkdown(Document());
  EXPECT_THAT(markdown, HasSubstr("&lt;script&gt;alert('x')&lt;/script&gt; &amp; \"\\| \\[a\\](b) "
                                  "\\`c\\` \\*d\\* \\\\ \\$e\\$"));
  EXPECT_THAT(markdown, Not(HasSubstr("<script")));
}

TEST(ProtocolMarkup, IsWrittenSo) {
  const ProtocolDocument document = {
      "A & b",
      {{DocumentBlock::Kind::kSection, "1. Een", {}, {}},
       {DocumentBlock::Kind::kParagraph, "- geen lijst\n# geen titel", {}, {}},
       {DocumentBlock::Kind::kParagraph, "2. geen nummer", {}, {}},
       {DocumentBlock::Kind::kList, "", {"x", "y|z"}, {}},
       {DocumentBlock::Kind::kTable, "T", {"k", "l"}, {{"a", "<b>"}}}}};
  EXPECT_EQ(DocumentMarkdown(document),
            "# A &amp; b\n\n## 1\\. Een\n\n\\- geen lijst \\# geen titel\n\n2\\. geen nummer\n\n"
            "- x\n- y\\|z\n\n**T**\n\n| k | l |\n|---|---|\n| a | &lt;b&gt; |\n");
  EXPECT_THAT(
      DocumentHtml(document),
      HasSubstr("<h1>A &amp; b</h1>\n<h2>1. Een</h2>\n<p>- geen lijst # geen titel</p>\n"
                "<p>2. geen nummer</p>\n<ul>\n<li>x</li>\n<li>y|z</li>\n</ul>\n<div class=\"wide\" "
                "role=\"region\" tabindex=\"0\" aria-label=\"T\">\n<table>\n"
                "<caption>T</caption>\n<thead><tr><th scope=\"col\">k</th><th "
                "scope=\"col\">l</th></tr></thead>\n<tbody>\n<tr><th "
                "scope=\"row\">a</th><td>&lt;b&gt;</td></tr>\n</tbody>\n</table>\n</div>\n"));
}

TEST_F(ProtocolExports, TheRegisterHasAnActivityForEachPurpose) {
  const Json json = Json::parse(ProtocolRegister(protocol_, *packs_));
  EXPECT_EQ(json["@context"]["toestemming"], "http://data.vlaanderen.be/ns/toestemming#");
  ASSERT_EQ(json["@graph"].size(), protocol_.purposes.size());
  const Json& fiche = json["@graph"][2];
  EXPECT_EQ(fiche["@type"][0], "toestemming:VerwerkingsActiviteit");
  EXPECT_EQ(fiche["dcterms:temporal"], "2026-09-01/2027-08-31");
  EXPECT_THAT(fiche["toestemming:verwerkingsgrond"].dump(),
              HasSubstr("eu-gdpr:A6-1-e-official-authority"));
  EXPECT_EQ(fiche["dpv:hasDataController"].size(), 2U) << "both municipalities";
  EXPECT_EQ(fiche["toestemming:verwerker"].size(), 2U);
  EXPECT_EQ(fiche["dpv:hasRecipient"][0]["@id"], "spiffe://pz-drie-sluizen.example");
  EXPECT_THAT(json["@graph"][1]["dpv:hasPurpose"].dump(), HasSubstr("dpv:Counterterrorism"));
  EXPECT_EQ(fiche["dpv:hasStorageCondition"]["dpv:hasDuration"]["@value"], "P365D");
}

TEST_F(ProtocolExports, TheRegisterSaysWhomToWriteToAndWhoElseReceives) {
  const Json json = Json::parse(ProtocolRegister(protocol_, *packs_));
  const Json& fiche = json["@graph"][2];
  const Json& officer = fiche["dpv:hasDataController"][0]["dpv:hasDataProtectionOfficer"];
  EXPECT_EQ(officer["@type"], "dpv:DataProtectionOfficer");
  EXPECT_EQ(officer["dpv:hasContact"],
            "functionaris voor gegevensbescherming, dpo@lindervaart.example");
  EXPECT_EQ(fiche["dpv:hasRecipient"][0]["dpv:hasDataProtectionOfficer"]["dpv:hasContact"],
            "functionaris voor gegevensbescherming, dpo@pz-drie-sluizen.example");
  EXPECT_EQ(fiche["dpv:hasThirdParty"]["@type"], "dpv:ThirdParty");
  EXPECT_THAT(fiche["dpv:hasThirdParty"]["dcterms:description"].dump(), HasSubstr("Niemand."));
  // An assessment is a thing that the activity has; DPIA is what kind of thing.
  EXPECT_EQ(fiche.at("dpv:hasImpactAssessment")["@type"], "dpv:DPIA");
  EXPECT_EQ(fiche.at("dpv:hasImpactAssessment")["dcterms:identifier"],
            "GEB Vaartland 2026, versie 2");
  EXPECT_EQ(fiche.at("dpv:hasImpactAssessment")["dcterms:date"]["@value"], "2026-05-20");
}

// Every property of the register is in the table that says how far it was looked up, and none of
// them begins as a class does.
void ExpectNamed(const Json& json, const std::set<std::string_view>& names) {
  for (const auto& [key, value] : json.items()) {
    if (json.is_object() && !key.starts_with("@")) {
      EXPECT_TRUE(names.contains(key)) << key;
      EXPECT_TRUE(std::islower(key[key.find(':') + 1])) << key;
    }
    if (value.is_structured()) ExpectNamed(value, names);
  }
}

TEST_F(ProtocolExports, EveryNameOfTheRegisterIsInTheTable) {
  std::set<std::string_view> names;
  for (const NameInUse& one : NamesInUse()) names.insert(one.name);
  ExpectNamed(Json::parse(ProtocolRegister(protocol_, *packs_))["@graph"], names);
}

TEST_F(ProtocolExports, TheRegisterAsRowsIsNoFormula) {
  protocol_.title = "x";
  protocol_.dpia_reference = "=cmd()";
  protocol_.third_parties = {"-2+3, \"x\""};
  protocol_.security = {"\n=1"};
  const std::string csv = ProtocolRegisterCsv(protocol_, *packs_);
  size_t lines = 0;
  for (size_t at = 0; (at = csv.find("\r\n", at)) != std::string::npos; ++at) ++lines;
  EXPECT_EQ(lines, protocol_.purposes.size() + 1);
  EXPECT_THAT(csv, HasSubstr(",\"'=cmd(), 2026-05-20\""));
  EXPECT_THAT(csv, HasSubstr(",\"'-2+3, \"\"x\"\"\","));
  EXPECT_THAT(csv, HasSubstr(",\"'\n=1\","));
  // Lists within a cell are separated by what separates cells elsewhere.
  EXPECT_THAT(csv, HasSubstr(",\"be-livc-2018; vl-prev-2024\","));
  EXPECT_THAT(csv, HasSubstr("\r\nprot-vaartland-2026-01,1,signaal-intake,"));
}

TEST(ProtocolIris, EveryPrefixIsKnown) {
  std::set<std::string> known;
  for (const IriPrefix& one : IriPrefixes()) known.insert(std::string(one.prefix));
  for (const char* field : {"statements", "age_band", "subject_ref"}) {
    const std::string iri = FieldIri(field);
    EXPECT_TRUE(known.contains(iri.substr(0, iri.find(':')))) << iri;
  }
  EXPECT_EQ(FieldIri("place"), "urn:sluis:field:place");
}

TEST(ProtocolWords, ObligationsAreSaid) {
  EXPECT_EQ(
      DutchObligation(Onward{2, "amber", true, false}),
      "verder delen hoogstens als TLP amber; verder delen alleen als de afzender het toelaat");
  EXPECT_EQ(DutchObligation(Notify{{{"subject", 1}}}), "de betrokkene inlichten binnen 1 dag");
  EXPECT_EQ(DutchObligation(KAnonymity{10, {"municipality", "quarter"}}),
            "alleen cijfers over minstens 10 personen, per gemeente en kwartaal");
  EXPECT_EQ(DutchDay("2026-03-09"), "9 maart 2026");
}

}  // namespace
}  // namespace sluis::policies
