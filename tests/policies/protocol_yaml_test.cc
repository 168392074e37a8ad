// Reading a protocol: what the example says, and what is refused and where.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/example_protocol.h"

namespace sluis::policies {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::string> FaultsOf(const std::string& text) {
  const ProtocolReading reading = ReadProtocol("p.yaml", text);
  EXPECT_EQ(reading.faults.empty(), reading.protocol.has_value());
  std::vector<std::string> faults;
  for (const absl::Status& fault : reading.faults) {
    EXPECT_EQ(fault.code(), absl::StatusCode::kInvalidArgument);
    faults.emplace_back(fault.message());
  }
  return faults;
}

TEST(ProtocolYaml, TheExampleSaysWhatItSays) {
  const ProtocolReading reading = ReadProtocol("p.yaml", ExampleProtocolText());
  ASSERT_THAT(FaultsOf(ExampleProtocolText()), IsEmpty());
  const Protocol& protocol = *reading.protocol;
  EXPECT_EQ(protocol.id, "prot-vaartland-2026-01");
  EXPECT_THAT(protocol.parties, SizeIs(5));
  EXPECT_EQ(protocol.parties[2].regime, "lwg");
  EXPECT_EQ(protocol.advices[4].outcome, "voorwaardelijk");
  EXPECT_THAT(protocol.advices[4].follow_up, SizeIs(1));
  EXPECT_EQ(protocol.clauses[0].id.text, "M-1");
  EXPECT_EQ(protocol.review.text, "2027-05-31");
  EXPECT_EQ(protocol.grace_days, 60);
  EXPECT_EQ(protocol.retention[1].days, 180);
  EXPECT_EQ(protocol.publications[0].url, "https://www.lindervaart.example/protocollen");
}

TEST(ProtocolYaml, EveryHeadingIsMissedWhenItIsGone) {
  const std::string text = ExampleProtocolText();
  size_t required = 0;
  for (const ProtocolHeading& heading : ProtocolHeadings()) {
    if (heading.optional) continue;
    ++required;
    const std::string quoted = "the heading \"" + std::string(heading.key) + "\"";
    EXPECT_THAT(
        FaultsOf(WithoutKey(text, heading.key)),
        testing::Contains(AllOf(HasSubstr("p.yaml:4:1: "), HasSubstr(quoted + " is missing"))))
        << heading.key;
    // Empty is no better.
    const std::string empty =
        WithoutKey(text, heading.key) + "\n" + std::string(heading.key) + ":\n";
    EXPECT_THAT(FaultsOf(empty), testing::Contains(HasSubstr(quoted + " is empty"))) << heading.key;
    EXPECT_TRUE(heading.decree || heading.federal_act) << heading.key;
    EXPECT_FALSE(heading.title.empty() || heading.hint.empty()) << heading.key;
  }
  EXPECT_EQ(required, 22U);
  for (const char* key : {"sluis", "protocol", "regelpakketten"}) {
    EXPECT_THAT(FaultsOf(WithoutKey("\n" + text, key)), testing::Contains(HasSubstr("is missing")))
        << key;
  }
}

struct Wrong {
  const char* from;
  const char* to;
  const char* word;  // the fault stands where this word stands
  const char* says;
};

class RefusalTest : public testing::TestWithParam<Wrong> {};

TEST_P(RefusalTest, IsRefusedInItsPlace) {
  const Wrong& wrong = GetParam();
  const std::string text = Edited(ExampleProtocolText(), wrong.from, wrong.to);
  ASSERT_NE(text, "?") << wrong.from;
  EXPECT_THAT(FaultsOf(text), testing::ElementsAre(AllOf(
                                  testing::StartsWith("p.yaml:" + PlaceOf(text, wrong.word) + ": "),
                                  HasSubstr(wrong.says))));
}

INSTANTIATE_TEST_SUITE_P(
    Protocol, RefusalTest,
    testing::Values(
        Wrong{"\nkwaliteit:", "\nkwalitiet:", "kwalitiet:", "nearest: \"kwaliteit\""},
        Wrong{"sluis: 1", "sluis: 2", "2\nprotocol", "not a whole number from 1 to 1"},
        Wrong{"versie: 1\n  titel", "versie: nul\n  titel", "nul\n", "not a whole number"},
        Wrong{"id: prot-", "id: Prot-", "Prot-", "must start with a-z"},
        Wrong{"digest: ", "digest: Z", "Z", "not a digest of 64"},
        Wrong{"toezichthouder: COC", "toezichthouder: COCC", "COCC", "nearest: \"COC\""},
        Wrong{"regime: avg", "regime: agv", "agv\n", "nearest: \"avg\""},
        Wrong{"verantwoordelijkheid: zelfstandig", "verantwoordelijkheid: samen", "samen\n",
              "unknown word for verantwoordelijkheid"},
        Wrong{"uitkomst: gunstig, datum: 2026-06-10", "uitkomst: gunstigg, datum: 2026-06-10",
              "gunstigg", "nearest: \"gunstig\""},
        Wrong{"datum: 2026-06-10", "datum: 2026-06-31", "2026-06-31", "not an existing day"},
        Wrong{"partij: zandrode.example\n    contact", "partij: zandrood.example\n    contact",
              "zandrood.example", "nearest: \"zandrode.example\""},
        Wrong{"partij: zandrode.example\n    contact", "partij: lindervaart.example\n    contact",
              "lindervaart.example\n    contact: \"functionaris voor gegevensbescherming, "
              "dpo@zandrode",
              "already given"},
        Wrong{"      gevolg: ", "      anders: ", "anders: ", "unknown key in advies"},
        Wrong{"doel: casusoverleg-458ter\n    van", "doel: casusoverleg-458\n    van",
              "casusoverleg-458\n", "nearest: \"casusoverleg-458ter\""},
        Wrong{"van: [municipality, welfare]", "van: [municipality, wellfare]", "wellfare",
              "nearest: \"welfare\""},
        Wrong{"gronden: [vl-livc-2021, vl-prev-2024]", "gronden: [vl-livc-2021, vl-prev-2025]",
              "vl-prev-2025", "nearest: \"vl-prev-2024\""},
        Wrong{"categorieen: [gedrag-offline, ", "categorieen: [gedrag-ofline, ", "gedrag-ofline",
              "nearest: \"gedrag-offline\""},
        Wrong{"velden: [statements, risk", "velden: [statement, risk", "statement, risk",
              "nearest: \"statements\""},
        Wrong{"velden: [statements, risk", "velden: [statements, statements, risk",
              "statements, risk", "already named"},
        Wrong{"sleutels: [name-date, ", "sleutels: [name-dat, ", "name-dat,",
              "nearest: \"name-date\""},
        Wrong{"sleutels: [name-date, ", "sleutels: [name-date, skeleton-date, ",
              "skeleton-date, skeleton-swapped", "already named"},
        Wrong{"sleutels: [name-date, skeleton-date, skeleton-swapped-date, given-date-area]",
              "sleutels: []", "[]\n  waarom", "at least one word"},
        Wrong{"sleutels: [name-date, ", "sleutels: [foreign-number, name-date, ", "foreign-number",
              "goes with be-nrn only"},
        Wrong{"sleutels: [name-date, ", "sleutels: [be-bis, foreign-number, name-date, ",
              "foreign-number", "goes with be-nrn only"},
        Wrong{"waarom: \"Namen en geboortedatum", "warom: \"Namen en geboortedatum",
              "warom:", "unknown key in herkenning"},
        Wrong{"waarom: \"Namen en geboortedatum", "waarom: \"INVULLEN", "\"INVULLEN",
              "still to be filled in"},
        Wrong{"nummer: M-2", "nummer: M-1", "M-1\n    doel: casusoverleg-458ter", "already given"},
        Wrong{"tot: 2027-08-31", "tot: 2025-08-31", "2025-08-31", "before the first"},
        Wrong{"herziening: 2027-05-31", "herziening: 2027-09-01", "2027-09-01",
              "outside the duration"},
        Wrong{"respijt: P60D", "respijt: 60", "60\n\nbewaring", "not a number of days"},
        Wrong{"datum: 2026-05-20", "datum: 2026-09-02", "2026-09-01\n  tot",
              "before the impact assessment"},
        Wrong{"datum: 2026-06-10", "datum: 2026-09-02", "2026-09-01\n  tot",
              "before the advice of a data"},
        Wrong{"  - {doel: signaal-intake, termijn: P365D", "  - {doel: evaluatie, termijn: P365D",
              "evaluatie", "does not stand under doeleinden"},
        Wrong{"adres: \"https://www.zandrode", "adres: \"http://www.zandrode",
              "\"http://www.zandrode", "begins with https://"},
        Wrong{"referentie: \"GEB Vaartland 2026, versie 2\"", "referentie: \"\"", "\"\"\n  datum",
              "must be one word or text"},
        Wrong{"\"Belgisch recht.", "\"INVULLEN: recht.", "\"INVULLEN", "still to be filled in"},
        Wrong{"\"Belgisch recht.", "\"Recht: INVULLEN.", "\"Recht", "still to be filled in"},
        Wrong{"derden: \"Niemand.", "derden: \"  \" # \"", "\"  \"", "is blank"},
        // Of what shows nothing, of what shows no word, and of what hides in words.
        Wrong{"derden: \"Niemand.", "derden: \"\\xA0\\u2003\" # \"", "\"\\xA0", "is blank"},
        Wrong{"derden: \"Niemand.", "derden: \"\\u2800\" # \"", "\"\\u2800", "is blank"},
        Wrong{"derden: \"Niemand.", "derden: \"\\xAD\\u200D\" # \"", "\"\\xAD", "is blank"},
        Wrong{"derden: \"Niemand.", "derden: \"- ... -\" # \"", "\"- ...", "is blank"},
        Wrong{"derden: \"Niemand.", "derden: \"\\u200B\" # \"", "\"\\u200B", "U+200B"},
        Wrong{"derden: \"Niemand.", "derden: \"\\u3164\" # \"", "\"\\u3164", "U+3164"},
        Wrong{"derden: \"Niemand.", "derden: \"Nie\\u202Emand.", "\"Nie\\u202E", "U+202E"},
        Wrong{"derden: \"Niemand.", "derden: \"Nie\\u2066mand.", "\"Nie\\u2066", "U+2066"},
        Wrong{"derden: \"Niemand.", "derden: \"Nie\\U000E0041mand.", "\"Nie\\U000E", "U+E0041"},
        Wrong{"derden: \"Niemand.", "derden: \"Nie\\x07mand.", "\"Nie\\x07", "U+0007"},
        Wrong{"derden: \"Niemand.", "derden: \"Nie\\tmand.", "\"Nie\\t", "U+0009"},
        Wrong{"derden: \"Niemand.", "derden: \"Nie\\x85mand.", "\"Nie\\x85", "U+0085"},
        Wrong{"derden: \"Niemand.", "derden: \"Nie\\u2028mand.", "\"Nie\\u2028", "U+2028"},
        Wrong{"naam: \"Gemeente Zandrode", "naam: \"Gemeente\\u200B Zandrode", "\"Gemeente\\u",
              "U+200B"},
        Wrong{"bedenktijd voor elke", "bedenktijd\xE2\x80\xAE voor elke", "\"De functionaris vroeg",
              "U+202E"}));

// Words are written with these, and paragraphs with lines.
TEST(ProtocolYaml, CharactersOfWordsAreTaken) {
  std::string text =
      Edited(ExampleProtocolText(), "derden: \"Niemand.",
             "derden: \"Niemand,\\nook geen na\\xADtuurlijk persoon: co\\u200D\\xF6.");
  EXPECT_THAT(FaultsOf(text), IsEmpty());
}

// The kinds that a text uses; its faults when it is not taken.
std::vector<std::string> KindsWith(const std::string& part) {
  const std::string silent = WithoutKey(ExampleProtocolText(), "herkenning");
  EXPECT_NE(silent, "?");
  const ProtocolReading reading = ReadProtocol("p.yaml", silent + part);
  if (!reading.protocol) return FaultsOf(silent + part);
  std::vector<std::string> kinds;
  for (const std::string_view kind : kIdentityKinds) {
    if (reading.protocol->UsesIdentityKind(kind)) kinds.emplace_back(kind);
  }
  return kinds;
}

TEST(ProtocolYaml, PersonsAreFoundByNoNumberUnlessTheTextSaysWhy) {
  using testing::ElementsAre;
  EXPECT_THAT(KindsWith(""),
              ElementsAre("name-date", "skeleton-date", "skeleton-swapped-date", "given-date-area"))
      << "what a silent text means";
  EXPECT_THAT(KindsWith("\nherkenning: {sleutels: skeleton-date}\n"), ElementsAre("skeleton-date"));
  for (const char* number : {"be-nrn", "be-bis"}) {
    const std::string part =
        "\nherkenning:\n  sleutels: [name-date, " + std::string(number) + "]\n";
    EXPECT_THAT(KindsWith(part),
                ElementsAre(AllOf(HasSubstr("under \"waarom\""), HasSubstr(number))));
    EXPECT_THAT(KindsWith(part + "  waarom: \"Naamgenoten.\"\n"), ElementsAre(number, "name-date"));
    EXPECT_THAT(KindsWith(part + "  waarom: \" \"\n"), ElementsAre(HasSubstr("is blank")));
  }
  EXPECT_THAT(
      KindsWith("\nherkenning: {sleutels: [foreign-number, be-nrn], waarom: \"Papieren.\"}\n"),
      ElementsAre("be-nrn", "foreign-number"));
}

TEST(ProtocolYaml, IsBetweenTwoParties) {
  const std::string text = ExampleProtocolText();
  const size_t second = text.find("  - organisatie: zandrode");
  const std::string alone = text.substr(0, second) + text.substr(text.find("functionarissen:"));
  EXPECT_THAT(FaultsOf(alone), testing::Contains(HasSubstr("between at least two parties")));
}

TEST(ProtocolYaml, WhatEachPartyMustSayIsMissedForEach) {
  const std::string text = ExampleProtocolText();
  const std::string advice = "  - partij: zandrode.example\n    contact";
  const size_t begin = text.find(advice);
  const size_t end = text.find("  - partij:", begin + 1);
  EXPECT_THAT(FaultsOf(text.substr(0, begin) + text.substr(end)),
              testing::ElementsAre(HasSubstr("is missing: zandrode.example")));
  const size_t published = text.find("  - {partij: zandrode");
  const size_t next = text.find("  - {partij:", published + 1);
  EXPECT_THAT(FaultsOf(text.substr(0, published) + text.substr(next)),
              testing::ElementsAre(HasSubstr("is missing: zandrode.example")));
}

TEST(ProtocolYaml, EveryHeadingWithAFaultIsNamedAtOnce) {
  std::string text = Edited(ExampleProtocolText(), "respijt: P60D", "respijt: P-1D");
  text = Edited(text, "soort: welfare\n", "soort: \"\"\n");
  EXPECT_THAT(FaultsOf(text), SizeIs(2)) << "and nothing is blamed for what the parties lack";
}

// Nobody has to grant days after the review.
TEST(ProtocolYaml, TheGraceMayBeNone) {
  const ProtocolReading reading =
      ReadProtocol("p.yaml", Edited(ExampleProtocolText(), "respijt: P60D", "respijt: P0D"));
  ASSERT_TRUE(reading.protocol.has_value());
  EXPECT_EQ(reading.protocol->grace_days, 0);
  EXPECT_THAT(FaultsOf(Edited(ExampleProtocolText(), "{doel: signaal-intake, termijn: P365D",
                              "{doel: signaal-intake, termijn: P0D")),
              testing::ElementsAre(HasSubstr("P1D to P3650D")));
}

TEST(ProtocolYaml, TheDigestCoversWordsAndNothingElse) {
  const std::string text = ExampleProtocolText();
  const auto digest = [](const std::string& of) {
    const ProtocolReading reading = ReadProtocol("p.yaml", of);
    EXPECT_TRUE(reading.protocol.has_value());
    return reading.protocol ? crypto::HexEncode(crypto::View(reading.protocol->digest)) : "";
  };
  EXPECT_EQ(digest(text), digest("# een opmerking\n" + text));
  EXPECT_NE(digest(text), digest(Edited(text, "Belgisch recht.", "Belgisch recht!")));
  EXPECT_NE(digest(text), digest(Edited(text, "versie: 1", "versie: 2")));
}

TEST(ProtocolYaml, DaysAreCounted) {
  EXPECT_EQ(DayAfter("2027-05-31", 60), "2027-07-30");
  EXPECT_EQ(DayAfter("2027-12-31", 1), "2028-01-01");
  EXPECT_EQ(DayAfter("2028-02-28", 1), "2028-02-29");
}

}  // namespace
}  // namespace sluis::policies
