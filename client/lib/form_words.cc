#include "client/lib/form_words.h"

#include <algorithm>
#include <utility>

#include "client/lib/text.h"

namespace sluis::client {
namespace {

using namespace record::v1;  // NOLINT(google-build-using-namespace): the values of one proto file

constexpr Word kSubjectKind[] = {{"persoon", SUBJECT_KIND_PERSON}, {"plaats", SUBJECT_KIND_PLACE}};
constexpr Word kAgeBand[] = {{"onbekend", AGE_BAND_UNKNOWN}, {"onder 12", AGE_BAND_UNDER_12},
                             {"12-15", AGE_BAND_12_TO_15},   {"16-17", AGE_BAND_16_TO_17},
                             {"18-24", AGE_BAND_18_TO_24},   {"25-39", AGE_BAND_25_TO_39},
                             {"40-64", AGE_BAND_40_TO_64},   {"65+", AGE_BAND_65_AND_OVER}};
constexpr Word kOnlife[] = {{"online", ONLIFE_ONLINE},
                            {"offline", ONLIFE_OFFLINE},
                            {"beide", ONLIFE_BOTH},
                            {"nog niet bekeken", ONLIFE_NOT_YET_LOOKED_AT}};
constexpr Word kSourceMode[] = {{"tegengekomen", SOURCE_MODE_ENCOUNTERED},
                                {"opgezocht", SOURCE_MODE_LOOKED_FOR}};
constexpr Word kBorder[] = {{"geen", NORMATIVE_BORDER_NONE_NAMED},
                            {"geweld", NORMATIVE_BORDER_VIOLENCE},
                            {"systematische vijandigheid", NORMATIVE_BORDER_SYSTEMATIC_HOSTILITY},
                            {"ontmenselijking", NORMATIVE_BORDER_DEHUMANISATION}};
constexpr Word kChannel[] = {{"telefoon", CHANNEL_PHONE},
                             {"overleg", CHANNEL_MEETING},
                             {"papier", CHANNEL_PAPER},
                             {"eigen vaststelling", CHANNEL_OWN_OBSERVATION}};
constexpr Word kTlp[] = {{"clear", TLP_CLEAR},
                         {"green", TLP_GREEN},
                         {"amber", TLP_AMBER},
                         {"amber+strict", TLP_AMBER_STRICT},
                         {"red", TLP_RED},
                         {"tlp:clear", TLP_CLEAR},
                         {"tlp:green", TLP_GREEN},
                         {"tlp:amber", TLP_AMBER},
                         {"tlp:amber+strict", TLP_AMBER_STRICT},
                         {"tlp:red", TLP_RED}};
constexpr Word kInformed[] = {{"ja", CLIENT_INFORMED_YES},
                              {"nee", CLIENT_INFORMED_NO},
                              {"uitgesteld", CLIENT_INFORMED_DEFERRED},
                              {"neen", CLIENT_INFORMED_NO}};
constexpr Word kAgrees[] = {{"ja", CLIENT_AGREES_YES},
                            {"nee", CLIENT_AGREES_NO},
                            {"niet gevraagd", CLIENT_AGREES_NOT_ASKED},
                            {"neen", CLIENT_AGREES_NO}};
constexpr Word kAssertion[] = {{"feit", ASSERTION_FACT},
                               {"inschatting", ASSERTION_ASSESSMENT},
                               {"van horen zeggen", ASSERTION_HEARSAY}};
// A cell that holds a truth value becomes WAAR or ONWAAR when a Dutch spreadsheet writes CSV.
constexpr Word kYesNo[] = {{"ja", 1}, {"nee", 0}, {"neen", 0}, {"waar", 1}, {"onwaar", 0}};

constexpr std::pair<std::string_view, std::string_view> kFormNames[] = {
    {"statements", "feit"},
    {"category", "categorie"},
    {"source_mode", "bronwijze"},
    {"mandate_reference", "opdracht"},
    {"risk_factors", "risico"},
    {"protective_factors", "bescherming"},
    {"alternative_explanation", "andere_uitleg"},
    {"positive_development", "positief"},
    {"observed_on", "datum"},
    {"place", "wijk"},
    {"channel", "kanaal"},
    {"normative_border", "grens"},
    {"subject_kind", "over"},
    {"subject_ref", "verwijzing"},
    {"age_band", "leeftijd"},
    {"minor", "minderjarig"},
    {"client_informed", "cliënt_ingelicht"},
    {"client_informed_ground", "cliënt_ingelicht_reden"},
    {"client_agrees", "cliënt_akkoord"},
    {"contributor", "inbrenger"},
    {"secret", "beroepsgeheim"},
    {"secret_unmarked_reason", "beroepsgeheim_reden"},
    {"no_evidence", "geen_bewijs"},
    {"no_onward", "niet_doorgeven"}};

// Fields of who it is about, as nodes name them: these words behind the first.
constexpr std::string_view kOfPerson = "identity.";
constexpr std::pair<std::string_view, std::string_view> kPersonNames[] = {
    {"surname", "achternaam"},
    {"given", "voornaam"},
    {"born", "geboren"},
    {"sex", "geslacht"},
    {"postal_area", "postcode"},
    {"national_number", "rijksregisternummer"},
    {"bis_number", "bisnummer"},
    {"foreign_country", "land"},
    {"foreign_number", "buitenlands_nummer"}};

std::string Plain(std::string_view text) {
  std::string out = Lower(Tidy(text));
  for (const std::string_view dash : {"\u2013", "\u2014", "-", "_"}) {
    for (size_t at = out.find(dash); at != std::string::npos; at = out.find(dash, at)) {
      out.replace(at, dash.size(), " ");
    }
  }
  // Blanks around a dash ("12 - 15") come out as several.
  out.erase(
      std::unique(out.begin(), out.end(), [](char a, char b) { return a == ' ' && b == ' '; }),
      out.end());
  return out;
}

}  // namespace

template <>
std::span<const Word> WordsOf<SubjectKind>() {
  return kSubjectKind;
}
template <>
std::span<const Word> WordsOf<AgeBand>() {
  return kAgeBand;
}
template <>
std::span<const Word> WordsOf<Onlife>() {
  return kOnlife;
}
template <>
std::span<const Word> WordsOf<SourceMode>() {
  return kSourceMode;
}
template <>
std::span<const Word> WordsOf<NormativeBorder>() {
  return kBorder;
}
template <>
std::span<const Word> WordsOf<Channel>() {
  return kChannel;
}
template <>
std::span<const Word> WordsOf<Tlp>() {
  return kTlp;
}
template <>
std::span<const Word> WordsOf<ClientInformed>() {
  return kInformed;
}
template <>
std::span<const Word> WordsOf<ClientAgrees>() {
  return kAgrees;
}
template <>
std::span<const Word> WordsOf<Assertion>() {
  return kAssertion;
}

std::span<const Word> YesNoWords() { return kYesNo; }

std::optional<int> FindValue(std::span<const Word> words, std::string_view text) {
  const std::string plain = Plain(text);
  for (const Word& word : words) {
    if (Plain(word.word) == plain) return word.value;
  }
  return std::nullopt;
}

std::string FormNameOf(std::string_view proto_field) {
  if (proto_field.starts_with(kOfPerson)) {
    const std::string_view text = proto_field.substr(kOfPerson.size());
    for (const auto& [proto, name] : kPersonNames) {
      if (proto == text) return std::string(name);
    }
  }
  for (const auto& [proto, name] : kFormNames) {
    if (proto == proto_field) return std::string(name);
  }
  return std::string(proto_field);
}

std::string_view FindWord(std::span<const Word> words, int value) {
  for (const Word& word : words) {
    if (word.value == value) return word.word;
  }
  return {};
}

}  // namespace sluis::client
