#include "policies/protocol_template.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "crypto/bytes.h"
#include "policies/protocol.h"

namespace sluis::policies {
namespace {

using Words = std::vector<std::string>;

// As long as two years, where packs set no limit themselves.
constexpr int32_t kLongDays = 730;

// A text in double quotes.
std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string Open(std::string_view what) {
  return Quoted(std::string(kFillIn) + ": " + std::string(what));
}

std::string Known(const std::string& text, std::string_view what) {
  return text.empty() ? Open(what) : Quoted(text);
}

std::string List(const Words& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return "[" + out + "]";
}

void AddNew(Words& words, const std::string& word) {
  if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
}

class Template {
 public:
  Template(const std::string& id, const PackSet& packs, const std::vector<TemplateParty>& parties,
           const std::vector<FlowGroup>& groups)
      : id_(id), packs_(packs), parties_(parties), groups_(groups) {
    for (const FlowGroup& group : groups) {
      AddNew(purposes_, group.purpose);
      for (const std::string& basis : group.bases) AddNew(bases_, basis);
      for (const std::string& category : group.categories) AddNew(categories_, category);
      for (const SeenField& field : group.fields) AddNew(fields_, field.name);
      int32_t& days = days_[group.purpose];
      days = std::max(days, group.retention_days == 0 ? kLongDays : group.retention_days);
    }
  }

  std::string Write() && {
    Head();
    for (const ProtocolHeading& heading : ProtocolHeadings()) {
      out_ += "\n# " + std::string(heading.title) + ".\n# " + std::string(heading.hint) + "\n";
      Body(std::string(heading.key));
    }
    return std::move(out_);
  }

 private:
  void Line(const std::string& text) { out_ += text + "\n"; }

  void Pack(const char* layer, const policies::Pack& pack) {
    Line("  " + std::string(layer) + ": {id: " + pack.id +
         ", versie: " + std::to_string(pack.version) +
         ", digest: " + crypto::HexEncode(crypto::View(pack.digest)) + "}");
  }

  void Head() {
    Line("# Protocol voor de mededeling van persoonsgegevens. Vul in wat met " +
         std::string(kFillIn) + " begint,");
    Line("# en kijk het na met: sluis protocol check. Een tekst is een regel of een lijst van");
    Line("# alinea's. Laat het nalezen door de functionarissen voor gegevensbescherming.");
    Line("sluis: 1");
    Line("protocol:");
    Line("  id: " + id_);
    Line("  versie: 1");
    Line("  titel: " + Open("titel"));
    Line("");
    Line("# De regelpakketten waarvan dit de tekst is. Verandert een pakket, dan ook de digest.");
    Line("regelpakketten:");
    Pack("statutory", packs_.layers()[0]);
    Pack("partnership", packs_.layers()[1]);
  }

  void Parties() {
    for (const TemplateParty& party : parties_) {
      Line("  - organisatie: " + Known(party.organisation, "zoals in het manifest"));
      Line("    naam: " + Known(party.name, "naam"));
      Line("    soort: " + Known(party.kind, "soort"));
      Line("    verantwoordelijkheid: " + Open("zelfstandig of gezamenlijk"));
      Line("    vertegenwoordigd_door: " + Open("functie, geen naam"));
      Line("    regime: " + Open("avg, of lwg voor de politie"));
      Line("    toezichthouder: " + Open("VTC, GBA, COC, Comité P of Comité I"));
    }
  }

  void EachParty(const std::string& before, const std::string& after) {
    for (const TemplateParty& party : parties_) {
      Line("  - partij: " + Known(party.organisation, "organisatie"));
      if (!before.empty()) Line(before);
      Line(after);
    }
  }

  void Clauses() {
    int number = 0;
    for (const FlowGroup& group : groups_) {
      Words fields;
      for (const SeenField& field : group.fields) fields.push_back(field.name);
      Line("  - nummer: M-" + std::to_string(++number));
      Line("    doel: " + group.purpose);
      Line("    van: " + List(group.from));
      Line("    naar: " + List(group.to));
      Line("    gronden: " + List(group.bases));
      Line("    categorieen: " + List(group.categories));
      Line("    velden: " + List(fields));
    }
  }

  void Data() {
    Line("  betrokkenen:\n    - " + Open("over welke personen"));
    Line("  categorieen:");
    for (const std::string& category : categories_) {
      Line("    - categorie: " + category + "\n      omschrijving: " + Open("wat hieronder valt"));
    }
    Line("  velden:");
    for (const std::string& field : fields_) {
      Line("    - veld: " + field + "\n      evenredigheid: " + Open("waarom dit nodig is"));
    }
    Line("  vorm: " + Open("in welke vorm"));
  }

  void Grounds() {
    Line("  mededeling:");
    for (const std::string& basis : bases_) {
      Line("    - grond: " + basis + "\n      toelichting: " + Open("waarom deze grond"));
    }
    Line("  inzameling:");
    for (const TemplateParty& party : parties_) {
      Line("    - partij: " + Known(party.organisation, "organisatie"));
      Line("      grond: " + Open("grond waarop deze partij inzamelt"));
      Line("      toelichting: " + Open("waarom deze grond"));
    }
  }

  void Duration() {
    Line("  van: " + Open("eerste dag, jjjj-mm-dd, niet voor " + packs_.valid_from()));
    Line("  tot: " + Open("laatste dag, jjjj-mm-dd, niet na " + packs_.valid_until()));
    Line("  herziening: " + Open("dag van herziening, jjjj-mm-dd"));
    Line("  respijt: P60D");
  }

  // `key` is that of a heading.
  void Body(const std::string& key) {
    const std::string open =
        "  advies: {uitkomst: " + Open("gunstig, voorwaardelijk of ongunstig") +
        ", datum: " + Open("jjjj-mm-dd") + ", referentie: " + Open("referentie") + "}";
    if (key == "advies_toezichthouder") {
      Line("# advies_toezichthouder: {uitkomst: gunstig, datum: jjjj-mm-dd, referentie: ...}");
      return;
    }
    if (key == "herkenning") {
      Line("# herkenning: {sleutels: [name-date, skeleton-date]}");
      Line("# Met een nummer, zoals be-nrn, ook: waarom: waarom het nodig is");
      return;
    }
    const auto is = [&key](std::string_view other) { return key == other; };
    const bool text = is("onderwerp") || is("modaliteiten") || is("periodiciteit") ||
                      is("beveiliging") || is("kwaliteit") || is("sancties") ||
                      is("meldingsplichten") || is("toepasselijk_recht") || is("beeindiging");
    Line(key + ":" + (text ? "\n  - " + Open("tekst") : ""));
    if (is("partijen")) Parties();
    if (is("functionarissen")) EachParty("    contact: " + Open("adres"), "  " + open);
    if (is("rechtsgronden")) Grounds();
    if (is("gegevens")) Data();
    if (is("mededelingen")) Clauses();
    if (is("duur")) Duration();
    if (is("bekendmaking")) EachParty("", "    adres: " + Open("https://..."));
    if (is("doeleinden")) {
      for (const std::string& purpose : purposes_) {
        Line("  - doel: " + purpose + "\n    omschrijving: " + Open("wat dit doel is"));
        Line("    verenigbaarheid: " + Open("waarom verenigbaar met de eerste inzameling"));
      }
    }
    if (is("ontvangers")) {
      Line("  functies:\n    - rol: " + Open("rol uit het regelpakket"));
      Line("      toelichting: " + Open("wat deze functie ermee doet"));
      Line("  derden: " + Open("wie verder, of niemand"));
    }
    if (is("bewaring")) {
      for (const std::string& purpose : purposes_) {
        Line("  - {doel: " + purpose + ", termijn: P" + std::to_string(days_.at(purpose)) +
             "D, toelichting: " + Open("waarom zo lang") + "}");
      }
    }
    if (is("bijzondere_maatregelen")) {
      Line("  evenredigheid: " + Open("tekst") + "\n  door_ontwerp: " + Open("tekst"));
      Line("  standaard: " + Open("tekst"));
    }
    if (is("rechten")) {
      Line("  uitoefening: " + Open("tekst") + "\n  beperkingen: " + Open("tekst"));
    }
    if (is("effectbeoordeling")) {
      Line("  referentie: " + Open("referentie") + "\n  datum: " + Open("jjjj-mm-dd"));
    }
  }

  const std::string& id_;
  const PackSet& packs_;
  const std::vector<TemplateParty>& parties_;
  const std::vector<FlowGroup>& groups_;
  Words purposes_, bases_, categories_, fields_;
  std::map<std::string, int32_t> days_;
  std::string out_;
};

}  // namespace

std::string ProtocolTemplate(const std::string& id, const PackSet& packs,
                             const std::vector<TemplateParty>& parties,
                             const std::vector<FlowGroup>& groups) {
  return Template(id, packs, parties, groups).Write();
}

}  // namespace sluis::policies
