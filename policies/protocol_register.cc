#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "policies/protocol_exports.h"
#include "policies/protocol_iris.h"
#include "policies/protocol_words.h"
#include "policies/written_text.h"

namespace sluis::policies {
namespace {

using Json = nlohmann::ordered_json;
using Texts = std::vector<std::string>;

std::string Whole(const Paragraphs& text) {
  std::string out;
  for (const std::string& one : text) out += (out.empty() ? "" : " ") + one;
  return out;
}

void AddNew(Texts& texts, const std::string& text) {
  if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(text);
}

std::string Listed(const Texts& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : "; ") + text;
  return out;
}

// What a register has to say of one purpose.
struct Activity {
  const ProtocolPurpose* purpose = nullptr;
  Texts bases, categories, fields, senders, recipients;
  int32_t days = 0;
};

Activity ActivityOf(const Protocol& protocol, const ProtocolPurpose& purpose) {
  Activity out;
  out.purpose = &purpose;
  for (const ProtocolClause& clause : protocol.clauses) {
    if (clause.purpose.text != purpose.purpose.text) continue;
    for (const Word& word : clause.bases) AddNew(out.bases, word.text);
    for (const Word& word : clause.categories) AddNew(out.categories, word.text);
    for (const Word& word : clause.fields) AddNew(out.fields, word.text);
    for (const ProtocolParty& party : protocol.parties) {
      if (Protocol::Names(clause.from, party)) AddNew(out.senders, party.organisation.text);
      if (Protocol::Names(clause.to, party)) AddNew(out.recipients, party.organisation.text);
    }
  }
  // Numbers of persons are kept and compared whatever the purpose.
  for (const std::string_view kind : kIdentityKinds) {
    if (IsIdentityNumber(kind) && protocol.UsesIdentityKind(kind)) {
      AddNew(out.fields, std::string(kind));
    }
  }
  for (const ProtocolRetention& one : protocol.retention) {
    if (one.purpose.text == purpose.purpose.text) out.days = one.days;
  }
  return out;
}

Json Ids(const Texts& iris) {
  Json out = Json::array();
  for (const std::string& one : iris) out.push_back({{"@id", one}});
  return out;
}

// The officer of a party, as whom one writes to.
Json Officer(const Protocol& protocol, const std::string& party) {
  for (const DpoAdvice& one : protocol.advices) {
    if (one.party.text != party) continue;
    return {{"@type", iri::kOfficer}, {std::string(iri::kHasContact), one.contact}};
  }
  return Json::object();
}

Json Organisations(const Protocol& protocol, const Texts& names) {
  Json out = Json::array();
  for (const std::string& name : names) {
    const ProtocolParty& party = *protocol.FindParty(name);
    out.push_back({{"@id", OrganisationIri(name)},
                   {"@type", {"org:Organization", RegimeIri(party.joint)}},
                   {std::string(iri::kTitle), party.name},
                   {std::string(iri::kHasOfficer), Officer(protocol, name)}});
  }
  return out;
}

Json ActivityJson(const Protocol& protocol, const PackSet& packs, const Activity& activity) {
  const std::string& word = activity.purpose->purpose.text;
  Texts bases;
  for (const std::string& basis : activity.bases) {
    for (const std::string& one : WordIris(packs, "basis", basis)) AddNew(bases, one);
  }
  Texts data;
  for (const std::string& category : activity.categories) AddNew(data, CategoryIri(category));
  for (const std::string& field : activity.fields) AddNew(data, FieldIri(field));
  Texts senders;
  for (const std::string& one : activity.senders) senders.push_back(OrganisationIri(one));
  const auto key = [](std::string_view name) { return std::string(name); };
  return {
      {"@id", ProtocolIri(protocol.id, protocol.version) + ":" + word},
      {"@type", {key(iri::kActivity), key(iri::kProcess)}},
      {key(iri::kTitle), protocol.title + ": " + word},
      {key(iri::kDescription), Whole(activity.purpose->description)},
      {key(iri::kTemporal), protocol.from.text + "/" + protocol.until.text},
      {key(iri::kProcessor), Ids(senders)},
      {key(iri::kGround), Ids(bases)},
      {key(iri::kHasLegalBasis), Ids(bases)},
      {key(iri::kHasPurpose), Ids(WordIris(packs, "purpose", word))},
      {key(iri::kHasProcessing), Ids({key(iri::kDisclose)})},
      {key(iri::kHasPersonalData), Ids(data)},
      {key(iri::kHasDataSubject), protocol.data_subjects},
      {key(iri::kHasController), Organisations(protocol, activity.senders)},
      {key(iri::kHasRecipient), Organisations(protocol, activity.recipients)},
      {key(iri::kHasThirdParty),
       {{"@type", key(iri::kThirdParty)}, {key(iri::kDescription), Whole(protocol.third_parties)}}},
      {key(iri::kHasStorage),
       {{"@type", key(iri::kStorageDuration)},
        {key(iri::kHasDuration),
         {{"@value", "P" + std::to_string(activity.days) + "D"}, {"@type", "xsd:duration"}}}}},
      {key(iri::kHasMeasure), protocol.security},
      {key(iri::kHasImpactAssessment),
       {{"@type", key(iri::kImpactAssessment)},
        {key(iri::kIdentifier), protocol.dpia_reference},
        {key(iri::kDate), {{"@value", protocol.dpia_day}, {"@type", "xsd:date"}}}}}};
}

Texts InDutch(const Texts& words) {
  Texts out;
  for (const std::string& word : words) out.push_back(DutchWord(word));
  return out;
}

Texts NamesOf(const Protocol& protocol, const Texts& organisations) {
  Texts out;
  for (const std::string& one : organisations) out.push_back(protocol.FindParty(one)->name);
  return out;
}

}  // namespace

std::string ProtocolRegister(const Protocol& protocol, const PackSet& packs) {
  Json context = Json::object();
  for (const IriPrefix& one : IriPrefixes()) context[std::string(one.prefix)] = one.iri;
  Json graph = Json::array();
  for (const ProtocolPurpose& purpose : protocol.purposes) {
    graph.push_back(ActivityJson(protocol, packs, ActivityOf(protocol, purpose)));
  }
  return Json{{"@context", context}, {"@graph", graph}}.dump(2) + "\n";
}

std::string ProtocolRegisterCsv(const Protocol& protocol, const PackSet& packs) {
  std::string out = CsvLine(Texts{"protocol", "versie", "doel", "doel_iri", "omschrijving",
                                  "verwerkingsverantwoordelijken", "contact_functionarissen",
                                  "rechtsgronden", "rechtsgrond_iri", "betrokkenen", "categorieen",
                                  "gegevens", "ontvangers", "derden", "bewaartermijn_dagen",
                                  "beveiliging", "van", "tot", "effectbeoordeling"});
  Texts contacts;
  for (const DpoAdvice& one : protocol.advices) {
    contacts.push_back(protocol.FindParty(one.party.text)->name + ": " + one.contact);
  }
  for (const ProtocolPurpose& purpose : protocol.purposes) {
    const Activity activity = ActivityOf(protocol, purpose);
    Texts bases;
    for (const std::string& basis : activity.bases) {
      for (const std::string& one : WordIris(packs, "basis", basis)) AddNew(bases, one);
    }
    out += CsvLine(
        Texts{protocol.id, std::to_string(protocol.version), purpose.purpose.text,
              Listed(WordIris(packs, "purpose", purpose.purpose.text)), Whole(purpose.description),
              Listed(NamesOf(protocol, activity.senders)), Listed(contacts), Listed(activity.bases),
              Listed(bases), Listed(protocol.data_subjects), Listed(InDutch(activity.categories)),
              Listed(InDutch(activity.fields)), Listed(NamesOf(protocol, activity.recipients)),
              Whole(protocol.third_parties), std::to_string(activity.days),
              Whole(protocol.security), protocol.from.text, protocol.until.text,
              protocol.dpia_reference + ", " + protocol.dpia_day});
  }
  return out;
}

}  // namespace sluis::policies
