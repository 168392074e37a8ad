#include "policies/protocol.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace sluis::policies {
namespace {

constexpr auto kHeadings = std::to_array<ProtocolHeading>({
    {"partijen", "Partijen en verwerkingsverantwoordelijken",
     "Wie dit protocol sluit, met de naam van elke organisatie zoals in het manifest.", true, true},
    {"functionarissen", "Functionarissen voor gegevensbescherming en hun adviezen",
     "Van elke partij: contact, uitkomst en datum van het advies, en wat ermee gedaan is.", true,
     true},
    {"advies_toezichthouder", "Advies van de toezichthouder",
     "Alleen wanneer het gevraagd is. Mag wegblijven.", true, false, true},
    {"onderwerp", "Onderwerp", "Waarover dit protocol gaat, in enkele zinnen.", true, false},
    {"doeleinden", "Doeleinden en verenigbaarheid",
     "Elk doel, en waarom het verenigbaar is met dat van de eerste inzameling.", true, true},
    {"rechtsgronden", "Rechtsgronden", "Van de mededeling, en van de inzameling bij elke partij.",
     true, true},
    {"gegevens", "Gegevens",
     "Over wie, welke categorieën, en van elk gegeven waarom het evenredig is.", true, true},
    {"herkenning", "Herkenning van betrokkenen",
     "Waaraan partijen zien dat ze dezelfde persoon bedoelen. Mag wegblijven: dan aan namen en "
     "geboortedatum, en aan geen enkel nummer.",
     true, true, true},
    {"mededelingen", "Mededelingen",
     "Wie wat aan wie mag meedelen. Elke mededeling krijgt een nummer.", true, true},
    {"ontvangers", "Ontvangers en derden",
     "Welke functies bij de ontvanger toegang krijgen, en wie verder.", true, true},
    {"modaliteiten", "Wijze van mededeling", "Langs welke weg en in welke vorm.", false, true},
    {"periodiciteit", "Periodiciteit", "Hoe vaak, en naar aanleiding waarvan.", true, true},
    {"duur", "Inwerkingtreding en duur",
     "Eerste en laatste dag, dag van herziening, en hoeveel dagen daarna nog meegedeeld wordt.",
     true, true},
    {"bewaring", "Bewaartermijn bij de ontvanger", "Per doel ten hoogste hoeveel dagen, en waarom.",
     true, false},
    {"beveiliging", "Beveiliging", "De maatregelen, elk in een zin of alinea.", true, false},
    {"bijzondere_maatregelen", "Bijzondere maatregelen",
     "Evenredigheid, gegevensbescherming door ontwerp en door standaardinstellingen.", false, true},
    {"kwaliteit", "Kwaliteit van de gegevens",
     "Hoe juist en actueel blijft wat meegedeeld is, en hoe een fout hersteld wordt.", true, false},
    {"rechten", "Rechten van betrokkenen",
     "Hoe iemand ze bij de ontvanger uitoefent, en welke wet ze beperkt.", false, true},
    {"sancties", "Sancties", "Wat volgt wanneer een partij het protocol niet naleeft.", true, true},
    {"meldingsplichten", "Meldingsplichten",
     "Wat partijen elkaar melden en binnen welke tijd, zoals een inbreuk.", true, false},
    {"toepasselijk_recht", "Toepasselijk recht en geschillen",
     "Welk recht geldt en hoe een geschil opgelost wordt.", true, false},
    {"beeindiging", "Beëindiging", "Hoe een partij eruit stapt, en wat dan met gegevens gebeurt.",
     true, false},
    {"effectbeoordeling", "Gegevensbeschermingseffectbeoordeling",
     "Referentie en datum. Zonder effectbeoordeling wordt een protocol niet van kracht.", true,
     true},
    {"bekendmaking", "Bekendmaking", "Waar elke partij dit protocol bekendmaakt.", true, false},
});

}  // namespace

std::span<const ProtocolHeading> ProtocolHeadings() { return kHeadings; }

const ProtocolHeading* FindProtocolHeading(std::string_view key) {
  const auto* found = std::find_if(kHeadings.begin(), kHeadings.end(),
                                   [key](const ProtocolHeading& one) { return one.key == key; });
  return found == kHeadings.end() ? nullptr : found;
}

const ProtocolParty* Protocol::FindParty(std::string_view organisation) const {
  const auto found = std::find_if(parties.begin(), parties.end(), [&](const ProtocolParty& party) {
    return party.organisation.text == organisation;
  });
  return found == parties.end() ? nullptr : &*found;
}

const ProtocolPurpose* Protocol::FindPurpose(std::string_view purpose) const {
  const auto found = std::find_if(purposes.begin(), purposes.end(),
                                  [&](const auto& one) { return one.purpose.text == purpose; });
  return found == purposes.end() ? nullptr : &*found;
}

bool Protocol::UsesIdentityKind(std::string_view kind) const {
  if (!identity) return !IsIdentityNumber(kind);
  return std::any_of(identity->kinds.begin(), identity->kinds.end(),
                     [kind](const Word& word) { return word.text == kind; });
}

bool Protocol::Names(const std::vector<Word>& words, const ProtocolParty& party) {
  return std::any_of(words.begin(), words.end(), [&](const Word& word) {
    return word.text == party.organisation.text || word.text == party.kind.text;
  });
}

bool IsIdentityNumber(std::string_view kind) {
  const std::span numbers = std::span(kIdentityKinds).first<kIdentityNumbers>();
  return std::find(numbers.begin(), numbers.end(), kind) != numbers.end();
}

std::string DayAfter(std::string_view day, int32_t days) {
  const auto part = [&](std::size_t from, std::size_t size) {
    int value = 0;
    for (const char c : day.substr(from, size)) value = value * 10 + (c - '0');
    return value;
  };
  const std::chrono::year_month_day later(
      std::chrono::sys_days(std::chrono::year_month_day(
          std::chrono::year(part(0, 4)), std::chrono::month(static_cast<unsigned>(part(5, 2))),
          std::chrono::day(static_cast<unsigned>(part(8, 2))))) +
      std::chrono::days(days));
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(later.year()),
                static_cast<unsigned>(later.month()), static_cast<unsigned>(later.day()));
  return text.data();
}

}  // namespace sluis::policies
