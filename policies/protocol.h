// The protocol that organisations sign before they exchange anything: what a Flemish decree and the
// federal act ask for in one text, and the rule packs that are its machine form.
//
// The union of both lists of contents, so that one object serves either. Values are the authors'
// words with their places; whether they are words of the packs is for protocol_check.h.
#ifndef SLUIS_POLICIES_PROTOCOL_H_
#define SLUIS_POLICIES_PROTOCOL_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"
#include "policies/source_text.h"

namespace sluis::policies {

// A text for people: paragraphs, at least one, each with words and without characters unseen.
using Paragraphs = std::vector<std::string>;

inline constexpr std::size_t kMaxParties = 64;
inline constexpr std::size_t kMaxClauses = 200;

// A heading of the text: the key in the file, the title in the document, what belongs under it, and
// which list of contents asks for it. That the federal act or the decree uses exactly these titles
// was not verified; they stand here and nowhere else.
struct ProtocolHeading {
  std::string_view key;
  std::string_view title;
  std::string_view hint;
  bool decree = false;       // e-government decree of 18 July 2008, art. 8
  bool federal_act = false;  // act of 30 July 2018, art. 20
  bool optional = false;
};
// In the order of the document.
std::span<const ProtocolHeading> ProtocolHeadings();
// Null for a key that is none.
const ProtocolHeading* FindProtocolHeading(std::string_view key);

// Which pack this is the text of.
struct ProtocolPack {
  Word id;
  int32_t version = 0;
  Word version_word;  // as it stands there
  Word digest;        // 64 hexadecimal digits, lower case
};

struct ProtocolParty {
  Word organisation;  // as the manifest names it
  std::string name;
  Word kind;
  bool joint = false;  // a controller together with the others, or on its own
  std::string represented_by;
  std::string regime;      // avg or lwg: GDPR, or the police directive
  std::string supervisor;  // a word of kSupervisors
};

// Of the data protection officer of one party.
struct DpoAdvice {
  Word party;
  std::string contact;
  std::string outcome;  // a word of kAdviceOutcomes
  std::string day;
  std::string reference;
  Paragraphs follow_up;  // why it was not followed whole; may be empty when it was favourable
};

struct ProtocolPurpose {
  Word purpose;
  Paragraphs description;
  Paragraphs compatibility;  // with the purpose of the first collection
};

struct DisclosureGround {
  Word basis;
  Paragraphs explanation;
};
struct CollectionGround {
  Word party;
  Word basis;
  Paragraphs explanation;
};

struct ProtocolCategory {
  Word category;
  Paragraphs description;
};
struct ProtocolField {
  Word field;
  Paragraphs proportionality;
};

// By what the parties find that they mean one person, where the text says it.
struct ProtocolIdentity {
  std::vector<Word> kinds;  // words of kIdentityKinds, each once
  Paragraphs why;           // there whenever a kind is a number
};

// What may go from whom to whom: the clause that a disclosure names.
struct ProtocolClause {
  Word id;
  Word purpose;
  std::vector<Word> from, to;  // organisations, or kinds of them
  std::vector<Word> bases;
  std::vector<Word> categories;  // `none`: what has no category
  std::vector<Word> fields;      // may be empty: nothing but an answer
};

struct ProtocolRecipient {
  Word role;
  Paragraphs explanation;
};
struct ProtocolRetention {
  Word purpose;
  int32_t days = 0;
  Paragraphs explanation;
};
struct Publication {
  Word party;
  std::string url;
};
// Of the supervisor, which may be asked for.
struct SupervisorAdvice {
  std::string outcome;
  std::string day;
  std::string reference;
};

// A text that was read: every heading is there and filled in, the words that refer to each other
// inside it do, and the days hold together. Made by ReadProtocol only. Immutable.
struct Protocol {
  std::string file_name;
  std::string id;
  int32_t version = 0;
  std::string title;
  ProtocolPack statutory, partnership;

  std::vector<ProtocolParty> parties;
  std::vector<DpoAdvice> advices;  // one for each party
  std::optional<SupervisorAdvice> supervisor_advice;
  Paragraphs subject;
  std::vector<ProtocolPurpose> purposes;
  std::vector<DisclosureGround> disclosure_grounds;
  std::vector<CollectionGround> collection_grounds;
  std::vector<std::string> data_subjects;
  std::vector<ProtocolCategory> categories;
  std::vector<ProtocolField> fields;
  std::optional<ProtocolIdentity> identity;
  Paragraphs format;
  std::vector<ProtocolClause> clauses;
  std::vector<ProtocolRecipient> recipients;
  Paragraphs third_parties;
  Paragraphs modalities;
  Paragraphs periodicity;
  Word from, until, review;  // days, yyyy-mm-dd; both ends count
  int32_t grace_days = 0;    // from 0, after the review day, before new disclosures stop
  std::vector<ProtocolRetention> retention;  // one for each purpose
  Paragraphs security;
  Paragraphs proportionality, by_design, by_default;
  Paragraphs quality;
  Paragraphs exercise_of_rights, restrictions_of_rights;
  Paragraphs sanctions;
  Paragraphs notification;
  Paragraphs law;
  Paragraphs termination;
  std::string dpia_reference;
  std::string dpia_day;
  std::vector<Publication> publications;  // one for each party

  crypto::Hash digest{};  // SHA-256("sluis/protocol/v1" ‖ canonical bytes of the file)

  const ProtocolParty* FindParty(std::string_view organisation) const;
  const ProtocolPurpose* FindPurpose(std::string_view purpose) const;
  // Whether persons are found by that word of kIdentityKinds.
  bool UsesIdentityKind(std::string_view kind) const;
  // Whether a word of a clause stands for this party: its name or its kind.
  static bool Names(const std::vector<Word>& words, const ProtocolParty& party);
};

// Closed lists of the text itself. Which supervisor has which powers was not verified.
inline constexpr std::string_view kSupervisors[] = {"VTC", "GBA", "COC", "Comité P", "Comité I"};
inline constexpr std::string_view kAdviceOutcomes[] = {"gunstig", "voorwaardelijk", "ongunstig"};
inline constexpr std::string_view kRegimes[] = {"avg", "lwg"};
inline constexpr std::string_view kControllership[] = {"zelfstandig", "gezamenlijk"};

// Kinds of keys of a person: numbers first, which are used only when the text names them and says
// why, then those that are used when it says nothing. The words of server/identity, which this
// folder does not know; a test holds the two together.
inline constexpr std::string_view kIdentityKinds[] = {"be-nrn",         "be-bis",
                                                      "foreign-number", "name-date",
                                                      "skeleton-date",  "skeleton-swapped-date",
                                                      "given-date-area"};
inline constexpr std::size_t kIdentityNumbers = 3;
// Whether that kind is a number of the person.
bool IsIdentityNumber(std::string_view kind);

// What a template leaves open; a text that holds it is refused.
inline constexpr std::string_view kFillIn = "INVULLEN";

// The day so many days later. `day` is an existing one, yyyy-mm-dd.
std::string DayAfter(std::string_view day, int32_t days);

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_PROTOCOL_H_
