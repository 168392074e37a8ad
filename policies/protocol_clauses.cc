// Which data there are, and which of them may go from whom to whom.
#include <array>
#include <utility>

#include "policies/protocol_known_words.h"

namespace sluis::policies {
namespace {

constexpr std::size_t kMaxListed = 100;

constexpr auto kDataKeys =
    std::to_array<std::string_view>({"betrokkenen", "categorieen", "velden", "vorm"});
constexpr auto kCategoryKeys = std::to_array<std::string_view>({"categorie", "omschrijving"});
constexpr auto kFieldKeys = std::to_array<std::string_view>({"veld", "evenredigheid"});
constexpr auto kClauseKeys = std::to_array<std::string_view>(
    {"nummer", "doel", "van", "naar", "gronden", "categorieen", "velden"});

void CheckSide(const FilledReader& reader, const std::vector<Word>& words,
               const Protocol& protocol) {
  std::vector<std::string_view> names;
  for (const ProtocolParty& party : protocol.parties) {
    for (const Word* word : {&party.organisation, &party.kind}) {
      if (std::find(names.begin(), names.end(), word->text) == names.end()) {
        names.push_back(word->text);
      }
    }
  }
  for (const Word& word : words) {
    if (!reader.ok() || names.empty()) return;
    if (std::find(names.begin(), names.end(), word.text) == names.end()) {
      reader.yaml().complaint().Unknown(word, "no party has this name or is of this kind", names);
    }
  }
}

}  // namespace

void ReadData(const FilledReader& reader, const YamlNode& node, Protocol& protocol) {
  if (!reader.yaml().Mapping(node, "gegevens", kDataKeys)) return;
  for (const YamlNode& item :
       reader.Items(reader.Get(node, "betrokkenen"), "betrokkenen", kMaxListed)) {
    protocol.data_subjects.push_back(reader.Line(item, "betrokkenen"));
  }
  for (const YamlNode& item :
       reader.Items(reader.Get(node, "categorieen"), "categorieen", kMaxListed)) {
    if (!reader.yaml().Mapping(item, "a category", kCategoryKeys)) return;
    protocol.categories.push_back({reader.One(reader.Get(item, "categorie"), "categorie"),
                                   reader.Text(reader.Get(item, "omschrijving"), "omschrijving")});
    CheckNew(reader, protocol.categories,
             [](const ProtocolCategory& one) -> const Word& { return one.category; });
  }
  for (const YamlNode& item : reader.Items(reader.Get(node, "velden"), "velden", kMaxListed)) {
    if (!reader.yaml().Mapping(item, "a field", kFieldKeys)) return;
    protocol.fields.push_back({reader.One(reader.Get(item, "veld"), "veld"),
                               reader.Text(reader.Get(item, "evenredigheid"), "evenredigheid")});
    CheckNew(reader, protocol.fields,
             [](const ProtocolField& one) -> const Word& { return one.field; });
  }
  protocol.format = reader.Text(reader.Get(node, "vorm"), "vorm");
}

void ReadClauses(const FilledReader& reader, const YamlNode& node, Protocol& protocol) {
  for (const YamlNode& item : reader.Items(node, "mededelingen", kMaxClauses)) {
    if (!reader.yaml().Mapping(item, "a clause", kClauseKeys)) return;
    ProtocolClause clause;
    clause.id = reader.One(reader.Get(item, "nummer"), "nummer");
    reader.yaml().Id(clause.id, "the number of a clause");
    clause.purpose = reader.One(reader.Get(item, "doel"), "doel");
    CheckPurpose(reader, clause.purpose, protocol);
    clause.from = reader.Several(reader.Get(item, "van"), "van", false);
    clause.to = reader.Several(reader.Get(item, "naar"), "naar", false);
    CheckSide(reader, clause.from, protocol);
    CheckSide(reader, clause.to, protocol);
    clause.bases = reader.Several(reader.Get(item, "gronden"), "gronden", false);
    for (const Word& word : clause.bases) {
      CheckKnown(
          reader, word, protocol.disclosure_grounds,
          [](const DisclosureGround& one) -> const Word& { return one.basis; },
          "this ground does not stand under rechtsgronden, mededeling");
    }
    clause.categories = reader.Several(reader.Get(item, "categorieen"), "categorieen", false);
    for (const Word& word : clause.categories) {
      CheckKnown(
          reader, word, protocol.categories,
          [](const ProtocolCategory& one) -> const Word& { return one.category; },
          "this category does not stand under gegevens, categorieen");
    }
    clause.fields = reader.Several(reader.Get(item, "velden"), "velden", true);
    for (const Word& word : clause.fields) {
      CheckKnown(
          reader, word, protocol.fields,
          [](const ProtocolField& one) -> const Word& { return one.field; },
          "this field does not stand under gegevens, velden");
    }
    protocol.clauses.push_back(std::move(clause));
    CheckNew(reader, protocol.clauses,
             [](const ProtocolClause& one) -> const Word& { return one.id; });
  }
}

}  // namespace sluis::policies
