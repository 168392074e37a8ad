#include "policies/protocol_iris.h"

#include <algorithm>
#include <array>

namespace sluis::policies {
namespace {

constexpr auto kPrefixes = std::to_array<IriPrefix>({
    {"dpv", "https://w3id.org/dpv#"},
    {"eu-gdpr", "https://w3id.org/dpv/legal/eu/gdpr#"},
    {"pd", "https://w3id.org/dpv/pd#"},
    {"sector-law", "https://w3id.org/dpv/sector/law#"},
    {"sector-publicservices", "https://w3id.org/dpv/sector/publicservices#"},
    {"odrl", iri::kOdrl},
    {"toestemming", "http://data.vlaanderen.be/ns/toestemming#"},
    {"org", "http://www.w3.org/ns/org#"},
    {"rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"},
    {"dcterms", "http://purl.org/dc/terms/"},
    {"xsd", "http://www.w3.org/2001/XMLSchema#"},
});

constexpr auto kFields = std::to_array<IriOfWord>({
    {"statements", "pd:Behavioural"},
    {"risk_factors", "pd:Behavioural"},
    {"protective_factors", "pd:Relationship"},
    {"age_band", "pd:AgeRange"},
    {"minor", "pd:AgeRange"},
    {"subject_ref", "dpv:PseudonymisedData"},
});

// Ours, for norms that no vocabulary has.
constexpr auto kBases = std::to_array<IriOfWord>({
    {"be-livc-2018", "urn:sluis:basis:be:wet-2018-07-30-livc-r"},
    {"be-458ter", "urn:sluis:basis:be:sw-458ter"},
    {"vl-livc-2021", "urn:sluis:basis:vl:decreet-2021-05-21"},
    {"vl-prev-2024", "urn:sluis:basis:vl:decreet-2024-03-22"},
});

// Read in DPV 2.3 or in data that uses it; what no module of it that was read holds is recalled.
constexpr auto kNames = std::to_array<NameInUse>({
    {iri::kOdrl, Sureness::kRead},
    {iri::kActivity, Sureness::kRead},
    {iri::kProcessor, Sureness::kRead},
    {iri::kGround, Sureness::kRead},
    {iri::kTitle, Sureness::kRead},
    {iri::kDescription, Sureness::kRead},
    {iri::kTemporal, Sureness::kRecalled},
    {iri::kIdentifier, Sureness::kRead},
    {iri::kSource, Sureness::kRead},
    {iri::kDate, Sureness::kRecalled},
    {iri::kProcess, Sureness::kRecalled},
    {iri::kHasPurpose, Sureness::kRecalled},
    {iri::kHasPersonalData, Sureness::kRecalled},
    {iri::kHasLegalBasis, Sureness::kRecalled},
    {iri::kHasDataSubject, Sureness::kRecalled},
    {iri::kHasProcessing, Sureness::kRecalled},
    {iri::kHasStorage, Sureness::kRecalled},
    {iri::kHasDuration, Sureness::kRecalled},
    {iri::kStorageDuration, Sureness::kRead},
    {iri::kDisclose, Sureness::kRead},
    {iri::kHasController, Sureness::kRead},
    {iri::kHasRecipient, Sureness::kRead},
    {iri::kHasOfficer, Sureness::kRead},
    {iri::kOfficer, Sureness::kRead},
    {iri::kHasContact, Sureness::kRead},
    {iri::kHasThirdParty, Sureness::kRead},
    {iri::kThirdParty, Sureness::kRead},
    {iri::kHasMeasure, Sureness::kRead},
    {iri::kHasImpactAssessment, Sureness::kRead},
    {iri::kImpactAssessment, Sureness::kRead},
});

template <std::size_t N>
std::string_view Find(const std::array<IriOfWord, N>& table, std::string_view word) {
  const auto* found = std::find_if(table.begin(), table.end(),
                                   [word](const IriOfWord& one) { return one.word == word; });
  return found == table.end() ? std::string_view() : found->iri;
}

std::string Ours(std::string_view kind, std::string_view word) {
  return "urn:sluis:" + std::string(kind) + ":" + std::string(word);
}

}  // namespace

std::span<const IriPrefix> IriPrefixes() { return kPrefixes; }

std::span<const NameInUse> NamesInUse() { return kNames; }

std::string FieldIri(std::string_view field) {
  const std::string_view known = Find(kFields, field);
  return known.empty() ? Ours("field", field) : std::string(known);
}

std::string RegimeIri(bool joint) {
  return joint ? "dpv:JointDataControllers" : "dpv:DataController";
}

std::vector<std::string> WordIris(const PackSet& packs, std::string_view attribute,
                                  std::string_view word) {
  const std::string_view known = attribute == "basis" ? Find(kBases, word) : std::string_view();
  std::vector<std::string> iris = {known.empty() ? Ours(attribute, word) : std::string(known)};
  const Schema& schema = packs.schema();
  const auto id = schema.FindAttribute(attribute);
  if (!id || schema.attributes[*id].type != ValueType::kVocabulary) return iris;
  const Vocabulary& words = schema.vocabularies[schema.attributes[*id].vocabulary];
  const auto value = words.Find(word);
  if (!value) return iris;
  const auto& properties = words.values[static_cast<std::size_t>(*value)].properties;
  const auto declared = properties.find(attribute == "basis" ? "gdpr" : "iri");
  if (declared == properties.end()) return iris;
  for (const std::string& one : declared->second) {
    if (std::find(iris.begin(), iris.end(), one) == iris.end()) iris.push_back(one);
  }
  return iris;
}

std::string CategoryIri(std::string_view category) { return Ours("category", category); }

std::string OrganisationIri(std::string_view organisation) {
  return "spiffe://" + std::string(organisation);
}

std::string ProtocolIri(std::string_view id, int32_t version) {
  return Ours("protocol", id) + ":" + std::to_string(version);
}

}  // namespace sluis::policies
