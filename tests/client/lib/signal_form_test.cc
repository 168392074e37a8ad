#include "client/lib/signal_form.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "client/lib/form_words.h"

namespace sluis::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const FormOptions kOptions{"2025-11-21", false};
const FormOptions kSecrecy{"2025-11-21", true};

Form Place() {
  return {{"datum", {"03/11/2025"}}, {"wijk", {"Stationswijk"}},
          {"over", {"plaats"}},      {"categorie", {"gedrag-online"}},
          {"onlife", {"online"}},    {"bronwijze", {"tegengekomen"}},
          {"feit", {"Een oproep."}}, {"grens", {"geen"}},
          {"kanaal", {"overleg"}},   {"tlp", {"amber"}}};
}

Form Person() {
  Form form = Place();
  form["over"] = {"persoon"};
  form["verwijzing"] = {"DO-2025-114"};
  form["leeftijd"] = {"16-17"};
  form["cliënt_ingelicht"] = {"ja"};
  form["cliënt_akkoord"] = {"niet gevraagd"};
  return form;
}

// "field key" of each remark.
std::vector<std::string> Remarks(const Form& form, const FormOptions& options = kOptions) {
  record::v1::Signal signal;
  std::vector<std::string> out;
  for (const Remark& remark : FillSignal(form, options, &signal)) {
    out.push_back(remark.field + " " + remark.message.key);
  }
  return out;
}

std::vector<std::string> With(Form form, const std::string& field, std::vector<std::string> values,
                              const FormOptions& options = kOptions) {
  form[field] = std::move(values);
  return Remarks(form, options);
}

TEST(SignalFormTest, FillsASignalAboutAPlace) {
  record::v1::Signal signal;
  ASSERT_THAT(FillSignal(Place(), kOptions, &signal), IsEmpty());
  EXPECT_EQ(signal.content().observed_on(), "2025-11-03");
  EXPECT_EQ(signal.content().subject_kind(), record::v1::SUBJECT_KIND_PLACE);
  EXPECT_EQ(signal.content().age_band(), record::v1::AGE_BAND_UNSPECIFIED);
  EXPECT_EQ(signal.content().client_informed(), record::v1::CLIENT_INFORMED_UNSPECIFIED);
  EXPECT_EQ(signal.content().statements(0).assertion(), record::v1::ASSERTION_FACT);
  EXPECT_FALSE(signal.marks().secret());
}

TEST(SignalFormTest, FillsASignalAboutAPerson) {
  Form form = Person();
  form["van_horen_zeggen"] = {"a", "b"};
  form["client_ingelicht"] = form["cliënt_ingelicht"];
  form.erase("cliënt_ingelicht");
  record::v1::Signal signal;
  ASSERT_THAT(FillSignal(form, kSecrecy, &signal), IsEmpty());
  EXPECT_TRUE(signal.content().minor());
  EXPECT_EQ(signal.content().client_informed(), record::v1::CLIENT_INFORMED_YES);
  EXPECT_EQ(signal.content().statements_size(), 3);
  EXPECT_EQ(signal.content().statements(2).assertion(), record::v1::ASSERTION_HEARSAY);
  EXPECT_TRUE(signal.marks().secret()) << "on by default under a secrecy regime";
}

TEST(SignalFormTest, EveryRequiredFieldIsNamed) {
  EXPECT_THAT(
      Remarks({}),
      ElementsAre("datum field.required", "over field.required", "categorie field.required",
                  "onlife field.required", "bronwijze field.required", "feit field.no_statement",
                  "grens field.required", "kanaal field.required", "tlp field.required"));
  Form person = Person();
  for (const char* name : {"verwijzing", "leeftijd", "cliënt_ingelicht", "cliënt_akkoord"}) {
    person.erase(name);
  }
  EXPECT_THAT(Remarks(person),
              ElementsAre("verwijzing field.required", "minderjarig field.required",
                          "cliënt_ingelicht field.required", "cliënt_akkoord field.required"));
  EXPECT_THAT(With(Place(), "wijk", {" "}), ElementsAre("wijk field.required"));
}

TEST(SignalFormTest, AMandateBelongsToWhatWasLookedFor) {
  EXPECT_THAT(With(Place(), "opdracht", {"OPDR-2026/14"}),
              ElementsAre("opdracht field.only_looked_for"));
  Form form = Place();
  form["bronwijze"] = {"opgezocht"};
  EXPECT_THAT(With(form, "opdracht", {"14"}), ElementsAre("opdracht field.bad_mandate"));
  EXPECT_THAT(With(form, "opdracht", {"opdracht 14"}), ElementsAre("opdracht field.bad_mandate"));
  form["opdracht"] = {"OPDR-2026/14"};
  record::v1::Signal signal;
  ASSERT_THAT(FillSignal(form, kSecrecy, &signal), IsEmpty());
  EXPECT_EQ(signal.content().mandate_reference(), "OPDR-2026/14");
  EXPECT_EQ(FormOf(signal)["opdracht"], form["opdracht"]);
}

TEST(SignalFormTest, RefusesDays) {
  EXPECT_THAT(With(Place(), "datum", {"3/11/25"}), ElementsAre("datum field.bad_day"));
  EXPECT_THAT(With(Place(), "datum", {"22/11/2025"}), ElementsAre("datum field.future"));
  EXPECT_THAT(With(Place(), "datum", {"21/11/2025"}), IsEmpty());
}

TEST(SignalFormTest, LimitsAreCountedInCharacters) {
  const auto text = [](size_t count) {
    std::string out;
    for (size_t i = 0; i < count; ++i) out += "é";
    return out;
  };
  for (const auto& [field, max] :
       std::vector<std::pair<std::string, size_t>>{{"wijk", 120},
                                                   {"feit", 2000},
                                                   {"risico", 500},
                                                   {"bescherming", 500},
                                                   {"andere_uitleg", 1000},
                                                   {"positief", 1000},
                                                   {"inbrenger", 200}}) {
    EXPECT_THAT(With(Place(), field, {text(max)}), IsEmpty()) << field;
    EXPECT_THAT(With(Place(), field, {text(max + 1)}), ElementsAre(field + " field.too_long"));
  }
  EXPECT_THAT(With(Person(), "verwijzing", {std::string(64, 'a')}), IsEmpty());
  EXPECT_THAT(With(Person(), "verwijzing", {std::string(65, 'a')}),
              ElementsAre("verwijzing field.too_long", "verwijzing field.bad_reference"));
}

TEST(SignalFormTest, RefusesWrongShapes) {
  EXPECT_THAT(With(Person(), "verwijzing", {"Jan Peeters"}),
              ElementsAre("verwijzing field.bad_reference"));
  EXPECT_THAT(With(Place(), "categorie", {"Gedrag Online"}),
              ElementsAre("categorie field.bad_category"));
  EXPECT_THAT(With(Place(), "onlife", {"soms"}), ElementsAre("onlife field.not_one_of"));
  EXPECT_THAT(With(Place(), "tlp", {"white"}), ElementsAre("tlp field.not_one_of"));
  EXPECT_THAT(With(Place(), "geen_bewijs", {"misschien"}),
              ElementsAre("geen_bewijs field.not_one_of"));
  EXPECT_THAT(With(Place(), "feit", {"a\tb"}), ElementsAre("feit field.control"));
  EXPECT_THAT(With(Place(), "feit", {"\xE9"}), ElementsAre("feit field.not_text"));
  EXPECT_THAT(With(Place(), "wijk", {"a", "b"}), ElementsAre("wijk field.once"));
  EXPECT_THAT(With(Place(), "risico", std::vector<std::string>(9, "x")),
              ElementsAre("risico field.too_many"));
  EXPECT_THAT(With(Place(), "feit", std::vector<std::string>(9, "x")),
              ElementsAre("feit field.too_many"));
  EXPECT_THAT(With(Place(), "ideologie", {"x"}), ElementsAre("ideologie field.unknown"));
}

TEST(SignalFormTest, FieldsOfAPersonAreRefusedForAPlace) {
  for (const std::string field : {"verwijzing", "leeftijd", "minderjarig", "cliënt_ingelicht",
                                  "cliënt_ingelicht_reden", "cliënt_akkoord"}) {
    EXPECT_THAT(With(Place(), field, {"ja"}), ElementsAre(field + " field.only_person"));
  }
}

TEST(SignalFormTest, AgeAndMinorAgree) {
  EXPECT_THAT(With(Person(), "minderjarig", {"nee"}),
              ElementsAre("minderjarig field.minor_contradicts"));
  EXPECT_THAT(With(Person(), "minderjarig", {"WAAR"}), IsEmpty());
  EXPECT_THAT(With(Person(), "leeftijd", {"onbekend"}), ElementsAre("minderjarig field.required"));
  EXPECT_THAT(With(Person(), "leeftijd", {"65+"}), IsEmpty());
}

TEST(SignalFormTest, DeferredInformingNeedsItsGround) {
  EXPECT_THAT(With(Person(), "cliënt_ingelicht", {"uitgesteld"}),
              ElementsAre("cliënt_ingelicht_reden field.required"));
  EXPECT_THAT(With(Person(), "cliënt_ingelicht_reden", {"later"}),
              ElementsAre("cliënt_ingelicht_reden field.only_deferred"));
}

TEST(SignalFormTest, TakingOffTheSecrecyMarkNeedsAReason) {
  EXPECT_THAT(With(Place(), "beroepsgeheim", {"nee"}, kSecrecy),
              ElementsAre("beroepsgeheim_reden field.required"));
  EXPECT_THAT(With(Place(), "beroepsgeheim", {"nee"}), IsEmpty());
  Form form = Place();
  form["beroepsgeheim"] = {"nee"};
  EXPECT_THAT(With(form, "beroepsgeheim_reden", {"te kort"}, kSecrecy),
              ElementsAre("beroepsgeheim_reden field.too_short"));
  EXPECT_THAT(With(form, "beroepsgeheim_reden", {"lang genoeg."}, kSecrecy), IsEmpty());
  EXPECT_THAT(With(Place(), "beroepsgeheim_reden", {"lang genoeg."}), IsEmpty());
  EXPECT_THAT(With(Place(), "beroepsgeheim_reden", {"lang genoeg."}, kSecrecy),
              ElementsAre("beroepsgeheim_reden field.only_unmarked"));
}

TEST(SignalFormTest, FormOfIsReadBackAsTheSameSignal) {
  Form form = Person();
  form["feit"] = {"een\ntwee", "drie"};
  form["inschatting"] = {"misschien"};
  form["risico"] = {"a", "b"};
  form["bescherming"] = {"c"};
  form["andere_uitleg"] = {"d"};
  form["positief"] = {"e"};
  form["inbrenger"] = {"Jeugdhuis 't Vlot"};
  form["cliënt_ingelicht"] = {"uitgesteld"};
  form["cliënt_ingelicht_reden"] = {"na het gesprek"};
  form["geen_bewijs"] = {"ja"};
  form["niet_doorgeven"] = {"ja"};
  record::v1::Signal first;
  ASSERT_THAT(FillSignal(form, kSecrecy, &first), IsEmpty());
  record::v1::Signal second;
  ASSERT_THAT(FillSignal(FormOf(first), kSecrecy, &second), IsEmpty());
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(first, second));
}

TEST(SignalFormTest, WordsOfTheFieldsAreThoseThatAreUnderstood) {
  const auto shown = [](std::string_view name) { return FindFormField(name)->words; };
  const auto joined = [](std::span<const Word> words) {
    std::string out;
    int last = -1;
    std::vector<int> seen;
    for (const Word& word : words) {
      if (std::find(seen.begin(), seen.end(), word.value) != seen.end()) continue;
      seen.push_back(word.value);
      out += (last < 0 ? "" : "|") + std::string(word.word);
      last = word.value;
    }
    return out;
  };
  EXPECT_EQ(shown("over"), joined(WordsOf<record::v1::SubjectKind>()));
  EXPECT_EQ(shown("leeftijd"), joined(WordsOf<record::v1::AgeBand>()));
  EXPECT_EQ(shown("onlife"), joined(WordsOf<record::v1::Onlife>()));
  EXPECT_EQ(shown("bronwijze"), joined(WordsOf<record::v1::SourceMode>()));
  EXPECT_EQ(shown("grens"), joined(WordsOf<record::v1::NormativeBorder>()));
  EXPECT_EQ(shown("kanaal"), joined(WordsOf<record::v1::Channel>()));
  EXPECT_EQ(shown("tlp"), joined(WordsOf<record::v1::Tlp>()));
  EXPECT_EQ(shown("cliënt_ingelicht"), joined(WordsOf<record::v1::ClientInformed>()));
  EXPECT_EQ(shown("cliënt_akkoord"), joined(WordsOf<record::v1::ClientAgrees>()));
  EXPECT_EQ(ValueOf<record::v1::AgeBand>("12 – 15"), record::v1::AGE_BAND_12_TO_15);
  EXPECT_EQ(ValueOf<record::v1::NormativeBorder>("Systematische_Vijandigheid"),
            record::v1::NORMATIVE_BORDER_SYSTEMATIC_HOSTILITY);
}

}  // namespace
}  // namespace sluis::client
