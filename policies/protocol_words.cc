#include "policies/protocol_words.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>
#include <variant>

namespace sluis::policies {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;
constexpr auto kWords = std::to_array<Pair>({
    {"municipality", "gemeente"},
    {"police-zone", "politiezone"},
    {"welfare", "welzijnsorganisatie"},
    {"none", "zonder categorie"},
    {"statements", "wat vastgesteld is"},
    {"category", "categorie"},
    {"onlife", "online of offline"},
    {"source_mode", "hoe het gezien werd"},
    {"risk_factors", "risicofactoren"},
    {"protective_factors", "beschermende factoren"},
    {"alternative_explanation", "andere uitleg"},
    {"positive_development", "positieve ontwikkeling"},
    {"observed_on", "dag van vaststelling"},
    {"place", "plaats"},
    {"channel", "kanaal"},
    {"normative_border", "geraakte grens"},
    {"age_band", "leeftijdsgroep"},
    {"minor", "minderjarig of niet"},
    {"client_informed", "of de betrokkene ingelicht is"},
    {"client_agrees", "of de betrokkene akkoord gaat"},
    {"subject_ref", "verwijzing van de organisatie"},
    {"contributor", "inbrenger"},
    {"recorded_by", "wie het optekende"},
    {"identity", "wie de betrokkene is"},
    {"be-nrn", "rijksregisternummer"},
    {"be-bis", "bisnummer"},
    {"foreign-number", "nummer van een andere staat"},
    {"name-date", "naam en geboortedatum"},
    {"skeleton-date", "klank van de naam en geboortedatum"},
    {"skeleton-swapped-date",
     "klank van de achternaam, voorletter en geboortedatum, ook met dag en maand verwisseld (enkel "
     "binnen de eigen organisatie)"},
    {"given-date-area",
     "klank van de voornaam, geboortedatum, geslacht en streek (enkel binnen de eigen "
     "organisatie)"},
    {"subject", "betrokkene"},
    {"month", "maand"},
    {"quarter", "kwartaal"},
});
constexpr auto kAttributes = std::to_array<Pair>({
    {"purpose", "het doel"},
    {"basis", "de rechtsgrond"},
    {"basis.lifts", "of de rechtsgrond het beroepsgeheim opheft"},
    {"case.given", "of er een casus genoemd is"},
    {"to.role", "voor welke functie bij de ontvanger het bestemd is"},
    {"record.category", "de categorie van het signaal"},
    {"record.tlp", "het TLP-label"},
    {"record.secret", "of het onder beroepsgeheim valt"},
    {"record.no_evidence", "of het geen bewijs mag zijn"},
    {"record.no_onward", "of het niet verder gedeeld mag worden"},
    {"record.assertion", "of het een feit, een inschatting of horen zeggen is"},
    {"record.onlife", "of het online of offline gezien is"},
    {"record.source_mode", "of het tegengekomen of opgezocht is"},
    {"record.mandate_reference", "of er een opdracht bij hoort"},
    {"record.author_mode",
     "de aard van de rol waarin het opgetekend is (verbinden, voorkomen, helpen of handhaven)"},
    {"record.client_agrees", "of de betrokkene akkoord gaat"},
    {"record.subject_kind", "of het over een persoon of een plaats gaat"},
    {"subject.minor", "of de betrokkene minderjarig is"},
    {"record.age_days", "hoeveel dagen oud het signaal is"},
    {"case.listed", "of de casus op de lijst staat"},
    {"case.border_named", "of er een overschreden grens genoemd is"},
});
constexpr std::array<std::string_view, 12> kMonths = {
    "januari", "februari", "maart",     "april",   "mei",      "juni",
    "juli",    "augustus", "september", "oktober", "november", "december"};

std::string In(std::span<const Pair> words, std::string_view word) {
  const auto found = std::find_if(words.begin(), words.end(),
                                  [word](const Pair& one) { return one.first == word; });
  return std::string(found == words.end() ? word : found->second);
}

std::string Days(int32_t days) { return std::to_string(days) + (days == 1 ? " dag" : " dagen"); }

void Join(std::string& text, std::string_view part) {
  text += (text.empty() ? "" : "; ") + std::string(part);
}

struct Phrase {
  std::string operator()(const FieldTreatments& asked) const {
    std::string text;
    for (const auto& [field, treatment] : asked.fields) {
      if (treatment.kind == Treatment::Kind::kRemove) Join(text, "zonder " + DutchWord(field));
      if (treatment.kind == Treatment::Kind::kGeneralise) {
        Join(text, DutchWord(field) + " grover gemaakt tot " + DutchWord(treatment.step_name));
      }
    }
    return text;
  }
  std::string operator()(const Retention& asked) const {
    return "hoogstens " + Days(asked.days) + " bewaren";
  }
  std::string operator()(const KAnonymity& asked) const {
    std::vector<std::string> over(asked.over.begin(), asked.over.end());
    return "alleen cijfers over minstens " + std::to_string(asked.k) + " personen, per " +
           DutchList(over);
  }
  std::string operator()(const Approval& asked) const {
    std::string text;
    for (const auto& [roles, count] : asked.count_by_roles) {
      std::string names;
      for (const std::string& role : roles) names += (names.empty() ? "" : " of ") + role;
      Join(text, "na goedkeuring door " + std::to_string(count) + " " + names);
    }
    return text;
  }
  std::string operator()(const Onward& asked) const {
    if (asked.none) return "niet verder delen";
    std::string text;
    if (asked.tlp_max_rank) Join(text, "verder delen hoogstens als TLP " + asked.tlp_max);
    if (asked.originator_consent) {
      Join(text, "verder delen alleen als de afzender het toelaat");
    }
    return text;
  }
  std::string operator()(const NoEvidence&) const { return "niet als bewijs te gebruiken"; }
  std::string operator()(const Notify& asked) const {
    std::string text;
    for (const auto& [party, days] : asked.days_by_party) {
      Join(text, "de " + DutchWord(party) + " inlichten binnen " + Days(days));
    }
    return text;
  }
  std::string operator()(const CoolingOff& asked) const {
    return "bedenktijd van " + std::to_string(asked.hours) + " uur";
  }
  std::string operator()(const LogDepth& asked) const {
    return asked.level == LogDepth::Level::kFull ? "volledig opgetekend in het log"
                                                 : "opgetekend in het log";
  }
};

}  // namespace

std::string DutchWord(std::string_view word) { return In(kWords, word); }

std::string DutchAttribute(std::string_view name) { return In(kAttributes, name); }

std::string DutchList(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " en " : ", ";
    text += DutchWord(words[i]);
  }
  return text;
}

std::string DutchParties(const std::vector<Word>& words, const Protocol& protocol) {
  std::vector<std::string> names;
  for (const Word& word : words) {
    const ProtocolParty* party = protocol.FindParty(word.text);
    names.push_back(party == nullptr ? word.text : party->name);
  }
  return DutchList(names);
}

std::string DutchObligation(const Obligation& obligation) {
  return std::visit(Phrase(), obligation);
}

std::string DutchDay(std::string_view day) {
  const auto month = static_cast<std::size_t>((day[5] - '0') * 10 + (day[6] - '0'));
  const std::string_view number = day.substr(day[8] == '0' ? 9 : 8);
  return std::string(number) + " " + std::string(kMonths.at(month - 1)) + " " +
         std::string(day.substr(0, 4));
}

}  // namespace sluis::policies
