#include "policies/protocol_sections.h"

#include <algorithm>
#include <array>
#include <utility>

#include "policies/organisation_id.h"
#include "policies/protocol_known_words.h"

namespace sluis::policies {
namespace {

constexpr std::size_t kMaxListed = 100;
constexpr int32_t kMaxVersion = 1'000'000;
constexpr std::size_t kDigestDigits = 64;
constexpr std::size_t kMaxUrl = 300;

using Keys = std::span<const std::string_view>;
constexpr auto kHeaderKeys = std::to_array<std::string_view>({"id", "versie", "titel"});
constexpr auto kPacksKeys = std::to_array<std::string_view>({"statutory", "partnership"});
constexpr auto kPackKeys = std::to_array<std::string_view>({"id", "versie", "digest"});
constexpr auto kPartyKeys =
    std::to_array<std::string_view>({"organisatie", "naam", "soort", "verantwoordelijkheid",
                                     "vertegenwoordigd_door", "regime", "toezichthouder"});
constexpr auto kOfficerKeys = std::to_array<std::string_view>({"partij", "contact", "advies"});
constexpr auto kAdviceKeys =
    std::to_array<std::string_view>({"uitkomst", "datum", "referentie", "gevolg"});
constexpr auto kSupervisorKeys =
    std::to_array<std::string_view>({"uitkomst", "datum", "referentie"});
constexpr auto kPurposeKeys =
    std::to_array<std::string_view>({"doel", "omschrijving", "verenigbaarheid"});
constexpr auto kGroundsKeys = std::to_array<std::string_view>({"mededeling", "inzameling"});
constexpr auto kDisclosureKeys = std::to_array<std::string_view>({"grond", "toelichting"});
constexpr auto kCollectionKeys =
    std::to_array<std::string_view>({"partij", "grond", "toelichting"});
constexpr auto kRecipientsKeys = std::to_array<std::string_view>({"functies", "derden"});
constexpr auto kRecipientKeys = std::to_array<std::string_view>({"rol", "toelichting"});
constexpr auto kDurationKeys =
    std::to_array<std::string_view>({"van", "tot", "herziening", "respijt"});
constexpr auto kRetentionKeys = std::to_array<std::string_view>({"doel", "termijn", "toelichting"});
constexpr auto kSpecialKeys =
    std::to_array<std::string_view>({"evenredigheid", "door_ontwerp", "standaard"});
constexpr auto kRightsKeys = std::to_array<std::string_view>({"uitoefening", "beperkingen"});
constexpr auto kDpiaKeys = std::to_array<std::string_view>({"referentie", "datum"});
constexpr auto kPublicationKeys = std::to_array<std::string_view>({"partij", "adres"});

using R = FilledReader;

void ReadHeader(const R& reader, const YamlNode& node, Protocol& protocol) {
  if (!reader.yaml().Mapping(node, "protocol", kHeaderKeys)) return;
  const Word id = reader.One(reader.Get(node, "id"), "id");
  reader.yaml().Name(id, "the id of the protocol", ".-");
  protocol.id = id.text;
  protocol.version =
      reader.yaml().Integer(reader.One(reader.Get(node, "versie"), "versie"), 1, kMaxVersion);
  protocol.title = reader.Line(reader.Get(node, "titel"), "titel");
}

ProtocolPack ReadPack(const R& reader, const YamlNode& node) {
  ProtocolPack pack;
  if (!reader.yaml().Mapping(node, "a rule pack", kPackKeys)) return pack;
  pack.id = reader.One(reader.Get(node, "id"), "id");
  reader.yaml().Name(pack.id, "the id of the pack", ".-");
  pack.version_word = reader.One(reader.Get(node, "versie"), "versie");
  pack.version = reader.yaml().Integer(pack.version_word, 1, kMaxVersion);
  pack.digest = reader.One(reader.Get(node, "digest"), "digest");
  const std::string& digits = pack.digest.text;
  if (digits.size() != kDigestDigits ||
      digits.find_first_not_of("0123456789abcdef") != std::string::npos) {
    reader.About(pack.digest, "not a digest of 64 hexadecimal digits in lower case");
  }
  return pack;
}

void ReadPacks(const R& reader, const YamlNode& node, Protocol& protocol) {
  if (!reader.yaml().Mapping(node, "regelpakketten", kPacksKeys)) return;
  protocol.statutory = ReadPack(reader, reader.Get(node, "statutory"));
  protocol.partnership = ReadPack(reader, reader.Get(node, "partnership"));
}

// A clause names parties by name or by kind: a name that is a kind would stand for all of these.
void CheckNamesAndKinds(const R& reader, const Protocol& protocol) {
  for (const ProtocolParty& party : protocol.parties) {
    for (const ProtocolParty& other : protocol.parties) {
      if (party.organisation.text != other.kind.text) continue;
      reader.About(party.organisation, "an organisation must not have the name of a kind");
    }
  }
}

void ReadParties(const R& reader, const YamlNode& node, Protocol& protocol) {
  for (const YamlNode& item : reader.Items(node, "partijen", kMaxParties)) {
    if (!reader.yaml().Mapping(item, "a party", kPartyKeys)) return;
    ProtocolParty party;
    party.organisation = reader.One(reader.Get(item, "organisatie"), "organisatie");
    if (!IsOrganisationId(party.organisation.text)) {
      reader.About(
          party.organisation,
          "organisatie must be a host name in lower case of 3 to 120 characters, as in the "
          "manifest");
    }
    party.name = reader.Line(reader.Get(item, "naam"), "naam");
    party.kind = reader.One(reader.Get(item, "soort"), "soort");
    party.joint = reader
                      .OutOf(reader.Get(item, "verantwoordelijkheid"), "verantwoordelijkheid",
                             kControllership)
                      .text == kControllership[1];
    party.represented_by =
        reader.Line(reader.Get(item, "vertegenwoordigd_door"), "vertegenwoordigd_door");
    party.regime = reader.OutOf(reader.Get(item, "regime"), "regime", kRegimes).text;
    party.supervisor =
        reader.OutOf(reader.Get(item, "toezichthouder"), "toezichthouder", kSupervisors).text;
    protocol.parties.push_back(std::move(party));
    CheckNew(reader, protocol.parties, PartyWord);
  }
  CheckNamesAndKinds(reader, protocol);
  if (reader.ok() && protocol.parties.size() < 2) {
    reader.yaml().complaint().At(node.word.at, "a protocol is between at least two parties");
  }
}

void ReadOfficers(const R& reader, const YamlNode& node, Protocol& protocol) {
  const auto word_in = [](const DpoAdvice& one) -> const Word& { return one.party; };
  for (const YamlNode& item : reader.Items(node, "functionarissen", kMaxParties)) {
    if (!reader.yaml().Mapping(item, "an officer", kOfficerKeys)) return;
    DpoAdvice one;
    one.party = reader.One(reader.Get(item, "partij"), "partij");
    CheckParty(reader, one.party, protocol);
    one.contact = reader.Line(reader.Get(item, "contact"), "contact");
    const YamlNode& advice = reader.Get(item, "advies");
    if (!reader.yaml().Mapping(advice, "advies", kAdviceKeys)) return;
    one.outcome = reader.OutOf(reader.Get(advice, "uitkomst"), "uitkomst", kAdviceOutcomes).text;
    one.day = reader.Day(reader.Get(advice, "datum"), "datum");
    one.reference = reader.Line(reader.Get(advice, "referentie"), "referentie");
    // Why an advice was not followed as it is belongs in the text.
    if (one.outcome != kAdviceOutcomes[0] || advice.Find("gevolg") != nullptr) {
      one.follow_up = reader.Text(reader.Get(advice, "gevolg"), "gevolg");
    }
    protocol.advices.push_back(std::move(one));
    CheckNew(reader, protocol.advices, word_in);
  }
  CheckEach(reader, node, protocol.parties, PartyWord, protocol.advices, word_in,
            "the advice of the officer of a party is missing");
}

void ReadSupervisorAdvice(const R& reader, const YamlNode& node, Protocol& protocol) {
  if (!reader.yaml().Mapping(node, "advies_toezichthouder", kSupervisorKeys)) return;
  SupervisorAdvice advice;
  advice.outcome = reader.OutOf(reader.Get(node, "uitkomst"), "uitkomst", kAdviceOutcomes).text;
  advice.day = reader.Day(reader.Get(node, "datum"), "datum");
  advice.reference = reader.Line(reader.Get(node, "referentie"), "referentie");
  protocol.supervisor_advice = std::move(advice);
}

void ReadPurposes(const R& reader, const YamlNode& node, Protocol& protocol) {
  for (const YamlNode& item : reader.Items(node, "doeleinden", kMaxListed)) {
    if (!reader.yaml().Mapping(item, "a purpose", kPurposeKeys)) return;
    protocol.purposes.push_back(
        {reader.One(reader.Get(item, "doel"), "doel"),
         reader.Text(reader.Get(item, "omschrijving"), "omschrijving"),
         reader.Text(reader.Get(item, "verenigbaarheid"), "verenigbaarheid")});
    CheckNew(reader, protocol.purposes, PurposeWord);
  }
}

void ReadGrounds(const R& reader, const YamlNode& node, Protocol& protocol) {
  if (!reader.yaml().Mapping(node, "rechtsgronden", kGroundsKeys)) return;
  for (const YamlNode& item :
       reader.Items(reader.Get(node, "mededeling"), "mededeling", kMaxListed)) {
    if (!reader.yaml().Mapping(item, "a ground", kDisclosureKeys)) return;
    protocol.disclosure_grounds.push_back(
        {reader.One(reader.Get(item, "grond"), "grond"),
         reader.Text(reader.Get(item, "toelichting"), "toelichting")});
    CheckNew(reader, protocol.disclosure_grounds,
             [](const DisclosureGround& one) -> const Word& { return one.basis; });
  }
  for (const YamlNode& item :
       reader.Items(reader.Get(node, "inzameling"), "inzameling", kMaxListed)) {
    if (!reader.yaml().Mapping(item, "a ground", kCollectionKeys)) return;
    protocol.collection_grounds.push_back(
        {reader.One(reader.Get(item, "partij"), "partij"),
         reader.One(reader.Get(item, "grond"), "grond"),
         reader.Text(reader.Get(item, "toelichting"), "toelichting")});
    CheckParty(reader, protocol.collection_grounds.back().party, protocol);
  }
  CheckEach(
      reader, node, protocol.parties, PartyWord, protocol.collection_grounds,
      [](const CollectionGround& one) -> const Word& { return one.party; },
      "the ground on which a party collects is missing");
}

void ReadRecipients(const R& reader, const YamlNode& node, Protocol& protocol) {
  if (!reader.yaml().Mapping(node, "ontvangers", kRecipientsKeys)) return;
  for (const YamlNode& item : reader.Items(reader.Get(node, "functies"), "functies", kMaxListed)) {
    if (!reader.yaml().Mapping(item, "a recipient", kRecipientKeys)) return;
    protocol.recipients.push_back({reader.One(reader.Get(item, "rol"), "rol"),
                                   reader.Text(reader.Get(item, "toelichting"), "toelichting")});
    CheckNew(reader, protocol.recipients,
             [](const ProtocolRecipient& one) -> const Word& { return one.role; });
  }
  protocol.third_parties = reader.Text(reader.Get(node, "derden"), "derden");
}

void ReadDuration(const R& reader, const YamlNode& node, Protocol& protocol) {
  if (!reader.yaml().Mapping(node, "duur", kDurationKeys)) return;
  const auto day = [&](std::string_view key) {
    Word word = reader.One(reader.Get(node, key), key);
    reader.yaml().Date(word);
    return word;
  };
  protocol.from = day("van");
  protocol.until = day("tot");
  protocol.review = day("herziening");
  protocol.grace_days = reader.yaml().Days(reader.One(reader.Get(node, "respijt"), "respijt"), 0);
  if (!reader.ok()) return;
  if (protocol.until.text < protocol.from.text) {
    reader.About(protocol.until, "the last day lies before the first");
  } else if (protocol.review.text < protocol.from.text ||
             protocol.review.text > protocol.until.text) {
    reader.About(protocol.review, "the day of review lies outside the duration");
  }
}

void ReadRetention(const R& reader, const YamlNode& node, Protocol& protocol) {
  const auto word_in = [](const ProtocolRetention& one) -> const Word& { return one.purpose; };
  for (const YamlNode& item : reader.Items(node, "bewaring", kMaxListed)) {
    if (!reader.yaml().Mapping(item, "bewaring", kRetentionKeys)) return;
    ProtocolRetention one;
    one.purpose = reader.One(reader.Get(item, "doel"), "doel");
    CheckPurpose(reader, one.purpose, protocol);
    one.days = reader.yaml().Days(reader.One(reader.Get(item, "termijn"), "termijn"));
    one.explanation = reader.Text(reader.Get(item, "toelichting"), "toelichting");
    protocol.retention.push_back(std::move(one));
    CheckNew(reader, protocol.retention, word_in);
  }
  CheckEach(reader, node, protocol.purposes, PurposeWord, protocol.retention, word_in,
            "the retention for a purpose is missing");
}

void ReadSpecial(const R& reader, const YamlNode& node, Protocol& protocol) {
  if (!reader.yaml().Mapping(node, "bijzondere_maatregelen", kSpecialKeys)) return;
  protocol.proportionality = reader.Text(reader.Get(node, "evenredigheid"), "evenredigheid");
  protocol.by_design = reader.Text(reader.Get(node, "door_ontwerp"), "door_ontwerp");
  protocol.by_default = reader.Text(reader.Get(node, "standaard"), "standaard");
}

void ReadRights(const R& reader, const YamlNode& node, Protocol& protocol) {
  if (!reader.yaml().Mapping(node, "rechten", kRightsKeys)) return;
  protocol.exercise_of_rights = reader.Text(reader.Get(node, "uitoefening"), "uitoefening");
  protocol.restrictions_of_rights = reader.Text(reader.Get(node, "beperkingen"), "beperkingen");
}

void ReadDpia(const R& reader, const YamlNode& node, Protocol& protocol) {
  if (!reader.yaml().Mapping(node, "effectbeoordeling", kDpiaKeys)) return;
  protocol.dpia_reference = reader.Line(reader.Get(node, "referentie"), "referentie");
  protocol.dpia_day = reader.Day(reader.Get(node, "datum"), "datum");
}

void ReadPublications(const R& reader, const YamlNode& node, Protocol& protocol) {
  const auto word_in = [](const Publication& one) -> const Word& { return one.party; };
  for (const YamlNode& item : reader.Items(node, "bekendmaking", kMaxParties)) {
    if (!reader.yaml().Mapping(item, "bekendmaking", kPublicationKeys)) return;
    const Word party = reader.One(reader.Get(item, "partij"), "partij");
    CheckParty(reader, party, protocol);
    const Word url = reader.One(reader.Get(item, "adres"), "adres");
    if (!url.text.starts_with("https://") || url.text.size() > kMaxUrl ||
        url.text.find_first_of(" \t\r\n\"'<>\\") != std::string::npos) {
      reader.About(url, "not an address that begins with https:// and holds no spaces or quotes");
    }
    protocol.publications.push_back({party, url.text});
    CheckNew(reader, protocol.publications, word_in);
  }
  CheckEach(reader, node, protocol.parties, PartyWord, protocol.publications, word_in,
            "the place where a party makes this known is missing");
}

// A section that is one text.
template <Paragraphs Protocol::*member>
void ReadText(const R& reader, const YamlNode& node, Protocol& protocol) {
  protocol.*member = reader.Text(node, "this heading");
}

struct Section {
  std::string_view key;
  ReadSection read;
};
constexpr auto kSections = std::to_array<Section>({
    {"protocol", ReadHeader},
    {"regelpakketten", ReadPacks},
    {"partijen", ReadParties},
    {"functionarissen", ReadOfficers},
    {"advies_toezichthouder", ReadSupervisorAdvice},
    {"onderwerp", ReadText<&Protocol::subject>},
    {"doeleinden", ReadPurposes},
    {"rechtsgronden", ReadGrounds},
    {"gegevens", ReadData},
    {"herkenning", ReadIdentity},
    {"mededelingen", ReadClauses},
    {"ontvangers", ReadRecipients},
    {"modaliteiten", ReadText<&Protocol::modalities>},
    {"periodiciteit", ReadText<&Protocol::periodicity>},
    {"duur", ReadDuration},
    {"bewaring", ReadRetention},
    {"beveiliging", ReadText<&Protocol::security>},
    {"bijzondere_maatregelen", ReadSpecial},
    {"kwaliteit", ReadText<&Protocol::quality>},
    {"rechten", ReadRights},
    {"sancties", ReadText<&Protocol::sanctions>},
    {"meldingsplichten", ReadText<&Protocol::notification>},
    {"toepasselijk_recht", ReadText<&Protocol::law>},
    {"beeindiging", ReadText<&Protocol::termination>},
    {"effectbeoordeling", ReadDpia},
    {"bekendmaking", ReadPublications},
});

}  // namespace

ReadSection SectionReaderOf(std::string_view key) {
  const auto* found = std::find_if(kSections.begin(), kSections.end(),
                                   [key](const Section& one) { return one.key == key; });
  return found == kSections.end() ? nullptr : found->read;
}

}  // namespace sluis::policies
