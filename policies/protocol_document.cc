#include "policies/protocol_document.h"

#include <algorithm>
#include <utility>

#include "crypto/bytes.h"
#include "policies/protocol_words.h"

namespace sluis::policies {
namespace {

using Kind = DocumentBlock::Kind;
using Row = std::vector<std::string>;

std::string Whole(const Paragraphs& text) {
  std::string out;
  for (const std::string& one : text) out += (out.empty() ? "" : " ") + one;
  return out;
}

std::vector<std::string> Texts(const std::vector<Word>& words) {
  std::vector<std::string> out;
  for (const Word& word : words) out.push_back(word.text);
  return out;
}

bool Meets(const std::vector<Word>& words, const std::string& kind, const Protocol& protocol) {
  return std::any_of(protocol.parties.begin(), protocol.parties.end(), [&](const auto& party) {
    return party.kind.text == kind && Protocol::Names(words, party);
  });
}

bool Lists(const std::vector<Word>& words, const std::vector<std::string>& some) {
  return std::any_of(words.begin(), words.end(), [&](const Word& word) {
    return std::find(some.begin(), some.end(), word.text) != some.end();
  });
}

// The clauses that cover some of the group: also of its categories and on its grounds.
std::string ClausesOf(const FlowGroup& group, const Protocol& protocol) {
  std::string ids;
  for (const ProtocolClause& clause : protocol.clauses) {
    const auto any = [&](const std::vector<std::string>& kinds, const std::vector<Word>& words) {
      return std::any_of(kinds.begin(), kinds.end(),
                         [&](const std::string& kind) { return Meets(words, kind, protocol); });
    };
    if (clause.purpose.text == group.purpose && any(group.from, clause.from) &&
        any(group.to, clause.to) && Lists(clause.categories, group.categories) &&
        Lists(clause.bases, group.bases)) {
      ids += (ids.empty() ? "" : ", ") + clause.id.text;
    }
  }
  return ids;
}

std::string FieldsOf(const FlowGroup& group) {
  std::string text;
  for (const SeenField& field : group.fields) {
    text += (text.empty() ? "" : ", ") + DutchWord(field.name);
    if (field.sight == Sight::kCoarser) text += " (grover)";
  }
  return text.empty() ? "geen enkel gegeven, enkel een antwoord" : text;
}

class Writer {
 public:
  Writer(const Protocol& protocol, const std::vector<FlowGroup>& groups, const Schema& schema,
         const std::vector<ProtocolSignature>& held)
      : protocol_(protocol), groups_(groups), schema_(schema), held_(held) {}

  ProtocolDocument Write() && {
    document_.title = protocol_.title;
    Paragraph("Protocol " + protocol_.id + ", versie " + std::to_string(protocol_.version) +
              ". SHA-256 van de ondertekende tekst: " +
              crypto::HexEncode(crypto::View(protocol_.digest)) + ".");
    int number = 0;
    for (const ProtocolHeading& heading : ProtocolHeadings()) {
      if (heading.key == "advies_toezichthouder" && !protocol_.supervisor_advice) continue;
      Add({Kind::kSection, std::to_string(++number) + ". " + std::string(heading.title), {}, {}});
      Body(heading.key);
    }
    Packs(number);
    Signatures(number);
    return std::move(document_);
  }

 private:
  void Add(DocumentBlock block) { document_.blocks.push_back(std::move(block)); }
  void Paragraph(std::string text) { Add({Kind::kParagraph, std::move(text), {}, {}}); }
  void Text(const Paragraphs& text) {
    for (const std::string& one : text) Paragraph(one);
  }
  void Table(std::string caption, Row heads, std::vector<Row> rows) {
    Add({Kind::kTable, std::move(caption), std::move(heads), std::move(rows)});
  }

  std::string NameOf(const Word& party) const {
    const ProtocolParty* found = protocol_.FindParty(party.text);
    return found == nullptr ? party.text : found->name;
  }

  void Parties() {
    std::vector<Row> rows;
    for (const ProtocolParty& one : protocol_.parties) {
      rows.push_back({one.name, one.organisation.text, DutchWord(one.kind.text),
                      one.joint ? "gezamenlijk" : "zelfstandig", one.represented_by,
                      one.regime == "lwg" ? "politie (LED)" : "AVG", one.supervisor});
    }
    Table("Partijen",
          {"Partij", "Organisatie", "Soort", "Verwerkingsverantwoordelijke",
           "Vertegenwoordigd door", "Regime", "Toezichthouder"},
          std::move(rows));
  }

  void Officers() {
    std::vector<Row> rows;
    for (const DpoAdvice& one : protocol_.advices) {
      rows.push_back({NameOf(one.party), one.contact, one.outcome,
                      one.reference + ", " + DutchDay(one.day), Whole(one.follow_up)});
    }
    Table("Adviezen", {"Partij", "Contact", "Advies", "Referentie", "Gevolg"}, std::move(rows));
  }

  void Purposes() {
    std::vector<Row> rows;
    for (const ProtocolPurpose& one : protocol_.purposes) {
      rows.push_back({one.purpose.text, Whole(one.description), Whole(one.compatibility)});
    }
    Table("Doeleinden", {"Doel", "Omschrijving", "Verenigbaarheid"}, std::move(rows));
  }

  void Grounds() {
    std::vector<Row> rows;
    for (const DisclosureGround& one : protocol_.disclosure_grounds) {
      rows.push_back({one.basis.text, Whole(one.explanation)});
    }
    Table("Van de mededeling", {"Grond", "Toelichting"}, std::move(rows));
    rows.clear();
    for (const CollectionGround& one : protocol_.collection_grounds) {
      rows.push_back({NameOf(one.party), one.basis.text, Whole(one.explanation)});
    }
    Table("Van de inzameling", {"Partij", "Grond", "Toelichting"}, std::move(rows));
  }

  void Data() {
    Paragraph("Over wie:");
    Add({Kind::kList, "", protocol_.data_subjects, {}});
    std::vector<Row> rows;
    for (const ProtocolCategory& one : protocol_.categories) {
      rows.push_back({DutchWord(one.category.text), Whole(one.description)});
    }
    Table("Categorieën", {"Categorie", "Omschrijving"}, std::move(rows));
    rows.clear();
    for (const ProtocolField& one : protocol_.fields) {
      rows.push_back({DutchWord(one.field.text), one.field.text, Whole(one.proportionality)});
    }
    Table("Gegevens en waarom ze evenredig zijn", {"Gegeven", "Veld", "Evenredigheid"},
          std::move(rows));
    Text(protocol_.format);
  }

  void Clauses() {
    std::vector<Row> rows;
    for (const ProtocolClause& one : protocol_.clauses) {
      rows.push_back({one.id.text, one.purpose.text, DutchParties(one.from, protocol_),
                      DutchParties(one.to, protocol_), DutchList(Texts(one.bases)),
                      DutchList(Texts(one.categories)),
                      one.fields.empty() ? "geen" : DutchList(Texts(one.fields))});
    }
    Table("Mededelingen", {"Nummer", "Doel", "Van", "Naar", "Gronden", "Categorieën", "Gegevens"},
          std::move(rows));
  }

  void Recipients() {
    std::vector<Row> rows;
    for (const ProtocolRecipient& one : protocol_.recipients) {
      rows.push_back({one.role.text, Whole(one.explanation)});
    }
    Table("Functies bij de ontvanger", {"Functie", "Toelichting"}, std::move(rows));
    Text(protocol_.third_parties);
  }

  void Duration() {
    Paragraph("Dit protocol geldt van " + DutchDay(protocol_.from.text) + " tot en met " +
              DutchDay(protocol_.until.text) + ". Het wordt herzien tegen " +
              DutchDay(protocol_.review.text) +
              ". Is dat niet gebeurd, dan stoppen nieuwe "
              "mededelingen na " +
              DutchDay(std::min(DayAfter(protocol_.review.text, protocol_.grace_days),
                                protocol_.until.text)) +
              ".");
  }

  void Retention() {
    std::vector<Row> rows;
    for (const ProtocolRetention& one : protocol_.retention) {
      rows.push_back(
          {one.purpose.text, std::to_string(one.days) + " dagen", Whole(one.explanation)});
    }
    Table("Hoogstens te bewaren", {"Doel", "Termijn", "Toelichting"}, std::move(rows));
  }

  void Publications() {
    std::vector<Row> rows;
    for (const Publication& one : protocol_.publications) {
      rows.push_back({NameOf(one.party), one.url});
    }
    Table("Bekendmaking", {"Partij", "Adres"}, std::move(rows));
  }

  void Titled(const char* title, const Paragraphs& text) {
    Paragraph(std::string(title) + ":");
    Text(text);
  }

  void Body(std::string_view key) {
    if (key == "partijen") Parties();
    if (key == "functionarissen") Officers();
    if (key == "advies_toezichthouder") {
      const SupervisorAdvice& advice = *protocol_.supervisor_advice;
      Paragraph(advice.outcome + ", " + advice.reference + ", " + DutchDay(advice.day) + ".");
    }
    if (key == "onderwerp") Text(protocol_.subject);
    if (key == "doeleinden") Purposes();
    if (key == "rechtsgronden") Grounds();
    if (key == "gegevens") Data();
    if (key == "herkenning") Identity();
    if (key == "mededelingen") Clauses();
    if (key == "ontvangers") Recipients();
    if (key == "modaliteiten") Text(protocol_.modalities);
    if (key == "periodiciteit") Text(protocol_.periodicity);
    if (key == "duur") Duration();
    if (key == "bewaring") Retention();
    if (key == "beveiliging") Text(protocol_.security);
    if (key == "bijzondere_maatregelen") {
      Titled("Evenredigheid", protocol_.proportionality);
      Titled("Door ontwerp", protocol_.by_design);
      Titled("Door standaardinstellingen", protocol_.by_default);
    }
    if (key == "kwaliteit") Text(protocol_.quality);
    if (key == "rechten") {
      Titled("Uitoefening", protocol_.exercise_of_rights);
      Titled("Beperkingen", protocol_.restrictions_of_rights);
    }
    if (key == "sancties") Text(protocol_.sanctions);
    if (key == "meldingsplichten") Text(protocol_.notification);
    if (key == "toepasselijk_recht") Text(protocol_.law);
    if (key == "beeindiging") Text(protocol_.termination);
    if (key == "effectbeoordeling") {
      Paragraph(protocol_.dpia_reference + ", " + DutchDay(protocol_.dpia_day) + ".");
    }
    if (key == "bekendmaking") Publications();
  }

  void Packs(int& number) {
    Add({Kind::kSection, std::to_string(++number) + ". Wat de nodes afdwingen", {}, {}});
    Paragraph("Deze tabel komt uit de regelpakketten zelf:");
    Add({Kind::kList, "", {PackLine(protocol_.statutory), PackLine(protocol_.partnership)}, {}});
    GoesAlong();
    std::vector<Row> rows;
    for (const FlowGroup& group : groups_) {
      std::string always;
      std::string sometimes;
      for (const FlowCondition& condition : group.conditions) {
        std::string& text = condition.always ? always : sometimes;
        text += (text.empty() ? "" : "; ") + DutchObligation(condition.obligation) + " (" +
                condition.rule + ")";
      }
      rows.push_back({group.purpose, ClausesOf(group, protocol_), DutchList(group.from),
                      DutchList(group.to), DutchList(group.bases), DutchList(group.categories),
                      FieldsOf(group),
                      group.retention_days == 0 ? "geen termijn"
                                                : std::to_string(group.retention_days) + " dagen",
                      always, sometimes});
    }
    Table("Mededelingen volgens de regels",
          {"Doel", "Nummer", "Van", "Naar", "Gronden", "Categorieën", "Gegevens",
           "Langste bewaring", "Altijd", "In sommige gevallen"},
          std::move(rows));
    Reasons();
  }

  // Also when the text is silent: no number is used then, and that is said.
  void Identity() {
    Row kinds;
    bool number = false;
    for (const std::string_view kind : kIdentityKinds) {
      if (!protocol_.UsesIdentityKind(kind)) continue;
      number = number || IsIdentityNumber(kind);
      kinds.push_back(DutchWord(kind));
    }
    Paragraph("Partijen zien aan het volgende dat ze dezelfde persoon bedoelen:");
    Add({Kind::kList, "", std::move(kinds), {}});
    if (!number) {
      Paragraph(
          "Geen rijksregisternummer, bisnummer of nummer van een andere staat wordt bewaard of "
          "vergeleken.");
    }
    if (protocol_.identity) Text(protocol_.identity->why);
  }

  // What the sender states so that the receiver can decide without reading, whichever row applies.
  void GoesAlong() {
    Paragraph(
        "Buiten wat de tabel toont, gaat bij elke mededeling enkel het volgende mee, ook als geen "
        "nummer het noemt: de ontvanger past er dezelfde regels mee toe. Wat voor een signaal niet "
        "bestaat, blijft leeg.");
    Row items;
    for (const Attribute& attribute : schema_.attributes) {
      if (attribute.SourceOn(Side::kAccept) == Source::kOffer) {
        items.push_back(DutchAttribute(attribute.name));
      }
    }
    items.push_back(
        "de voorwaarden: tot wanneer het bewaard mag worden, of het verder mag, en welke gegevens "
        "meegaan, grover gemaakt of weggelaten zijn");
    items.push_back(
        "het mandaat en de handtekening van wie deelt, onder een schuilnaam, een kenmerk van de "
        "casus dat enkel de afzender kan herleiden, de hoeveelste versie van het signaal het is, "
        "en "
        "welke mededeling het verbetert");
    items.push_back("wat de nodes zelf nodig hebben: nummers, dagen, controlegetallen en sleutels");
    Add({Kind::kList, "", std::move(items), {}});
  }

  static std::string PackLine(const ProtocolPack& pack) {
    return pack.id.text + " versie " + std::to_string(pack.version) + ", SHA-256 " +
           pack.digest.text;
  }

  // Why each condition is there, once for each rule.
  void Reasons() {
    std::vector<Row> rows;
    for (const FlowGroup& group : groups_) {
      for (const FlowCondition& condition : group.conditions) {
        const Row row = {condition.rule, condition.because};
        if (std::find(rows.begin(), rows.end(), row) == rows.end()) rows.push_back(row);
      }
    }
    if (!rows.empty()) Table("Waarom", {"Regel", "Uitleg"}, std::move(rows));
  }

  void Signatures(int number) {
    Add({Kind::kSection, std::to_string(number + 1) + ". Ondertekening", {}, {}});
    std::vector<Row> rows;
    for (const ProtocolParty& party : protocol_.parties) {
      const auto found = std::find_if(held_.begin(), held_.end(), [&](const auto& one) {
        return one.organisation == party.organisation.text;
      });
      rows.push_back({party.name, found == held_.end() ? "nog niet getekend"
                                                       : "getekend op " + DutchDay(found->day)});
    }
    Table("Handtekeningen", {"Partij", "Stand"}, std::move(rows));
  }

  const Protocol& protocol_;
  const std::vector<FlowGroup>& groups_;
  const Schema& schema_;
  const std::vector<ProtocolSignature>& held_;
  ProtocolDocument document_;
};

}  // namespace

ProtocolDocument DescribeProtocol(const Protocol& protocol, const std::vector<FlowGroup>& groups,
                                  const Schema& schema,
                                  const std::vector<ProtocolSignature>& held) {
  return Writer(protocol, groups, schema, held).Write();
}

}  // namespace sluis::policies
