// Every name from a public vocabulary that exports of a protocol use: W3C DPV 2.3 (snapshot of 28
// February 2026), ODRL 2.2, OSLO and what these rest on. The one place to change when one of them
// does.
#ifndef SLUIS_POLICIES_PROTOCOL_IRIS_H_
#define SLUIS_POLICIES_PROTOCOL_IRIS_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policies/pack.h"

namespace sluis::policies {

// How far a name was looked up before it was put here.
enum class Sureness {
  kRead,      // in the published vocabulary or in public data that uses it
  kRecalled,  // from memory: to be looked up before anybody relies on it
};

struct IriPrefix {
  std::string_view prefix;
  std::string_view iri;
  Sureness sureness = Sureness::kRead;
};
std::span<const IriPrefix> IriPrefixes();

// What a word of a pack or of a protocol is called in a public vocabulary.
struct IriOfWord {
  std::string_view word;
  std::string_view iri;  // prefix:name
  Sureness sureness = Sureness::kRead;
};

// Each is prefix:name, or urn:sluis:... for what no vocabulary has.
std::string FieldIri(std::string_view field);
std::string RegimeIri(bool joint);
// A word and what the pack declares about it: `iri` of a purpose, `gdpr` of a basis, after the name
// that is ours. `attribute` is "purpose" or "basis".
std::vector<std::string> WordIris(const PackSet& packs, std::string_view attribute,
                                  std::string_view word);
std::string CategoryIri(std::string_view category);
std::string OrganisationIri(std::string_view organisation);
std::string ProtocolIri(std::string_view id, int32_t version);

// Names that exports write as they are; NamesInUse says of each how far it was looked up.
namespace iri {
inline constexpr std::string_view kOdrlProfile = "urn:sluis:odrl-profile:1";
inline constexpr std::string_view kOdrl = "http://www.w3.org/ns/odrl/2/";
inline constexpr std::string_view kRecordAsset = "urn:sluis:record";
inline constexpr std::string_view kActivity = "toestemming:VerwerkingsActiviteit";
inline constexpr std::string_view kProcessor = "toestemming:verwerker";
inline constexpr std::string_view kGround = "toestemming:verwerkingsgrond";
inline constexpr std::string_view kTitle = "dcterms:title";
inline constexpr std::string_view kDescription = "dcterms:description";
inline constexpr std::string_view kTemporal = "dcterms:temporal";
inline constexpr std::string_view kIdentifier = "dcterms:identifier";
inline constexpr std::string_view kSource = "dcterms:source";
inline constexpr std::string_view kHasPurpose = "dpv:hasPurpose";
inline constexpr std::string_view kHasPersonalData = "dpv:hasPersonalData";
inline constexpr std::string_view kHasController = "dpv:hasDataController";
inline constexpr std::string_view kHasRecipient = "dpv:hasRecipient";
inline constexpr std::string_view kHasLegalBasis = "dpv:hasLegalBasis";
inline constexpr std::string_view kHasDataSubject = "dpv:hasDataSubject";
inline constexpr std::string_view kHasStorage = "dpv:hasStorageCondition";
inline constexpr std::string_view kStorageDuration = "dpv:StorageDuration";
inline constexpr std::string_view kHasDuration = "dpv:hasDuration";
inline constexpr std::string_view kProcess = "dpv:Process";
inline constexpr std::string_view kHasMeasure = "dpv:hasTechnicalOrganisationalMeasure";
inline constexpr std::string_view kHasProcessing = "dpv:hasProcessing";
inline constexpr std::string_view kDisclose = "dpv:DiscloseByTransmission";
inline constexpr std::string_view kHasImpactAssessment = "dpv:hasImpactAssessment";
inline constexpr std::string_view kImpactAssessment = "dpv:DPIA";
inline constexpr std::string_view kHasOfficer = "dpv:hasDataProtectionOfficer";
inline constexpr std::string_view kOfficer = "dpv:DataProtectionOfficer";
inline constexpr std::string_view kHasContact = "dpv:hasContact";
inline constexpr std::string_view kHasThirdParty = "dpv:hasThirdParty";
inline constexpr std::string_view kThirdParty = "dpv:ThirdParty";
inline constexpr std::string_view kDate = "dcterms:date";
}  // namespace iri

struct NameInUse {
  std::string_view name;
  Sureness sureness = Sureness::kRead;
};
// All of the above, but for the terms of ODRL that protocol_odrl.cc writes without a prefix: these
// are recalled.
std::span<const NameInUse> NamesInUse();

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_PROTOCOL_IRIS_H_
