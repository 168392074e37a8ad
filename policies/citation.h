// Which texts of law stand on a day.
//
// Rules cite words of the vocabularies `basis` (what a disclosure may rest on) and `norm` (what
// binds or forbids, and on which nobody can rest a disclosure). Each word carries the texts as they
// stand between dates, so that a rule says the same whatever an article is called next year. Pure.
#ifndef SLUIS_POLICIES_CITATION_H_
#define SLUIS_POLICIES_CITATION_H_

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "policies/attribute.h"
#include "policies/decision.h"
#include "policies/rule.h"
#include "policies/vocabulary.h"

namespace sluis::policies {

// The vocabularies whose words a rule can cite.
inline constexpr std::array<std::string_view, 2> kCitedVocabularies = {"basis", "norm"};

// Dates are yyyy-mm-dd. Whether some citation of the value stands on that day.
bool StandsOn(const VocabularyValue& value, std::string_view date);
// Whether some citation stands on every day from `from` until `until`, inclusive.
bool StandsThroughout(const VocabularyValue& value, std::string from, const std::string& until);

// The texts of one value that stand on that day, in the order of the pack.
std::vector<std::string> TextsOn(const VocabularyValue& value, std::string_view date);
// The texts that a rule cites, as they stand on that day, each once: those of the words it names,
// or its own text. Nothing for a word of which no text stands then.
std::vector<std::string> TextsOn(const Schema& schema, const Because& because,
                                 std::string_view date);

// A text and the word under which it stands; empty for the text of a rule itself.
struct CitedText {
  std::string word;
  std::string text;
  bool operator==(const CitedText&) const = default;
};
// What a decision rests on, as it stands on that day, each text once: what its rules cite, in their
// order, and for a permit the texts of the basis under which it was asked. `basis` is a word of
// that vocabulary; another word has no text.
std::vector<CitedText> CitedBy(const Schema& schema, const Decision& decision,
                               std::string_view basis, std::string_view date);

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_CITATION_H_
